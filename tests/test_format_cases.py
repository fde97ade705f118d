"""Each case of ``tests/cases/fmt``: a text, and the same laid out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from expander.format.text import format_text
from loaded import loaded

CASES = {
    f"{path.stem}: {title}": parts
    for path in sorted((Path(__file__).parent / "cases" / "fmt").glob("*.case"))
    for title, *parts in re.findall(
        r"^== (.+)\n((?:(?!=>$).*\n)*)=>\n((?:(?!== ).*\n)*)",
        path.read_text(encoding="latin-1"),
        re.MULTILINE,
    )
}


def case(title: str) -> tuple[str, str]:
    """Input and output; the blank line between two cases is no part of either."""
    written, laid_out = CASES[title]
    return written.replace(">|", ""), re.sub(r"\n+\Z", "\n", laid_out).replace(">|", "")


@pytest.mark.parametrize("title", CASES)
def test_the_text_is_laid_out_so(title: str) -> None:
    written, laid_out = case(title)
    assert format_text(written) == laid_out
    assert format_text(laid_out) == laid_out


@pytest.mark.parametrize("macros", [{}, {"X": ""}], ids=["plain", "-DX"])
@pytest.mark.parametrize("title", CASES)
def test_and_means_the_same(title: str, macros: dict[str, str]) -> None:
    written, laid_out = case(title)
    assert loaded(written, macros) == loaded(laid_out, macros)
