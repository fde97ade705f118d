"""Every error message of expansions can be had: some case asks for it, or it is known why none can.

``messages.txt`` has one printf format on a line. Those under a line that begins with ``#`` are out of
reach for the reason that it gives.
"""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

import pytest

from casefile import read_cases

HERE = Path(__file__).parent
FORMAT = re.compile(r"%(?:\.\*|\.16)?l?([sdc])")
VALUES = {"s": ".*", "d": "-?[0-9]+", "c": "."}
AROUND = r'(?:internal expansion of ".*" failed: |error in expression evaluation: )?'
AFTER = r'(?: inside ".*" (?:item|condition))*(?: \(after processing ".*"\))?'


def formats() -> list[str]:
    """The formats within reach."""
    lines = (HERE / "messages.txt").read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in takewhile(lambda line: not line.startswith("#"), lines)]


def pattern(text: str) -> re.Pattern[str]:
    """What messages of a format look like, with the words that can stand around them."""
    out, at = [], 0
    for mark in FORMAT.finditer(text):
        out += (re.escape(text[at : mark.start()]), VALUES[mark[1]])
        at = mark.end()
    return re.compile(AROUND + "".join(out) + re.escape(text[at:]) + AFTER, re.DOTALL)


MESSAGES = [
    case.outcome.text
    for path in sorted((HERE / "cases" / "expansion").rglob("*.case"))
    for case in read_cases(path)
    if case.outcome and case.outcome.kind not in {"->", "=>"} and not case.xfail
]


@pytest.mark.parametrize("text", formats())
def test_a_case_asks_for_the_message(text: str) -> None:
    assert any(pattern(text).fullmatch(message) for message in MESSAGES)
