"""Every rule finds the fault of its bad example and not its good one, and says what it is for."""

from __future__ import annotations

import re

import pytest

from drivers.api.unit import Unit
from expander.config.profile import PROFILES
from expander.lint.engine import check_file
from expander.lint.finding import ERROR, SEVERITIES
from expander.lint.rule import named, resolve, rules
from expander.world.memory import MemoryWorld

PATH = "/etc/exim.conf"
ALIASES = "/etc/aliases"
"""The one other file of the host that examples are checked on."""

NO_EXAMPLE = {"EXM001"}
"""No configuration is an example of a file that cannot be read."""


def codes(text: str) -> set[str]:
    files = {PATH: text.encode("latin-1"), ALIASES: b"tickets: |/usr/local/bin/ticket\n"}
    world = MemoryWorld(files=files, environment={"HOME": "/root"})
    found = check_file(PATH, profile=PROFILES["debian-12"], world=world, macros={})
    return {finding.code for finding in found}


@pytest.mark.parametrize("unit", [u for u in rules() if u.name not in NO_EXAMPLE], ids=lambda unit: unit.name)
def test_a_rule_finds_its_bad_example_and_not_its_good_one(unit: Unit) -> None:
    assert unit.name in codes(unit.facts["bad"])
    assert unit.name not in codes(unit.facts["good"])


@pytest.mark.parametrize("unit", [u for u in rules() if u.name not in NO_EXAMPLE], ids=lambda unit: unit.name)
def test_the_good_example_has_no_error_at_all(unit: Unit) -> None:
    errors = {code for code in codes(unit.facts["good"]) if named(code) and severity(code) == ERROR}
    assert errors == set()


def severity(code: str) -> str:
    return str(next(unit for unit in rules() if unit.name == code).facts["severity"])


@pytest.mark.parametrize("unit", rules(), ids=lambda unit: unit.name)
def test_a_rule_is_named_and_described(unit: Unit) -> None:
    assert re.fullmatch(r"EX[A-Z][0-9]{3}", unit.name)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", unit.syntax)
    assert named(unit.name) == unit.syntax
    assert unit.facts["severity"] in SEVERITIES
    assert unit.section
    assert unit.summary.endswith(".")
    assert resolve(unit.syntax) == (unit.name,)
