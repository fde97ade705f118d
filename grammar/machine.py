"""Runs the tables of a grammar: text to whatever the builder makes of each rule.

The lexer is contextual: in each state only the terminals that can follow are looked for. A rule
whose name begins with an underscore has no node of its own: its values go to the rule around it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grammar.tables import Tables

END = "$END"


class Piece(str):
    """A terminal: its text, with the name of the terminal and the offsets of its ends."""

    __slots__ = ("end_pos", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int


class _Values(list[Any]):
    """The values of a rule that has no node."""

    __slots__ = ()


def piece(kind: str, text: str, start: int, end: int) -> Piece:
    """A terminal that was found, or one that is put in where the text lacks it."""
    made = Piece(text)
    made.type, made.start_pos, made.end_pos = kind, start, end
    return made


@cache
def _compiled(text: str) -> Callable[[str, int], re.Match[str] | None]:
    return re.compile(text).match


class Tree:
    """What a rule has matched: its name, and the terminals and trees in it, in order.

    Terminals whose names begin with an underscore are left out.
    """

    __slots__ = ("children", "data")

    def __init__(self, data: str, children: list[Any]) -> None:
        self.data = data
        self.children = children

    @property
    def pieces(self) -> list[Piece]:
        """The terminals among the children."""
        return [child for child in self.children if isinstance(child, Piece)]

    @property
    def trees(self) -> list[Tree]:
        """The trees among the children."""
        return [child for child in self.children if isinstance(child, Tree)]


class TreeMethods(dict[str, "Callable[[list[Any]], Tree]"]):
    """For grammars without a builder: every rule becomes a `Tree`."""

    def __missing__(self, rule: str) -> Callable[[list[Any]], Tree]:
        def method(values: list[Any]) -> Tree:
            return Tree(rule, [v for v in values if not (isinstance(v, Piece) and v.type[0] == "_")])

        self[rule] = method
        return method


class Machine:
    """One parse: `run` reads the text, `feed` takes terminals that the text lacks."""

    __slots__ = ("_end", "_methods", "_states", "_tables", "_values", "at", "result")

    def __init__(
        self, tables: Tables, methods: Mapping[str, Callable[[list[Any]], Any]], start: str = "start"
    ) -> None:
        self._tables = tables
        self._methods = methods
        first, self._end = tables.starts[start]
        self._states = [first]
        self._values: list[Any] = []
        self.at = 0
        self.result: Any = None

    def expected(self) -> set[str]:
        """The terminals that can follow here."""
        return {symbol for symbol in self._tables.actions[self._states[-1]] if symbol.isupper()}

    def run(self, text: str, retype: Callable[[Piece], None] | None = None) -> bool:
        """Read the text to its end; False where it does not fit, with ``at`` the place.

        ``retype`` may give a terminal another name by its text, before it is looked at.
        """
        patterns, texts, states = self._tables.patterns, self._tables.texts, self._states
        at, end = 0, len(text)
        while at < end:
            found = _compiled(texts[patterns[states[-1]]])(text, at)
            if found is None:
                self.at = at
                return False
            token = Piece(found.group())
            token.start_pos, token.end_pos, token.type = at, found.end(), found.lastgroup or ""
            if retype is not None:
                retype(token)
            if not self.feed(token):
                self.at = at
                return False
            at = token.end_pos
        self.at = end
        return self.feed(piece(END, "", end, end))

    def feed(self, token: Piece) -> bool:
        """Take one terminal; False if it does not fit here. After the end `result` is set."""
        actions, states, values = self._tables.actions, self._states, self._values
        kind = token.type
        while True:
            action = actions[states[-1]].get(kind)
            if action is None:
                return False
            if type(action) is int:
                states.append(action)
                values.append(token)
                return True
            size, rule = action  # type: ignore[misc]
            value = _joined(values, size) if rule[0] == "_" else self._methods[rule](_flat(values, size))
            if size:
                del states[-size:]
                del values[-size:]
            state = actions[states[-1]][rule]
            states.append(state)  # type: ignore[arg-type]
            values.append(value)
            if state == self._end and kind == END:
                self.result = value
                return True


def _joined(values: list[Any], size: int) -> Any:
    """The value of a rule without a node: the one value, or all of them in one list."""
    if size == 1:
        return values[-1]
    if not size:
        return _Values()
    first = values[-size]
    joined = first if type(first) is _Values else _Values((first,))
    for value in values[len(values) - size + 1 :]:
        if type(value) is _Values:
            joined.extend(value)
        else:
            joined.append(value)
    return joined


def _flat(values: list[Any], size: int) -> list[Any]:
    """The values that a rule with a node takes."""
    flat: list[Any] = []
    for value in values[len(values) - size :] if size else ():
        if type(value) is _Values:
            flat.extend(value)
        else:
            flat.append(value)
    return flat
