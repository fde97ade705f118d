"""The installed Exim knows the names that its release has, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
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


OF_THE_MOMENT = frozenset(
    "load_average log_inodes log_space pid spool_inodes spool_space "
    "tod_bsdinbox tod_epoch tod_epoch_l tod_full tod_log tod_zulu compile_date compile_number".split()
)
"""Variables that have another value each time, or with each package."""


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


@pytest.mark.exim
def test_variables_have_the_values_that_they_have_without_a_message(tmp_path: Path) -> None:
    names = [line.split()[0] for line in names_tool.FOLDER.joinpath("variables.txt").read_text().splitlines()]
    texts = [f"[${{{name}}}]" for name in names if name not in NO_TEXT | OF_THE_MOMENT]
    program = RealExim(tmp_path, Setup())
    ours = subprocess.run(
        [sys.executable, "-m", "expander", "--profile", "debian-12", *program.command[1:]],
        input="".join(f"{text}\n" for text in texts),
        capture_output=True,
        check=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TZ": "UTC", "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    answered = [
        answer.replace(str(tmp_path), "@DIR@") for answer in ours.stdout.removeprefix("> ").split("\n> ")
    ]
    assert dict(zip(texts, answered, strict=False)) == dict(zip(texts, program.ask(texts), strict=True))
