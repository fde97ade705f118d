"""What is said of configurations with a fault: who decided, where that stands, and by which values."""

from __future__ import annotations

import re

import pytest

from failing_cases import Case, cases, output_of

CASES = cases()


def test_there_are_enough() -> None:
    assert len(CASES) >= 10


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_the_output_is_as_recorded(case: Case) -> None:
    assert output_of(case) == case.output


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_the_output_names_places_and_what_was_found(case: Case) -> None:
    lines = case.output.splitlines()
    assert re.fullmatch(r"site\.exim-test:\d+: (failed|broken): .*", lines[0])
    assert re.fullmatch(r" {4}site\.exim-test:\d+: expected .*", lines[1])
    assert lines[2].startswith("        found ")
    of_expansion = "expand " in case.scenarios
    assert of_expansion or re.search(r"(exim\.conf:\d+|line \d+ of exim\.conf)", case.output)
