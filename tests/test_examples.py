"""Every example of a unit's declaration comes to what it says, and every unit of the language has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.api.registry import units
from examples import Trial, examples


@pytest.mark.parametrize("trial", examples(), ids=lambda trial: trial.id)
def test_the_example_comes_to_what_it_says(trial: Trial, tmp_path: Path) -> None:
    assert trial.answer(tmp_path) == trial.example.output


@pytest.mark.parametrize("family", ["item", "operator", "condition", "variable"])
def test_every_unit_has_an_example_that_uses_it(family: str) -> None:
    lacking = []
    for unit in units(family):
        spoken = unit.name.partition("*")[0]
        if not any(spoken in f"{shown.text} {shown.config}" for shown in unit.examples):
            lacking.append(unit.name)
    assert lacking == ["0..9"] * (family == "variable"), "its name is no text that an expansion has"
