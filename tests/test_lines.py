"""The lines that are compared with Exim leave out no name of the language."""

from __future__ import annotations

import re

import pytest

from drivers.api.registry import shapes
from expander.config.profile import PROFILES
from lines.areas import AREAS, lines

OF_THE_WORLD = frozenset("pam radius ldapauth saslauthd pwcheck crypteq randint".split())
"""They have tests of their own."""


@pytest.fixture(scope="module")
def text() -> str:
    return "\n".join("\n".join(lines(area, 600)) for area in AREAS)


@pytest.mark.parametrize("family", ["items", "operators", "conditions"])
def test_each_name_is_in_some_line(family: str, text: str) -> None:
    known = getattr(shapes(PROFILES["debian-12"]), family)
    words = set(re.findall(r"[A-Za-z][A-Za-z0-9_]*|[<>=]=?", text)) | set(re.findall(r"\{([a-z0-9]+)_", text))
    assert {name for name in known if name not in words} <= OF_THE_WORLD
