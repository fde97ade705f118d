"""Storage that nobody may change."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from drivers.api.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.storage import OpenFile


class SealedStorage:
    """Refuses whatever would change files. Each method raises ``Refused``."""

    def open(self, path: str, flags: int, mode: int = 0o600) -> OpenFile:
        """Open a file."""
        raise _refusal("opening", path)

    def make_folder(self, path: str, mode: int) -> None:
        """Make one folder."""
        raise _refusal("making the folder", path)

    def rename(self, path: str, to: str) -> None:
        """Give a file another name."""
        raise _refusal("renaming", path)

    def link(self, path: str, to: str) -> None:
        """Give a file a second name."""
        raise _refusal("linking", path)

    def remove(self, path: str) -> None:
        """Take away the name of a file."""
        raise _refusal("removing", path)

    def set_times(self, path: str, accessed: float, modified: float) -> None:
        """Change when a file was read and written."""
        raise _refusal("touching", path)

    @property
    def acting(self) -> tuple[int, int] | None:
        """Nobody: no files are handled here."""
        return None

    @contextmanager
    def acting_as(self, uid: int, gid: int, *, with_groups: bool = False) -> Iterator[None]:
        """Nothing is done under any rights."""
        yield

    @contextmanager
    def as_itself(self) -> Iterator[None]:
        """Nothing is done under any rights."""
        yield


def _refusal(what: str, path: str) -> Refused:
    return Refused(f'{what} "{path}" refused by the sandbox', None, "--allow=write permits it")
