"""Shared objects of this machine, called in the way of Exim's ``dlfunc``."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

from drivers.api.text import from_bytes, is_tainted, tainted_like, to_bytes

Arguments = ctypes.POINTER(ctypes.c_void_p)
Yield = ctypes.POINTER(ctypes.c_void_p)


class LoadedObject:
    """A shared object in this process; it stays loaded until the process ends.

    All symbols are resolved when it is loaded, so one that needs functions of Exim's cannot be.
    """

    def __init__(self, path: str) -> None:
        name = os.fsdecode(to_bytes(path.partition("\0")[0]))
        try:
            self._library = ctypes.CDLL(name)
        except OSError as error:
            raise OSError(_held(error)) from error

    def call(self, name: str, arguments: Sequence[str]) -> tuple[int, str | None]:
        """Call a function with texts: what it returns and the text behind ``yield``.

        The text is tainted if it is part of an argument that is: the function may hand one back.
        Raises ``OSError`` with the words of the loader for a name that the object lacks.
        """
        try:
            function = self._library[os.fsdecode(to_bytes(name.partition("\0")[0]))]
        except AttributeError as error:
            raise OSError(_held(error)) from error
        function.argtypes = (Yield, ctypes.c_int, Arguments)
        function.restype = ctypes.c_int
        buffers = [ctypes.create_string_buffer(to_bytes(argument)) for argument in arguments]
        places = [ctypes.addressof(buffer) for buffer in buffers]
        vector = (ctypes.c_void_p * (len(buffers) + 1))(*places, None)
        found = ctypes.c_void_p(None)
        status: int = function(ctypes.byref(found), len(buffers), ctypes.cast(vector, Arguments))
        if not found.value:
            return status, None
        text = from_bytes(ctypes.string_at(found.value))
        for place, argument in zip(places, arguments, strict=True):
            if is_tainted(argument) and place <= found.value <= place + len(argument):
                return status, tainted_like(text, argument)
        return status, text


def _held(error: Exception) -> str:
    """The words of the loader as held text."""
    return from_bytes(os.fsencode(str(error)))
