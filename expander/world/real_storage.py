"""Changing the real file system as deliveries do, under the rights of their users."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from drivers.api.text import to_bytes

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from os import stat_result

    from expander.world.rights import Rights


class RealStorage:
    """Files of this machine, handled under ``rights``."""

    def __init__(self, rights: Rights) -> None:
        self.rights = rights

    def open(self, path: str, flags: int, mode: int = 0o600) -> RealFile:
        """Open a file with the flags of ``os.open()``; the bits of ``mode`` are all given to a new file."""
        before = os.umask(0)
        try:
            with self.rights.taken():
                descriptor = os.open(_path(path), flags & ~os.O_TRUNC, mode)
                try:
                    self.rights.check(os.fstat(descriptor), writes=bool(flags & (os.O_WRONLY | os.O_RDWR)))
                    if flags & os.O_TRUNC:
                        os.ftruncate(descriptor, 0)
                except BaseException:
                    os.close(descriptor)
                    raise
        finally:
            os.umask(before)
        return RealFile(descriptor, self)

    def make_folder(self, path: str, mode: int) -> None:
        """Make one folder."""
        before = os.umask(0)
        try:
            with self.rights.taken():
                os.mkdir(_path(path), mode)  # noqa: PTH102 - paths are bytes
                if mode & ~0o777:
                    os.chmod(_path(path), mode)  # noqa: PTH101 - mkdir() leaves these bits out
        finally:
            os.umask(before)

    def rename(self, path: str, to: str) -> None:
        """Give a file another name, in place of whatever has it."""
        with self.rights.taken():
            os.rename(_path(path), _path(to))  # noqa: PTH104

    def link(self, path: str, to: str) -> None:
        """Give a file a second name, which must be free."""
        with self.rights.taken():
            os.link(_path(path), _path(to))

    def remove(self, path: str) -> None:
        """Take away the name of a file."""
        with self.rights.taken():
            os.unlink(_path(path))  # noqa: PTH108

    def set_times(self, path: str, accessed: float, modified: float) -> None:
        """Change when a file was read and written, in seconds since 1970."""
        with self.rights.taken():
            os.utime(_path(path), (accessed, modified))

    @property
    def acting(self) -> tuple[int, int] | None:
        """The user and the group under whose numbers files are handled, None for the process's own."""
        return self.rights.acting

    def acting_as(self, uid: int, gid: int, *, with_groups: bool = False) -> AbstractContextManager[None]:
        """For how long files are handled under the numbers of another user and group, where that can be."""
        return self.rights.acting_as(uid, gid, with_groups=with_groups)

    def as_itself(self) -> AbstractContextManager[None]:
        """For how long files are handled under the numbers of the process although it acts for somebody."""
        return self.rights.as_itself()


class RealFile:
    """An open file of this machine."""

    def __init__(self, descriptor: int, storage: RealStorage) -> None:
        self._descriptor = descriptor
        self._storage = storage

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all that are left without a size."""
        if size < 0:
            left = os.fstat(self._descriptor).st_size - os.lseek(self._descriptor, 0, os.SEEK_CUR)
            size = max(left, 0)
        pieces = []
        while size > 0:
            piece = os.read(self._descriptor, size)
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def write(self, data: bytes) -> None:
        """Write all of the bytes where the file stands."""
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, counted as ``os.lseek()`` does: where the file stands then."""
        return os.lseek(self._descriptor, offset, whence)

    def truncate(self, size: int) -> None:
        """Cut the file to so many bytes."""
        os.ftruncate(self._descriptor, size)

    def stat(self) -> stat_result:
        """What fstat() tells."""
        return self._storage.rights.shown(os.fstat(self._descriptor))

    def set_mode(self, mode: int) -> None:
        """Change the permission bits."""
        with self._storage.rights.taken():
            os.fchmod(self._descriptor, mode)

    def set_owner(self, uid: int, gid: int) -> None:
        """Change the owner and the group; -1 leaves one as it is."""
        with self._storage.rights.taken():
            os.fchown(self._descriptor, uid, gid)

    def lock(self, *, shared: bool = False, whole: bool = False) -> None:
        """Take a lock by fcntl(), by flock() if ``whole``. Raises ``OSError`` if another process has one."""
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        if whole:
            fcntl.flock(self._descriptor, how)
        else:
            fcntl.lockf(self._descriptor, how)

    def sync(self) -> None:
        """Wait until all is on the disk."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file, which gives back its locks."""
        os.close(self._descriptor)


def _path(path: str) -> bytes:
    """A held path as the system takes it; one with a NUL byte names no file."""
    if "\0" in path:
        raise FileNotFoundError(2, "No such file or directory", path)
    return to_bytes(path)
