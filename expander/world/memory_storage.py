"""Changing a file system that is a dictionary as deliveries do; owners and modes are what they would be."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from expander.world.acting import Acting
from expander.world.memory_files import error

if TYPE_CHECKING:
    from os import stat_result

    from expander.world.memory_files import Entry, MemoryFiles


class MemoryStorage(Acting):
    """Files of a dictionary, changed under the numbers of users that need not exist."""

    def __init__(self, files: MemoryFiles) -> None:
        super().__init__()
        self._files = files

    def open(self, path: str, flags: int, mode: int = 0o600) -> MemoryFile:
        """Open a file with the flags of ``os.open()``. Raises ``OSError`` as a file system does."""
        files = self._files
        with files.lock:
            if flags & os.O_CREAT:
                is_there = self._is_there(path)
                entry = files.entry_for_writing(path, mode, is_new=bool(flags & os.O_EXCL))
                if not is_there:
                    self._own(entry)
            else:
                entry = files.entry(path)
                if entry.is_folder and flags & (os.O_WRONLY | os.O_RDWR):
                    raise error(errno.EISDIR, path)
            if flags & os.O_TRUNC:
                files.fill(entry, b"")
        return MemoryFile(files, entry, is_appending=bool(flags & os.O_APPEND))

    def _own(self, entry: Entry) -> None:
        entry.uid, entry.gid = self._acting

    def make_folder(self, path: str, mode: int) -> None:
        """Make one folder."""
        with self._files.lock:
            self._own(self._files.new_folder(path, mode))

    def rename(self, path: str, to: str) -> None:
        """Give a file another name, in place of whatever has it."""
        with self._files.lock:
            entry = self._files.entry(path)
            self._files.name(to, entry)
            self._files.remove(path)

    def link(self, path: str, to: str) -> None:
        """Give a file a second name, which must be free."""
        with self._files.lock:
            entry = self._files.entry(path)
            if self._is_there(to):
                raise error(errno.EEXIST, to)
            self._files.name(to, entry)

    def _is_there(self, path: str) -> bool:
        try:
            self._files.entry(path)
        except OSError:
            return False
        return True

    def remove(self, path: str) -> None:
        """Take away the name of a file."""
        self._files.remove(path)

    def set_times(self, path: str, accessed: float, modified: float) -> None:
        """Change when a file was read and written, in seconds since 1970."""
        with self._files.lock:
            entry = self._files.entry(path)
            entry.accessed, entry.modified = accessed, modified


class MemoryFile:
    """An open file of a dictionary."""

    def __init__(self, files: MemoryFiles, entry: Entry, *, is_appending: bool) -> None:
        self._files = files
        self._entry = entry
        self._place = 0
        self._is_appending = is_appending

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all that are left without a size."""
        end = None if size < 0 else self._place + size
        found = bytes(self._entry.data[self._place : end])
        self._place += len(found)
        return found

    def write(self, data: bytes) -> None:
        """Write all of the bytes where the file stands."""
        with self._files.lock:
            entry = self._entry
            if not isinstance(entry.data, bytearray):
                entry.data = bytearray(entry.data)
            if self._is_appending:
                self._place = len(entry.data)
            entry.data.extend(bytes(max(self._place - len(entry.data), 0)))
            entry.data[self._place : self._place + len(data)] = data
            entry.modified = self._files.now()
            self._place += len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, counted as ``os.lseek()`` does: where the file stands then."""
        self._place = offset + (0, self._place, len(self._entry.data))[whence]
        return self._place

    def truncate(self, size: int) -> None:
        """Cut the file to so many bytes."""
        self._files.fill(self._entry, bytes(self._entry.data[:size].ljust(size, b"\0")))

    def stat(self) -> stat_result:
        """What fstat() tells."""
        return self._entry.stat()

    def set_mode(self, mode: int) -> None:
        """Change the permission bits."""
        self._entry.mode = stat.S_IFMT(self._entry.mode) | (mode & 0o7777)

    def set_owner(self, uid: int, gid: int) -> None:
        """Change the owner and the group; -1 leaves one as it is."""
        entry = self._entry
        entry.uid, entry.gid = uid if uid >= 0 else entry.uid, gid if gid >= 0 else entry.gid

    def lock(self, *, shared: bool = False, whole: bool = False) -> None:
        """Take a lock. Raises ``OSError`` if another holder has one; both kinds of locks are one here."""
        with self._files.lock:
            if self._entry.holders - {self} and not shared:
                raise error(errno.EAGAIN, "")
            self._entry.holders.add(self)

    def sync(self) -> None:
        """There is no disk to wait for."""

    def close(self) -> None:
        """Close the file, which gives back its locks."""
        self._entry.holders.discard(self)
