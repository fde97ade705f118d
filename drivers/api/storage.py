"""Files as deliveries need them, as protocols: made, locked, renamed, under the rights of other users."""

from __future__ import annotations

from contextlib import AbstractContextManager
from os import stat_result
from typing import Protocol


class OpenFile(Protocol):
    """A file that is open to be read and written; failures are ``OSError``."""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all that are left without a size."""

    def write(self, data: bytes) -> None:
        """Write all of the bytes where the file stands."""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, counted as ``os.lseek()`` does: where the file stands then."""

    def truncate(self, size: int) -> None:
        """Cut the file to so many bytes."""

    def stat(self) -> stat_result:
        """What fstat() tells."""

    def set_mode(self, mode: int) -> None:
        """Change the permission bits."""

    def set_owner(self, uid: int, gid: int) -> None:
        """Change the owner and the group; -1 leaves one as it is."""

    def lock(self, *, shared: bool = False, whole: bool = False) -> None:
        """Take a lock by fcntl(), by flock() if ``whole``. Raises ``OSError`` if another process has one."""

    def sync(self) -> None:
        """Wait until all is on the disk."""

    def close(self) -> None:
        """Close the file, which gives back its locks."""


class Storage(Protocol):
    """Files as deliveries need them: made, locked, renamed, under the rights of other users.

    Failures are ``OSError``; a world that may not be changed raises ``Refused``.
    """

    def open(self, path: str, flags: int, mode: int = 0o600) -> OpenFile:
        """Open a file with the flags of ``os.open()``; the bits of ``mode`` are all given to a new file."""

    def make_folder(self, path: str, mode: int) -> None:
        """Make one folder."""

    def rename(self, path: str, to: str) -> None:
        """Give a file another name, in place of whatever has it."""

    def link(self, path: str, to: str) -> None:
        """Give a file a second name, which must be free."""

    def remove(self, path: str) -> None:
        """Take away the name of a file."""

    def set_times(self, path: str, accessed: float, modified: float) -> None:
        """Change when a file was read and written, in seconds since 1970."""

    @property
    def acting(self) -> tuple[int, int] | None:
        """The user and the group under whose numbers files are handled, None for the process's own."""

    def acting_as(self, uid: int, gid: int, *, with_groups: bool = False) -> AbstractContextManager[None]:
        """For how long files are handled under the numbers of another user and group, where that can be.

        ``with_groups`` takes all groups that the user is in.
        """

    def as_itself(self) -> AbstractContextManager[None]:
        """For how long they are handled under the numbers of the process itself again."""
