"""The examples of units that the installed Exim has: its answers are theirs; sections are the manual's."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from drivers.api.registry import families, units
from examples import Trial, examples
from expander.config.profile import PROFILES
from real_exim import RealExim, can_ask

TRIALS = [trial for trial in examples() if can_ask(trial.setup)]
MANUAL = Path("/usr/share/doc/exim4-base/spec.txt.gz")


@cache
def answers() -> dict[tuple[str, str], str]:
    """The answers to all examples, by the state that they need and their texts."""
    groups: dict[str, list[Trial]] = {}
    for trial in TRIALS:
        groups.setdefault(trial.setup.key(), []).append(trial)
    found = {}
    for key, trials in groups.items():
        with TemporaryDirectory(ignore_cleanup_errors=True) as directory:
            program = RealExim(Path(directory), trials[0].setup)
            texts = [trial.example.text for trial in trials]
            found |= {(key, text): answer for text, answer in zip(texts, program.ask(texts), strict=True)}
    return found


@pytest.mark.exim
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.id)
def test_the_real_exim_says_what_the_example_says(trial: Trial) -> None:
    assert answers()[trial.setup.key(), trial.example.text] == trial.example.output


@pytest.mark.exim
@pytest.mark.skipif(not MANUAL.exists(), reason="the manual is not installed")
def test_units_name_sections_that_the_manual_has() -> None:
    titles = {
        match[1].strip()
        for manual in (MANUAL, MANUAL.with_name("filter.txt.gz"))
        for line in gzip.decompress(manual.read_bytes()).decode("utf-8", "replace").split("\n")
        if (match := re.match(r" *\d+(?:\.\d+)*\.? +(\S.*)", line))
    }
    debian = PROFILES["debian-12"]
    all_units = [unit for family in families() for unit in units(family) if debian.has(unit)]
    named = {unit.section: f"{unit.family} {unit.name}" for unit in all_units}
    assert {section: who for section, who in named.items() if section not in titles} == {}
