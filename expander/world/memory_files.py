"""A file system that is a dictionary: nothing of it is on the real machine."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping, Sequence
from os import stat_result
from posixpath import normpath
from threading import RLock

TEXT = 0o100644
FOLDER = 0o40755


class MemoryFiles:
    """Files given as a dictionary of paths and contents; folders are there if something is in them.

    A path that ends in a slash is an empty folder. Contents may be text (held text) or bytes.
    """

    def __init__(self, files: Mapping[str, str | bytes] | None = None, now: float = 0.0) -> None:
        self._lock = RLock()
        self._now = int(now)
        self._files: dict[str, bytes] = {}
        self._modes: dict[str, int] = {}
        self._folders = {"/"}
        for path, content in (files or {}).items():
            if path.endswith("/"):
                self._add_folders(_clean(path))
            else:
                self._put(_clean(path), content.encode("latin-1") if isinstance(content, str) else content)

    def _put(self, path: str, data: bytes) -> None:
        self._add_folders(path.rpartition("/")[0] or "/")
        self._files[path] = data

    def _add_folders(self, path: str) -> None:
        while path not in self._folders:
            self._folders.add(path)
            path = path.rpartition("/")[0] or "/"

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them."""
        with self._lock:
            clean = self._file(path)
            if clean in self._folders:
                raise _error(errno.EISDIR, path)
            return self._files[clean][:limit]

    def stat(self, path: str) -> stat_result:
        """Size, kind and mode of an entry; owner and times are those of the world's start."""
        with self._lock:
            clean = self._file(path)
            folder = clean in self._folders
            mode = FOLDER if folder else stat.S_IFREG | self._modes.get(clean, TEXT & 0o7777)
            size = 4096 if folder else len(self._files[clean])
            number = 1 + sorted(self._folders.union(self._files)).index(clean)
        when = self._now
        return stat_result((mode, number, 1, 2 if folder else 1, 0, 0, size, when, when, when))

    def lstat(self, path: str) -> stat_result:
        """The same as `stat`: there are no links."""
        return self.stat(path)

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory, sorted."""
        with self._lock:
            clean = self._file(path)
            if clean not in self._folders:
                raise _error(errno.ENOTDIR, path)
            start = clean.rstrip("/") + "/"
            below = [p[len(start) :] for p in (*self._files, *self._folders) if p.startswith(start)]
        return sorted({name for name in below if name and "/" not in name})

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Create, replace or extend a file; its folder must be there."""
        with self._lock:
            clean = _clean(path)
            if clean in self._folders:
                raise _error(errno.EISDIR, path)
            if (clean.rpartition("/")[0] or "/") not in self._folders:
                raise _error(errno.ENOENT, path)
            if clean not in self._files:
                self._modes[clean] = mode & 0o7777
            self._files[clean] = (self._files.get(clean, b"") if append else b"") + data

    def make_folder(self, path: str, mode: int = 0o750) -> None:
        """Make a folder and those that it lies in, where they are missing."""
        with self._lock:
            self._add_folders(_clean(path))

    def remove(self, path: str) -> None:
        """Remove a file."""
        with self._lock:
            clean = self._file(path)
            if clean in self._folders:
                raise _error(errno.EISDIR, path)
            del self._files[clean]
            self._modes.pop(clean, None)

    def remove_folder(self, path: str) -> None:
        """Remove a folder that is empty."""
        if self.names(path):
            raise _error(errno.ENOTEMPTY, path)
        with self._lock:
            self._folders.remove(self._file(path))

    def local(self, path: str) -> str:
        """Raises ``OSError``: no library can open what is only here."""
        raise _error(errno.EOPNOTSUPP, path)

    def contents(self) -> dict[str, bytes]:
        """All files by path: what a test looks at."""
        with self._lock:
            return dict(self._files)

    def _file(self, path: str) -> str:
        """The path of an entry that is there. Raises ``OSError`` as a file system does."""
        clean = _clean(path)
        if clean in self._files:
            if path.endswith("/"):
                raise _error(errno.ENOTDIR, path)
            return clean
        if clean in self._folders:
            return clean
        above = clean
        while above != "/":
            above = above.rpartition("/")[0] or "/"
            if above in self._files:
                raise _error(errno.ENOTDIR, path)
        raise _error(errno.ENOENT, path)


def _clean(path: str) -> str:
    """The path in one form; relative ones count from the root."""
    return normpath("/" + path.lstrip("/"))


def _error(number: int, path: str) -> OSError:
    """The error of that number, in the class that Python gives it."""
    return OSError(number, os.strerror(number), path)
