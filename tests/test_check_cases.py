"""Defects planted in configurations: the checker finds each of them, at its place, and nothing else.

A case of ``tests/cases/check`` is a whole configuration; below it stands, for each finding, its code, the
severity, the line and the marked text (its first line), or the word ``clean``. Two head lines of a file tell
what counts: ``# codes: EXN EXA001`` only findings whose codes begin so, ``# remarks`` remarks as well. The
other head lines are those of `casefile`; its files lie in ``/etc``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from casefile import Case, read_cases
from expander.config.profile import chosen
from expander.lint.engine import check_file
from expander.lint.finding import REMARK, Finding
from expander.lint.places import in_file
from expander.lint.rule import rules
from expander.world.memory import MemoryWorld

FOLDER = Path(__file__).parent / "cases" / "check"
CASES = [case for path in sorted(FOLDER.rglob("*.case")) for case in read_cases(path)]
PATH = "/etc/exim.conf"
FEWEST = 120
"""The planted defects that there must be at least."""


def shown(finding: Finding) -> str:
    if finding.span is None:
        return f"{finding.code} {finding.severity}"
    where = in_file(finding.span)
    marked = finding.span.text.partition("\n")[0]
    return f"{finding.code} {finding.severity} {where.position()[0]} {marked}".rstrip()


def found_in(case: Case) -> list[str]:
    files = {f"/etc/{name}": text.encode("latin-1") for name, text in case.setup.files.items()}
    environment = case.setup.environment
    world = MemoryWorld(files={PATH: f"{case.text}\n".encode("latin-1"), **files}, environment=environment)
    findings = check_file(PATH, profile=chosen(case.setup.profile), world=world, macros={})
    codes, remarks = what_counts(case.path)
    return [
        shown(finding)
        for finding in findings
        if finding.code.startswith(codes) and (remarks or finding.severity != REMARK)
    ]


@cache
def what_counts(path: Path) -> tuple[tuple[str, ...], bool]:
    """How the codes that count begin, and whether remarks do."""
    head = path.read_text(encoding="latin-1").split("\n==", 1)[0].split("\n")
    codes = [line.removeprefix("# codes:") for line in head if line.startswith("# codes:")]
    return tuple(" ".join(codes).split()) or ("",), "# remarks" in head


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_checker_finds_what_is_wrong_and_no_more(case: Case) -> None:
    assert case.outcome is not None
    assert case.outcome.kind == "->"
    expected = case.outcome.text.split("\n")
    assert (found_in(case) or ["clean"]) == expected


def test_every_rule_has_a_case() -> None:
    met = {line.split()[0] for case in CASES if case.outcome for line in case.outcome.text.split("\n")}
    elsewhere = {"EXM001", "EXF010", "EXF011"}  # the latter two are about filter files
    assert {unit.name for unit in rules()} - met - elsewhere == set()


def test_there_are_enough_planted_defects() -> None:
    planted = [case for case in CASES if case.outcome and case.outcome.text != "clean"]
    assert len(planted) >= FEWEST
