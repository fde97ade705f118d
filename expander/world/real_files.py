"""The real file system and its partitions, by paths held as text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from os import stat_result
from typing import TYPE_CHECKING, BinaryIO

from drivers.api.text import from_bytes, to_bytes
from drivers.values.presence import is_there

if TYPE_CHECKING:
    from expander.world.rights import Rights

PIECE = 1 << 16
"""So much is read of a file at once where there is a limit."""


class RealFiles:
    """Files of this machine, under ``rights``; every failure is the ``OSError`` that Python raises.

    ``homes`` are where users live whom a virtual host supposes: there are empty folders at least.
    """

    def __init__(self, rights: Rights, homes: frozenset[str] = frozenset()) -> None:
        self._rights = rights
        self._homes = homes

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them."""
        with self._rights.taken():
            file = open(_path(path), "rb")  # noqa: PTH123, SIM115 - paths are bytes
        with file:
            return file.read() if limit is None else _beginning(file, limit)

    def stat(self, path: str) -> stat_result:
        """What stat() tells; follows links."""
        if self._rights.acting is None and "\0" not in path:
            return os.stat(path.encode("latin-1"))  # noqa: PTH116 - the one that is asked for most
        with self._rights.taken():
            try:
                found = os.stat(_path(path))  # noqa: PTH116
            except FileNotFoundError:
                if path.removesuffix("/.") not in self._homes:
                    raise
                found = os.stat("/")  # noqa: PTH116
            return self._rights.shown(found)

    def lstat(self, path: str) -> stat_result:
        """What lstat() tells."""
        with self._rights.taken():
            return self._rights.shown(os.lstat(_path(path)))

    def exists(self, path: str) -> bool:
        """True if a path leads to something."""
        if self._rights.acting is None and "\0" not in path:
            return os.access(path.encode("latin-1"), os.F_OK, effective_ids=True)  # raises nothing: quicker
        return is_there(self, path)

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory, without ``.`` and ``..``, in the order of the directory."""
        with self._rights.taken():
            return [from_bytes(name) for name in os.listdir(_path(path))]  # noqa: PTH208

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Create, replace or extend a file; ``mode`` counts only where it is created."""
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else os.O_TRUNC)
        with self._rights.taken():
            descriptor = os.open(_path(path), flags, mode)
        with open(descriptor, "wb") as file:  # noqa: PTH123
            file.write(data)

    def make_folder(self, path: str, mode: int = 0o750) -> None:
        """Make a folder and those that it lies in, where they are missing."""
        with self._rights.taken():
            os.makedirs(_path(path), mode, exist_ok=True)  # noqa: PTH103 - paths are bytes

    def remove(self, path: str) -> None:
        """Remove a file."""
        with self._rights.taken():
            os.unlink(_path(path))  # noqa: PTH108 - paths are bytes

    def remove_folder(self, path: str) -> None:
        """Remove a folder that is empty."""
        with self._rights.taken():
            os.rmdir(_path(path))  # noqa: PTH106 - paths are bytes

    def local(self, path: str) -> str:
        """A real path that a library may open for reading."""
        return os.fsdecode(_path(path))


def _beginning(file: BinaryIO, limit: int) -> bytes:
    """At most so many bytes of a file, without room for more of them than there are."""
    pieces: list[bytes] = []
    while limit > 0:
        piece = file.read(min(limit, PIECE))
        pieces.append(piece)
        limit -= len(piece)
        if len(piece) < PIECE:
            break
    return b"".join(pieces)


def partition(path: str) -> tuple[int, int]:
    """Free kilobytes and free inodes, for ordinary users, where a path is; -1 if unknown."""
    try:
        found = os.statvfs(_path(path))
    except OSError:
        return -1, -1
    return found.f_bavail * found.f_frsize // 1024, found.f_favail if found.f_files else -1


def _path(path: str) -> bytes:
    """A held path as the system takes it; one with a NUL byte names no file."""
    if "\0" in path:
        raise FileNotFoundError(2, "No such file or directory", path)
    return to_bytes(path)
