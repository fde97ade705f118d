"""Sessions of ``session_cases.txt`` go as with the real Exim: what is said, told and logged is the same."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from exim.bh_sessions import Finding, outcomes

pytestmark = pytest.mark.exim

PATIENT = ("smtp_max_synprot_errors = 1000\n", "smtp_max_unknown_commands = 1000\n")


def _finding(text: str) -> Finding:
    config, _, lines = text.partition("---\n")
    patient = (line for line in PATIENT if line.partition(" ")[0] not in config)
    return Finding("".join([*patient, config]), unquote_to_bytes(lines.rstrip("\n")))


def _findings() -> dict[str, Finding]:
    text = (Path(__file__).parent / "session_cases.txt").read_text("ascii")
    pieces = re.split(r"(?m)^=== (.*)\n", text)[1:]
    return {title: _finding(case) for title, case in zip(pieces[::2], pieces[1::2], strict=True)}


FINDINGS = _findings()


@pytest.mark.parametrize("title", FINDINGS)
def test_the_session_is_as_with_exim(title: str) -> None:
    ours, real = outcomes(FINDINGS[title])
    assert ours == real
    assert "onfiguration error in line" not in real[1]
