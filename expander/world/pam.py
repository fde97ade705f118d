"""Pluggable Authentication Modules of this machine, called through its libpam."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Unsupported
from drivers.api.text import from_bytes, to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.outside import Answers

SUCCESS = 0
CONVERSATION_ERROR = 19
SILENT = 0x8000
"""The flag that keeps modules from showing messages."""


class _Message(ctypes.Structure):
    _fields_ = (("style", ctypes.c_int), ("text", ctypes.c_char_p))


class _Response(ctypes.Structure):
    _fields_ = (("text", ctypes.c_void_p), ("code", ctypes.c_int))


_Messages = ctypes.POINTER(ctypes.POINTER(_Message))
_Responses = ctypes.POINTER(ctypes.c_void_p)
_Function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, _Messages, _Responses, ctypes.c_void_p)


class _Conversation(ctypes.Structure):
    _fields_ = (("function", _Function), ("data", ctypes.c_void_p))


@cache
def _libraries() -> tuple[Any, Any]:
    """The library of the modules and the one of C, whose memory they share."""
    for name in (ctypes.util.find_library("pam"), "libpam.so.0"):
        try:
            # Modules find the library's functions as they do in a program that is linked with it.
            pam, libc = ctypes.CDLL(name or "", ctypes.RTLD_GLOBAL), ctypes.CDLL(None)
            handle, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
            pam.pam_start.argtypes = [
                text,
                text,
                ctypes.POINTER(_Conversation),
                ctypes.POINTER(ctypes.c_void_p),
            ]
            pam.pam_authenticate.argtypes = pam.pam_acct_mgmt.argtypes = [handle, number]
            pam.pam_end.argtypes = [handle, number]
            pam.pam_strerror.argtypes, pam.pam_strerror.restype = [handle, number], text
        except (OSError, AttributeError):
            continue
        libc.calloc.argtypes, libc.calloc.restype = [ctypes.c_size_t, ctypes.c_size_t], handle
        libc.strdup.argtypes, libc.strdup.restype = [text], handle
        return pam, libc
    raise Unsupported('the condition "pam" without the library libpam is not supported by eximulate')


def authenticate(service: str, user: str, answer: Answers) -> tuple[int, str]:
    """Ask whether a user is who it says to be and may come in: the code and the words of the result.

    Raises `Unsupported` where the machine has no libpam.
    """
    pam, libc = _libraries()
    stopped: list[Exception | None] = []
    function = _Function(_talk(answer, libc, stopped))
    handle = ctypes.c_void_p()
    conversation = _Conversation(function, None)
    code: int = pam.pam_start(
        to_bytes(service), to_bytes(user), ctypes.byref(conversation), ctypes.byref(handle)
    )
    if code == SUCCESS:
        code = pam.pam_authenticate(handle, SILENT)
        if code == SUCCESS and not stopped:
            code = pam.pam_acct_mgmt(handle, SILENT)
        pam.pam_end(handle, SUCCESS)
    for error in filter(None, stopped):
        raise error
    return code, from_bytes(pam.pam_strerror(None, code))


def _talk(answer: Answers, libc: Any, stopped: list[Exception | None]) -> Callable[..., int]:
    """The function that modules call.

    What ``answer`` raises is kept in ``stopped``, as C knows no exceptions; None is added there for
    messages that were not understood.
    """

    def talk(count: int, messages: Any, responses: Any, _data: int | None) -> int:
        try:
            texts = answer([messages[number].contents.style for number in range(count)])
        except Exception as error:  # noqa: BLE001 - raised again once the library has returned
            stopped.append(error)
            return CONVERSATION_ERROR
        if texts is None:
            stopped.append(None)
        if not texts:
            return CONVERSATION_ERROR
        # The library frees both the array and the texts, so both are C's own memory.
        place = libc.calloc(count, ctypes.sizeof(_Response))
        array = (_Response * count).from_address(place)
        for number, text in enumerate(texts):
            array[number].text = None if text is None else libc.strdup(to_bytes(text))
        responses[0] = place
        return SUCCESS

    return talk
