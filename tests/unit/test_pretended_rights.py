"""Who is only pretended to act for has no more rights to files of others than the real one would."""

from __future__ import annotations

import os

import pytest

from expander.world.rights import Rights


def facts(mode: int, uid: int, gid: int) -> os.stat_result:
    return os.stat_result((0o100000 | mode, 1, 1, 1, uid, gid, 0, 0, 0, 0))


OTHER = os.geteuid() + 7000


@pytest.mark.parametrize(
    ("mode", "gid", "writes", "permitted"),
    [
        (0o600, 9, True, False),
        (0o600, 9, False, False),
        (0o640, 1201, False, True),
        (0o640, 1201, True, False),
        (0o604, 9, False, True),
        (0o606, 9, True, True),
    ],
)
def test_files_of_others(mode: int, gid: int, writes: bool, permitted: bool) -> None:
    rights = Rights(pretends=True)
    with rights.acting_as(1200, 1201):
        if permitted:
            rights.check(facts(mode, OTHER, gid), writes=writes)
            return
        with pytest.raises(PermissionError):
            rights.check(facts(mode, OTHER, gid), writes=writes)


def test_own_files_and_the_superuser() -> None:
    rights = Rights(pretends=True)
    with rights.acting_as(1200, 1201):
        rights.check(facts(0o000, os.geteuid(), 0), writes=True)
        rights.check(facts(0o000, 1200, 0), writes=True)
    with rights.acting_as(0, 0):
        rights.check(facts(0o000, OTHER, 0), writes=True)
    rights.check(facts(0o000, OTHER, 0), writes=True)
