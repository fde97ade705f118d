"""The words by which rules are chosen: codes, names and groups; and what was meant by one that is none."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from expander.lint.rule import resolve, rules

if TYPE_CHECKING:
    from collections.abc import Iterable


class UnknownWordError(ValueError):
    """A word that stands for no rule; the text says so, for display."""


def rule_words() -> list[str]:
    """All words that stand for rules."""
    groups = dict.fromkeys(str(unit.facts["group"]) for unit in rules())
    return [*(unit.name for unit in rules()), *(unit.syntax for unit in rules()), *groups]


def meant(word: str, known: Iterable[str]) -> str:
    """What may have been meant, as a question; "" if nothing is like the word."""
    near = get_close_matches(word, list(known), n=1)
    return f'did you mean "{near[0]}"?' if near else ""


def codes_of(words: Iterable[str]) -> frozenset[str]:
    """The codes that words mean. Raises `UnknownWordError` for one that means none."""
    codes: set[str] = set()
    for word in words:
        found = resolve(word)
        if not found:
            hint = meant(word, rule_words())
            raise UnknownWordError(f'there is no rule "{word}"{"; " + hint if hint else ""}')
        codes.update(found)
    return frozenset(codes)
