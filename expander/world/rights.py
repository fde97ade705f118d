"""Under whose rights this process handles files."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from os import stat_result

ROOT = 0
_OWN: AbstractContextManager[None] = nullcontext()


class Rights:
    """Those of the process itself, or of who it acts for.

    Where this is the superuser, each operation on a file is done under the effective numbers of who it is
    acted for, and only the operation: modules and whatever else the program needs for itself are read under
    its own rights. If it ``pretends``, because its caller is one of a virtual host, or if it is not
    the superuser, all is done under the numbers of the process; where it pretends, its files seem to belong
    to who it acts for.
    """

    def __init__(self, *, pretends: bool = False) -> None:
        self._switches = os.geteuid() == ROOT and not pretends
        self._pretends = pretends
        self.acting: tuple[int, int] | None = None
        self._groups: Sequence[int] = ()

    @contextmanager
    def acting_as(self, uid: int, gid: int, *, with_groups: bool = False) -> Iterator[None]:
        """For how long files are handled under the numbers of another user and group.

        ``with_groups`` takes all groups that the user is in.
        """
        before = self.acting, self._groups
        self.acting, self._groups = (uid, gid), groups_of(uid, gid) if with_groups else (gid,)
        try:
            yield
        finally:
            self.acting, self._groups = before

    @contextmanager
    def as_itself(self) -> Iterator[None]:
        """For how long files are handled under the numbers of the process although it acts for somebody."""
        before, self.acting = self.acting, None
        try:
            yield
        finally:
            self.acting = before

    def shown(self, found: stat_result) -> stat_result:
        """What a file is, as who it is acted for would see it."""
        if not self._pretends or self.acting is None or found.st_uid != os.geteuid():
            return found
        values = list(found)
        values[4:6] = self.acting
        return os.stat_result(values)

    def check(self, found: stat_result, *, writes: bool) -> None:
        """Raise ``PermissionError`` where who is pretended to act may not open a file of somebody else."""
        if not self._pretends or self.acting is None:
            return
        if self.acting[0] in {ROOT, found.st_uid} or found.st_uid == os.geteuid():
            return
        shift = 3 if found.st_gid == self.acting[1] else 0
        wanted = 2 if writes else 4
        if not (found.st_mode >> shift) & wanted:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def taken(self) -> AbstractContextManager[None]:
        """For one operation on a file."""
        if self.acting is None or not self._switches or self.acting[0] == ROOT:
            return _OWN
        return self._taken(self.acting, self._groups)

    @contextmanager
    def _taken(self, acting: tuple[int, int], groups: Sequence[int]) -> Iterator[None]:
        own, own_groups = os.getegid(), os.getgroups()
        os.setgroups(groups)
        os.setegid(acting[1])
        os.seteuid(acting[0])
        try:
            yield
        finally:
            os.seteuid(ROOT)
            os.setegid(own)
            os.setgroups(own_groups)


def groups_of(uid: int, gid: int) -> Sequence[int]:
    """The numbers of the groups of a user, ``gid`` alone where the machine does not know it."""
    import pwd

    try:
        return os.getgrouplist(pwd.getpwuid(uid).pw_name, gid)
    except KeyError:
        return (gid,)
