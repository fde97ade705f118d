"""The examples of units that the installed Exim has: its answers are theirs; sections are the manual's."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from casefile import Setup
from drivers.api.registry import families, units
from examples import Example, examples
from expander.config.profile import PROFILES
from real_exim import RealExim

EXAMPLES = [example for example in examples() if example.profile.name == "debian-12"]
MANUAL = Path("/usr/share/doc/exim4-base/spec.txt.gz")


@cache
def answers() -> dict[str, str]:
    """The answers to all examples."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        program = RealExim(Path(directory), Setup())
        texts = [example.text for example in EXAMPLES]
        return dict(zip(texts, program.ask(texts), strict=True))


@pytest.mark.exim
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_the_real_exim_says_what_the_example_says(example: Example) -> None:
    assert answers()[example.text] == example.output


@pytest.mark.exim
@pytest.mark.skipif(not MANUAL.exists(), reason="the manual is not installed")
def test_units_name_sections_that_the_manual_has() -> None:
    with gzip.open(MANUAL, "rt", encoding="utf-8", errors="replace") as text:
        titles = {
            match[1].strip() for line in text if (match := re.match(r" *\d+(?:\.\d+)*\.? +(\S.*)", line))
        }
    debian = PROFILES["debian-12"]
    all_units = [unit for family in families() for unit in units(family) if debian.has(unit)]
    named = {unit.section: f"{unit.family} {unit.name}" for unit in all_units}
    assert {section: who for section, who in named.items() if section not in titles} == {}
