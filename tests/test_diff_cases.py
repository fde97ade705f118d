"""Each case of ``tests/cases/diff``: two configurations, and in what they differ."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from expander.compare.config import differences
from expander.compare.report import text_lines
from expander.config.load import load
from expander.config.model import Config
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld

CASES = {
    title: parts
    for path in sorted((Path(__file__).parent / "cases" / "diff").glob("*.case"))
    for title, *parts in re.findall(
        r"^== (.+)\n((?:(?!--$).*\n)*)--\n((?:(?!=>$).*\n)*)=>\n((?:(?!== ).*\n)*)",
        path.read_text(encoding="latin-1"),
        re.MULTILINE,
    )
}
PLACES = re.compile(r"  \[[^\]]*\]$")


def read(text: str, name: str = "/x") -> Config:
    world = MemoryWorld(files={name: text.encode("latin-1")})
    return load(name, profile=PROFILES["debian-12"], world=world)


@pytest.mark.parametrize("title", CASES)
def test_the_differences(title: str) -> None:
    old, new, expected = CASES[title]
    lines = [PLACES.sub("", line) for line in text_lines(differences(read(old), read(new)))]
    assert lines == expected.rstrip("\n").splitlines()


@pytest.mark.parametrize("title", CASES)
def test_no_configuration_differs_from_itself(title: str) -> None:
    for text in CASES[title][:2]:
        assert differences(read(text), read(text), macros=True) == []


@pytest.mark.parametrize("title", CASES)
def test_what_differs_one_way_differs_the_other(title: str) -> None:
    old, new = map(read, CASES[title][:2])
    assert bool(differences(old, new)) == bool(differences(new, old))
