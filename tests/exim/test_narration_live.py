"""What ``-d+expand`` shows of an expansion must be what the installed Exim shows."""

from __future__ import annotations

from collections import defaultdict
from difflib import unified_diff
from pathlib import Path

import pytest

from casefile import Case, Setup, read_cases
from exim.test_generated_live import generated
from narration import both
from real_exim import can_ask, fits_line

CASES = [
    case
    for path in sorted((Path(__file__).parent.parent / "cases" / "expansion").rglob("*.case"))
    for case in read_cases(path)
    if can_ask(case.setup) and fits_line(case.text)
]
LEAST_AGREEMENT = 0.94
LEAST_AGREEMENT_OF_GENERATED = 0.98
"""These may only rise."""

COUNT, AT_ONCE = 300, 25


def difference(text: str, exim: str, ours: str | None) -> str:
    """The first lines of difference."""
    lines = unified_diff(exim.split("\n"), (ours or "nothing").split("\n"), "exim", "ours", lineterm="", n=1)
    return "\n".join([f"{text!r}:", *list(lines)[2:14]])


def report(pairs: list[tuple[str, str | None, str | None]], least: float) -> None:
    answered = [(text, exim, ours) for text, exim, ours in pairs if exim is not None]
    different = [difference(*pair) for pair in answered if pair[1] != pair[2]]
    agreement = 1 - len(different) / len(answered)
    print(f"{len(answered) - len(different)} of {len(answered)} agree")
    print(*different, sep="\n")
    assert agreement >= least


@pytest.mark.exim
def test_the_cases_are_told_as_exim_tells_them(tmp_path: Path) -> None:
    by_setup: dict[str, list[Case]] = defaultdict(list)
    for case in CASES:
        by_setup[case.setup.key()].append(case)
    pairs = []
    for number, cases in enumerate(by_setup.values()):
        directory = tmp_path / str(number)
        directory.mkdir()
        texts = [case.text for case in cases]
        shown = both(directory, cases[0].setup, texts)
        pairs += [(text, exim, ours) for text, (exim, ours) in zip(texts, shown, strict=True)]
    report(pairs, LEAST_AGREEMENT)


@pytest.mark.exim
def test_generated_expansions_are_told_as_exim_tells_them(tmp_path: Path) -> None:
    texts = generated(COUNT)
    pairs = []
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        shown = both(tmp_path, Setup(), some)
        pairs += [(text, exim, ours) for text, (exim, ours) in zip(some, shown, strict=True)]
    report(pairs, LEAST_AGREEMENT_OF_GENERATED)
