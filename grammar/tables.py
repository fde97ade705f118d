"""The tables of the grammars: what Lark works out of a grammar, as plain data.

They are made beforehand (`grammar.table_tool`), so that no run imports Lark for them, and run by
`grammar.machine`, which is several times faster than Lark's general loop.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

from grammar.record import Record

Action = int | tuple[int, str] | tuple[int, str, bool]
"""What a state does with a terminal or with the value of a rule.

- a number from 0 on: push the value and go to that state
- `APPEND`: the value joins the list on top of the stack, the state stays
- a number below that: push a list of that one value and go to the state ``-2 - number``
- how many values a rule takes and the rule's name: reduce, then look at the same terminal again
- the same with True: the value is the last of the rule; push nothing, reduce at once

The second, third and last save pushing states in which nothing can be done but to reduce one rule.
"""

APPEND = -1

Matcher = Callable[[str, int], "re.Match[str] | None"]


class Tables(Record):
    """The tables of one grammar.

    ``actions[state]`` maps a terminal or a rule to what is to be done. ``patterns[state]`` finds the
    next terminal in that state, each terminal a named group. ``starts`` has the first and the last
    state for each rule that a text can be read by.
    """

    actions: list[dict[str, Action]]
    patterns: list[str]
    starts: dict[str, tuple[int, int]]
    matchers: list[Matcher]
    """For each state what finds the next terminal; patterns are compiled when they are met."""


def tables(
    actions: list[dict[str, Action]], patterns: list[str], starts: dict[str, tuple[int, int]]
) -> Tables:
    """Tables with their matchers."""
    matchers: list[Matcher] = []
    for state, pattern in enumerate(patterns):
        matchers.append(_first_matcher(matchers, state, pattern))
    return Tables(actions, patterns, starts, matchers)


def _first_matcher(matchers: list[Matcher], state: int, pattern: str) -> Matcher:
    """Compiles the pattern of a state when it is used first, and puts the compiled one in its place."""

    def match(text: str, at: int) -> re.Match[str] | None:
        matchers[state] = compiled = _compiled(pattern)
        return compiled(text, at)

    return match


@cache
def _compiled(pattern: str) -> Matcher:
    return re.compile(pattern).match


@cache
def load(name: str) -> Tables:
    """The tables of a grammar, by its name."""
    kept = import_module(f"grammar.made.{name}")
    states = kept.STATES
    return tables(
        [kept.ROWS[row] for row, _ in states], [kept.PATTERNS[text] for _, text in states], kept.STARTS
    )
