"""A file system that is a dictionary: nothing of it is on the real machine."""

from __future__ import annotations

import errno
import os
import stat
from posixpath import normpath
from threading import RLock
from typing import TYPE_CHECKING

from drivers.values.presence import is_there

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import stat_result

TEXT = 0o100644
FOLDER = 0o40755
FOLDER_SIZE = 4096


class Entry:
    """A file or a folder, which may have several names; ``number`` stands for that of an inode."""

    __slots__ = ("accessed", "data", "gid", "holders", "links", "mode", "modified", "number", "uid")

    def __init__(self, mode: int, data: bytes, number: int, now: float) -> None:
        self.mode = mode
        self.data: bytes | bytearray = data
        self.number = number
        self.uid = self.gid = 0
        self.links = 2 if stat.S_ISDIR(mode) else 1
        self.accessed = self.modified = now
        self.holders: set[object] = set()

    @property
    def is_folder(self) -> bool:
        """True for a folder."""
        return stat.S_ISDIR(self.mode)

    def stat(self) -> stat_result:
        """What stat() tells of it."""
        size = FOLDER_SIZE if self.is_folder else len(self.data)
        times = (int(self.accessed), int(self.modified), int(self.modified))
        return os.stat_result((self.mode, self.number, 1, self.links, self.uid, self.gid, size, *times))


class MemoryFiles:
    """Files given as a dictionary of paths and contents; folders are there if something is in them.

    A path that ends in a slash is an empty folder. Contents may be text (held text) or bytes. ``now`` gives
    the time of changes, in seconds since 1970.
    """

    def __init__(
        self, files: Mapping[str, str | bytes] | None = None, now: float | Callable[[], float] = 0.0
    ) -> None:
        self.lock = RLock()
        self._now = now
        self._entries: dict[str, Entry] = {}
        self._count = 0
        self._add_folders("/")
        for path, content in (files or {}).items():
            if path.endswith("/"):
                self._add_folders(clean_path(path))
            else:
                data = content.encode("latin-1") if isinstance(content, str) else content
                self._put(clean_path(path), data)

    def now(self) -> float:
        """The time that changes are made at."""
        return self._now if isinstance(self._now, int | float) else self._now()

    def _new(self, path: str, mode: int, data: bytes = b"") -> Entry:
        self._count += 1
        made = self._entries[path] = Entry(mode, data, self._count, self.now())
        return made

    def _put(self, path: str, data: bytes) -> None:
        self._add_folders(path.rpartition("/")[0] or "/")
        self._new(path, TEXT, data)

    def _add_folders(self, path: str) -> None:
        while path not in self._entries:
            self._new(path, FOLDER)
            path = path.rpartition("/")[0] or "/"

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them."""
        with self.lock:
            entry = self.entry(path)
            if entry.is_folder:
                raise error(errno.EISDIR, path)
            return bytes(entry.data[:limit])

    def stat(self, path: str) -> stat_result:
        """Size, kind, mode, owner and times of an entry."""
        with self.lock:
            return self.entry(path).stat()

    def exists(self, path: str) -> bool:
        """True if a path leads to something."""
        return is_there(self, path)

    def lstat(self, path: str) -> stat_result:
        """The same as `stat`: there are no links."""
        return self.stat(path)

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory, sorted."""
        with self.lock:
            if not self.entry(path).is_folder:
                raise error(errno.ENOTDIR, path)
            start = clean_path(path).rstrip("/") + "/"
            below = [name[len(start) :] for name in self._entries if name.startswith(start)]
        return sorted({name for name in below if name and "/" not in name})

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Create, replace or extend a file; its folder must be there."""
        with self.lock:
            entry = self.entry_for_writing(path, mode)
            self.fill(entry, bytes(entry.data) + data if append else data)

    def make_folder(self, path: str, mode: int = 0o750) -> None:
        """Make a folder and those that it lies in, where they are missing."""
        with self.lock:
            clean, known = clean_path(path), len(self._entries)
            self._add_folders(clean)
            if len(self._entries) > known:
                self._entries[clean].mode = stat.S_IFDIR | (mode & 0o7777)

    def remove(self, path: str) -> None:
        """Remove a file."""
        with self.lock:
            entry = self.entry(path)
            if entry.is_folder:
                raise error(errno.EISDIR, path)
            entry.links -= 1
            del self._entries[clean_path(path)]

    def remove_folder(self, path: str) -> None:
        """Remove a folder that is empty."""
        if self.names(path):
            raise error(errno.ENOTEMPTY, path)
        with self.lock:
            del self._entries[clean_path(path)]

    def local(self, path: str) -> str:
        """Raises ``OSError``: no library can open what is only here."""
        raise error(errno.EOPNOTSUPP, path)

    def contents(self) -> dict[str, bytes]:
        """All files by path: what a test looks at."""
        with self.lock:
            return {path: bytes(entry.data) for path, entry in self._entries.items() if not entry.is_folder}

    # What changes it as deliveries do.

    def entry(self, path: str) -> Entry:
        """The entry of a path. Raises ``OSError`` as a file system does."""
        return self._entries[self._file(path)]

    def entry_for_writing(self, path: str, mode: int, *, is_new: bool = False) -> Entry:
        """The file of a path, which is made where it is missing. Raises ``OSError``."""
        clean = clean_path(path)
        found = self._entries.get(clean)
        if found is not None:
            if is_new:
                raise error(errno.EEXIST, path)
            if found.is_folder:
                raise error(errno.EISDIR, path)
            return found
        self.check_folder_of(path)
        return self._new(clean, stat.S_IFREG | (mode & 0o7777))

    def new_folder(self, path: str, mode: int) -> Entry:
        """Make one folder. Raises ``OSError``."""
        clean = clean_path(path)
        if clean in self._entries:
            raise error(errno.EEXIST, path)
        self.check_folder_of(path)
        return self._new(clean, stat.S_IFDIR | (mode & 0o7777))

    def name(self, path: str, entry: Entry) -> None:
        """Give an entry a name, in place of whatever has it. Raises ``OSError``."""
        clean = clean_path(path)
        before = self._entries.get(clean)
        if before is not None and before.is_folder:
            raise error(errno.EISDIR, path)
        self.check_folder_of(path)
        if before is not None:
            before.links -= 1
        self._entries[clean] = entry
        entry.links += 1

    def check_folder_of(self, path: str) -> None:
        """See that the folder is there in which a path is. Raises ``OSError`` as a file system does."""
        above = clean_path(path).rpartition("/")[0] or "/"
        if not self._entries[self._file(above)].is_folder:
            raise error(errno.ENOTDIR, path)

    def fill(self, entry: Entry, data: bytes) -> None:
        """Change what stands in a file."""
        entry.data = data
        entry.modified = self.now()

    def _file(self, path: str) -> str:
        """The path of an entry that is there. Raises ``OSError`` as a file system does."""
        clean = clean_path(path)
        found = self._entries.get(clean)
        if found is not None:
            if path.endswith("/") and not found.is_folder:
                raise error(errno.ENOTDIR, path)
            return clean
        above = clean
        while above != "/":
            above = above.rpartition("/")[0] or "/"
            holding = self._entries.get(above)
            if holding is not None:
                if not holding.is_folder:
                    raise error(errno.ENOTDIR, path)
                break
        raise error(errno.ENOENT, path)


def clean_path(path: str) -> str:
    """The path in one form; relative ones count from the root."""
    return normpath("/" + path.lstrip("/"))


def error(number: int, path: str) -> OSError:
    """The error of that number, in the class that Python gives it."""
    return OSError(number, os.strerror(number), path)
