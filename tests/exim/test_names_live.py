"""The installed Exim knows the names that its release has, and no others."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import names_tool
from casefile import Setup
from drivers.api.registry import entries
from expander.config.profile import PROFILES
from real_exim import RealExim

DEBIAN = PROFILES["debian-12"]
ASKED = {
    "item": ("${%s}", ("unknown variable in", "is not a known operator")),
    "operator": ("${%s:}", ("unknown expansion operator", "unknown lookup type")),
    "condition": ("${if %s }", ("unknown condition",)),
    "variable": ("${%s}", ("unknown variable in",)),
}
"""How to ask for a name, and what is said of an unknown one."""

NO_TEXT = frozenset(("0..9", "acl_c*", "acl_m*", "r_*", "h_*", "bh_*", "rh_*", "lh_*"))
"""Families of variables, which no text names as a whole."""

IN_FILTERS = frozenset(f"{kind}{digit}" for kind in ("n", "sn") for digit in range(10))
"""Variables that are unknown outside filters."""


@cache
def answers() -> dict[tuple[str, str], str]:
    """The answers to all names of the lists."""
    names = [
        (family, entry.name) for family in ASKED for entry in entries(family) if entry.name not in NO_TEXT
    ]
    with TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        texts = [ASKED[family][0] % name for family, name in names]
        return dict(zip(names, RealExim(Path(directory), Setup()).ask(texts), strict=True))


@pytest.mark.exim
@pytest.mark.parametrize("family", names_tool.FAMILIES)
def test_the_real_exim_knows_the_names_of_the_profile(family: str) -> None:
    known = {
        name
        for (kind, name), answer in answers().items()
        if kind == family and not any(words in answer for words in ASKED[family][1])
    }
    # What of variables, and of quoting for lookups, the build lacks is unknown; of others it is refused.
    has = DEBIAN.has if family in {"operator", "variable"} else DEBIAN.knows
    expected = {entry.name for entry in entries(family) if has(entry)} - NO_TEXT - IN_FILTERS
    assert known == expected
