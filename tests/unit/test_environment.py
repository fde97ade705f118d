"""Which environment variables the configuration leaves."""

from __future__ import annotations

import re

import pytest

from expander.config.environment import with_zone
from expander.config.load import load
from expander.config.model import LoadError
from expander.config.profile import chosen
from expander.world.memory import MemoryWorld

GIVEN = {"PATH": "/bin", "CASE_A": "1", "CASE_B": "2", "X": "3"}
FILES = {
    "/etc/names": b"PATH # the search path\n!CASE_B\n^CASE\n",
    "/etc/table": b"x: 1\n",
}


def left(keep: str, add: str = "") -> dict[str, str]:
    text = f"keep_environment = {keep}\nadd_environment = {add}\n".encode()
    world = MemoryWorld(files={**FILES, "/etc/exim.conf": text}, environment=GIVEN)
    return load("/etc/exim.conf", profile=chosen("debian-12"), world=world).environment


@pytest.mark.parametrize(
    ("keep", "names"),
    [
        ("", ""),
        ("PATH : !CASE_B : ^CASE", "PATH CASE_A"),
        ("path", ""),
        ("*_A", "CASE_A"),
        ("!X", "PATH CASE_A CASE_B"),
        ("/etc/names", "PATH CASE_A"),
        ("!/etc/names", "CASE_B X"),
        ("lsearch;/etc/table", "X"),
        ("!PATH : +caseful", ""),
    ],
)
def test_what_is_kept(keep: str, names: str) -> None:
    assert set(left(keep)) == set(names.split())


def test_what_is_added() -> None:
    assert left("PATH : X", "<; ADDED=a:b ; X=4 ; PATH") == {"ADDED": "a:b", "X": "4"}


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        ("/etc/none", "failed to open /etc/none when checking keep_environment: No such file or directory"),
        ("none;x", 'unknown lookup type "none"'),
        ("^(", "regular expression error: missing closing parenthesis at offset 2 while compiling ^("),
    ],
)
def test_a_list_that_cannot_be_gone_through_ends_it(keep: str, message: str) -> None:
    with pytest.raises(LoadError, match="^" + re.escape(message)):
        left(keep)


@pytest.mark.parametrize(
    ("zone", "left"),
    [
        ("UTC", {"TZ": "CET", "A": "1"}),
        ("utc", {"TZ": "CET", "A": "1"}),
        ("EST5", {"A": "1", "TZ": "EST5"}),
        ("", {"A": "1"}),
        (None, {"A": "1"}),
    ],
)
def test_the_time_zone(zone: str | None, left: dict[str, str]) -> None:
    assert with_zone({"TZ": "CET", "A": "1"}, zone) == left
