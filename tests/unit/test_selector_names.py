"""Each word of ``log_selector`` is held against Exim, or a list says why it is not."""

from __future__ import annotations

from pathlib import Path

from drivers.api.registry import names
from selector_effects import ELSEWHERE, SELECTORS

COMPATIBILITY = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"


def test_every_word_has_an_effect_or_a_reason() -> None:
    assert set(names("log-selector")) == SELECTORS.keys() | ELSEWHERE.keys()
    assert not SELECTORS.keys() & ELSEWHERE.keys()


def test_words_without_effect_are_told_of() -> None:
    text = COMPATIBILITY.read_text(encoding="utf-8")
    silent = [name for name, why in ELSEWHERE.items() if why.startswith("changes nothing")]
    assert [name for name in silent if f"`{name}`" not in text] == []
