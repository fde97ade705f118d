"""Every case comes to what it says, in each of the ways in which expansions are compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile import Case, read_cases
from expander.expand.mode import PLAIN, TAINT, TRACE, Mode
from real_exim import fits_line
from running import expander_for, outcome_of

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases" / "expansion").rglob("*.case"))
    for case in read_cases(path)
]
MODES = {"plain": PLAIN, "taint": TAINT, "trace": TRACE}


def parameters() -> list[object]:
    """Each case; those known to disagree are marked so."""
    return [
        pytest.param(
            case,
            id=case.id,
            marks=[pytest.mark.xfail(reason=case.xfail, strict=True)] if case.xfail else [],
        )
        for case in CASES
    ]


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@pytest.mark.parametrize("case", parameters())
def test_the_case_comes_to_what_it_says(case: Case, mode: Mode, tmp_path: Path) -> None:
    assert case.outcome is not None, "a case without an outcome"
    if case.setup.taint and not mode.taint:
        pytest.skip("without taint nothing is refused")
    expander = expander_for(case.setup, tmp_path, mode=mode)
    found = outcome_of(expander, case.text.replace("@DIR@", str(tmp_path)))
    # A deferral may be written as an error, which says no more than what Exim prints.
    kind = "!!" if (found.kind, case.outcome.kind) == ("defer", "!!") else found.kind
    text = found.text.replace(str(tmp_path), "@DIR@")
    assert (kind, text) == (case.outcome.kind, case.outcome.text)
    if case.outcome.span is not None:
        assert found.span == case.outcome.span


def test_cases_do_not_hide_from_the_live_test() -> None:
    assert sum(fits_line(case.text) for case in CASES) > len(CASES) * 0.9
