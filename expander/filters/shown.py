"""Conditions of filters as Exim's debugging output shows them."""

from __future__ import annotations

from drivers.api import registry
from expander.filters.words import CONDITION, spellings
from grammar.ast.filter import Condition, ForAny, Logic, Named


def condition_text(condition: Condition) -> str:
    """A condition in words; conditions joined by "or" have parentheses around them inside others."""
    if isinstance(condition, Logic):
        text = f"{_inner(condition.left)} {condition.word} {_inner(condition.right)}"
        return f"not ({text})" if condition.negated else text
    before = "not " if condition.negated else ""
    if isinstance(condition, Named):
        return before + condition.word
    if isinstance(condition, ForAny):
        return f"{before}foranyaddress {condition.addresses.text} ({condition_text(condition.condition)})"
    name = _comparison(condition.word, negated=condition.negated)
    return f"{condition.left.text} {name} {condition.right.text}"


def _inner(condition: Condition) -> str:
    text = condition_text(condition)
    plain = isinstance(condition, Logic) and condition.word == "or" and not condition.negated
    return f"({text})" if plain else text


def _comparison(word: str, *, negated: bool) -> str:
    name = spellings()[word]
    unit = registry.find(CONDITION, name)
    assert unit is not None
    if not negated:
        return name.upper() if word in unit.facts["caseful"] else name
    first, *more = str(unit.facts["negative"]).split(" ")
    if word not in unit.facts["caseful"]:
        return " ".join((first, *more))
    if first == "is":
        return " ".join((first.upper(), *more))
    return " ".join((first, *more[:-1], more[-1].upper()))
