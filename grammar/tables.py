"""What Lark works out of a grammar, as plain data that can be kept between runs.

Lark analyses the grammar and makes its LALR tables and the terminals that each state can meet.
Reading those back as dictionaries and pattern texts has two uses: `grammar.machine` runs them
several times faster than Lark's general loop, and a run that finds them on disk need not import Lark.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
import zlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from grammar import lark_cache
from grammar.record import Record

if TYPE_CHECKING:
    from lark import Lark

FORM = 3
"""Changes when the form of the data does."""

NOTHING = "(?!)"
"""The pattern of a state that no terminal of the text leads out of."""

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

    ``actions[state]`` maps a terminal or a rule to what is to be done. ``patterns[state]`` is the
    index into ``texts`` of the pattern that finds the next terminal in that state, each terminal a
    named group. ``starts`` has the first and the last state for each rule that a text can be read by.
    """

    actions: list[dict[str, Action]]
    patterns: list[int]
    texts: list[str]
    starts: dict[str, tuple[int, int]]
    matchers: list[Matcher]
    """For each state what finds the next terminal; patterns are compiled when they are met."""


def tables(
    actions: list[dict[str, Action]],
    patterns: list[int],
    texts: list[str],
    starts: dict[str, tuple[int, int]],
) -> Tables:
    """Tables with their matchers."""
    matchers: list[Matcher] = []
    for state, pattern in enumerate(patterns):
        matchers.append(_first_matcher(matchers, state, texts[pattern]))
    return Tables(actions, patterns, texts, starts, matchers)


def _first_matcher(matchers: list[Matcher], state: int, pattern: str) -> Matcher:
    """Compiles the pattern of a state when it is used first, and puts the compiled one in its place."""

    def match(text: str, at: int) -> re.Match[str] | None:
        matchers[state] = compiled = _compiled(pattern)
        return compiled(text, at)

    return match


@cache
def _compiled(pattern: str) -> Matcher:
    return re.compile(pattern).match


def load(name: str, starts: tuple[str, ...] = ("start",)) -> Tables:
    """The tables of the grammar file ``name`` beside this module, from disk if they are there.

    ``starts`` are the rules that a text can be read by.
    """
    folder = lark_cache.cache_directory()
    if folder is None:
        return made(name, starts)
    grammar = lark_cache.beside(name)
    version = f"{FORM} {starts} {sys.version} {_lark_stamp()}".encode()
    path = f"{folder}/{name}.{zlib.crc32(version):08x}{zlib.crc32(grammar):08x}.tables"
    try:
        with open(path, "rb") as file:
            return tables(*marshal.loads(file.read()))  # noqa: S302 - the folder is this user's alone
    except (OSError, ValueError, EOFError, TypeError):
        worked_out = made(name, starts)
        _keep(path, worked_out)
        return worked_out


def _lark_stamp() -> str:
    """Something that changes when another Lark is installed, without importing it."""
    found = find_spec("lark")
    if found is None or found.origin is None:
        return ""
    return f"{found.origin} {os.stat(found.origin).st_mtime_ns}"


def _keep(path: str, kept: Tables) -> None:
    data = (kept.actions, kept.patterns, kept.texts, kept.starts)
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(marshal.dumps(data))
        os.replace(temporary, path)
    except OSError:
        return


def made(name: str, starts: tuple[str, ...] = ("start",)) -> Tables:
    """The tables of a grammar file, worked out by Lark."""
    parser: Lark = lark_cache.build(name, list(starts))
    frontend: Any = parser.parser
    table = frontend.parser._parse_table  # noqa: SLF001 - Lark has no public way to them
    lexers = frontend.lexer.lexers
    states = sorted(table.states)
    if states != list(range(len(states))):
        message = f"the states of {name} are not numbered from 0"
        raise ValueError(message)
    texts: dict[str, int] = {}
    patterns = []
    for state in states:
        found = lexers[state].scanner._mres  # noqa: SLF001
        if len(found) > 1:
            message = f"{name} has more terminals in one state than a pattern can hold"
            raise ValueError(message)
        patterns.append(texts.setdefault(found[0].pattern if found else NOTHING, len(texts)))
    actions = [{symbol: _action(found) for symbol, found in table.states[state].items()} for state in states]
    ends = {start: (table.start_states[start], table.end_states[start]) for start in starts}
    return tables(_shortened(actions, {last for _, last in ends.values()}), patterns, list(texts), ends)


def _action(found: tuple[Any, Any]) -> Action:
    target = found[1]
    if isinstance(target, int):
        return target
    return len(target.expansion), str(target.origin.name)


def _shortened(actions: list[dict[str, Action]], ends: set[int]) -> list[dict[str, Action]]:
    """The actions, without going through states that do nothing but reduce one rule.

    ``ends`` are the states that end a parse; those are always gone through.
    """
    only = [None if state in ends else _only_rule(row) for state, row in enumerate(actions)]
    reached_by = {target: symbol for row in actions for symbol, target in row.items() if type(target) is int}

    def shortened(state: int, symbol: str, action: Action) -> Action:
        if type(action) is not int:
            return action
        listed = False
        while True:
            rule = only[action]
            if rule is None:
                return -2 - action if listed else action
            size, name = rule
            if name.startswith("__"):  # the list that Lark makes of a repeat
                if size == 2 and reached_by.get(state) == name and not listed:
                    return APPEND
                if size != 1 or listed:
                    break
                listed = True
            elif size != 1 or not name.startswith("_") or listed:
                break
            following = actions[state][name]
            if type(following) is not int:
                break
            action = following
        # A list that is the last value of another rule goes the long way.
        return actions[state][symbol] if listed else (size, name, True)

    return [
        {symbol: shortened(state, symbol, action) for symbol, action in row.items()}
        for state, row in enumerate(actions)
    ]


def _only_rule(row: dict[str, Action]) -> tuple[int, str] | None:
    """The rule that a state reduces, whatever follows, if it does nothing else."""
    found = set(row.values())
    if len(found) != 1:
        return None
    (action,) = found
    return action if type(action) is tuple and len(action) == 2 else None
