"""For whom files are handled in storage that only notes it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = (0, 0)


class Acting:
    """Keeps the numbers of the user and the group that new files belong to."""

    def __init__(self) -> None:
        self._acting = ROOT

    @property
    def acting(self) -> tuple[int, int] | None:
        """The user and the group under whose numbers files are handled, None for the process's own."""
        return None if self._acting == ROOT else self._acting

    @contextmanager
    def acting_as(self, uid: int, gid: int, *, with_groups: bool = False) -> Iterator[None]:
        """For how long new files belong to another user and group."""
        before, self._acting = self._acting, (uid, gid)
        try:
            yield
        finally:
            self._acting = before

    @contextmanager
    def as_itself(self) -> Iterator[None]:
        """For how long new files belong to the superuser."""
        with self.acting_as(*ROOT):
            yield
