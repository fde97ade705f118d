"""The configurations of the case files are loaded or refused with the words that stand there."""

from __future__ import annotations

from pathlib import Path

import pytest

from configcase import ConfigCase, all_cases
from expander.cli import errors
from expander.config.load import load
from expander.config.model import LoadError
from expander.config.profile import PROFILES
from expander.world.real import RealWorld
from loading.runner import STAMP, as_kind, write

CASES = all_cases()


def said(text: str, directory: Path) -> tuple[str, int]:
    """What loading says, and the exit status of a check."""
    file = write(text, directory)
    status, last = 0, ""
    try:
        notices = load(str(file), profile=PROFILES["debian-12"], world=RealWorld()).warnings
    except LoadError as problem:
        notices, status = list(problem.warnings), 1
        last = errors.fatal(problem.message, verbose=False, log=problem.log, stamp=problem.stamp)
    lines = "".join(f"{notice.text}\n" for notice in notices)
    return (lines + STAMP.sub(as_kind, last)).replace(str(directory), "@DIR@"), status


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_configuration_is_taken_or_refused_as_recorded(case: ConfigCase, tmp_path: Path) -> None:
    assert said(case.text, tmp_path) == (case.error, case.status)


def test_titles_are_different() -> None:
    assert len({case.id for case in CASES}) == len(CASES) > 100
