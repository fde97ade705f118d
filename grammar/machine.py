"""Runs the tables of a grammar: text to whatever the builder makes of each rule.

The lexer is contextual: in each state only the terminals that can follow are looked for. A rule
whose name begins with an underscore has no node of its own: its values go to the rule around it.
What `grammar.tables` has worked out of the states beforehand is said there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grammar.tables import Tables

END = "$END"
SPACE = "SPACE"
"""Where a grammar ignores a terminal, that has this name; it is passed over where no rule wants it."""


class Token(NamedTuple):
    """A terminal: its name, its text, and the offsets of its ends."""

    kind: str
    text: str
    start: int
    end: int


_new = tuple.__new__


class _Values(list[Any]):
    """The values of a rule that has no node."""

    __slots__ = ()


class Tree:
    """What a rule has matched: its name, and the terminals and trees in it, in order.

    Terminals whose names begin with an underscore are left out.
    """

    __slots__ = ("children", "data")

    def __init__(self, data: str, children: list[Any]) -> None:
        self.data = data
        self.children = children

    @property
    def tokens(self) -> list[Token]:
        """The terminals among the children."""
        return [child for child in self.children if type(child) is Token]

    @property
    def trees(self) -> list[Tree]:
        """The trees among the children."""
        return [child for child in self.children if isinstance(child, Tree)]


class TreeMethods(dict[str, "Callable[[list[Any]], Tree]"]):
    """For grammars without a builder: every rule becomes a `Tree`."""

    def __missing__(self, rule: str) -> Callable[[list[Any]], Tree]:
        def method(values: list[Any]) -> Tree:
            return Tree(rule, [v for v in values if not (type(v) is Token and v.kind[0] == "_")])

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

    def run(
        self,
        text: str,
        makers: Mapping[str, Callable[[str, str, int, int], tuple[str, Any]]] | None = None,
    ) -> bool:
        """Read the text to its end; False where it does not fit, with ``at`` the place.

        ``makers`` give some terminals another name by their text, or another value than a token,
        before they are looked at.
        """
        makers = makers or {}
        matchers, actions, states, values = (
            self._tables.matchers,
            self._tables.actions,
            self._states,
            self._values,
        )
        place, take = self._place, self._take
        at, end = 0, len(text)
        while at < end:
            found = matchers[states[-1]](text, at)
            if found is None:
                self.at = at
                return False
            kind: str = found.lastgroup  # type: ignore[assignment] # all are named groups
            after = found.end()
            maker = makers.get(kind)
            value: Any
            if maker is None:
                value = _new(Token, (kind, found.group(), at, after))
            else:
                kind, value = maker(kind, found.group(), at, after)
            action: Any = actions[states[-1]].get(kind)
            if action.__class__ is int:
                # The common cases of `_place`, here for speed.
                if action >= 0:
                    states.append(action)
                    values.append(value)
                elif action == -1:
                    values[-1].append(value)
                else:
                    states.append(-2 - action)
                    values.append(_Values((value,)))
            elif action is None:
                if kind != SPACE:
                    self.at = at
                    return False
            elif len(action) == 3:
                place(action, value)
            elif not take(kind, value):
                self.at = at
                return False
            at = after
        self.at = end
        return self.feed(Token(END, "", end, end))

    def feed(self, token: Token) -> bool:
        """Take one terminal; False if it does not fit here. After the end `result` is set."""
        return self._take(token.kind, token)

    def _take(self, kind: str, value: Any) -> bool:
        """Reduce as long as the terminal wants it, then put its value in its place."""
        actions, states, values = self._tables.actions, self._states, self._values
        while True:
            if kind == END and states[-1] == self._end:
                self.result = values[-1]
                return True
            action: Any = actions[states[-1]].get(kind)
            if action is None:
                return False
            if action.__class__ is int or len(action) == 3:
                self._place(action, value)
                return True
            size, rule = action
            taken = values[len(values) - size :] if size else []
            if size:
                del states[-size:], values[-size:]
            made = self._made(rule, taken)
            self._place(actions[states[-1]][rule], made)

    def _place(self, action: Any, value: Any) -> None:
        """Put a value on the stack, and reduce what needs no look at the next terminal."""
        actions, states, values = self._tables.actions, self._states, self._values
        while action.__class__ is not int:
            size, rule, _ = action
            if size == 1:
                taken = [value]
            else:
                taken = values[1 - size :]
                taken.append(value)
                del states[1 - size :], values[1 - size :]
            value = self._made(rule, taken)
            action = actions[states[-1]][rule]
        if action >= 0:
            states.append(action)
            values.append(value)
        elif action == -1:
            if type(value) is _Values:
                values[-1].extend(value)
            else:
                values[-1].append(value)
        else:
            states.append(-2 - action)
            values.append(value if type(value) is _Values else _Values((value,)))

    def _made(self, rule: str, taken: list[Any]) -> Any:
        """The value of a rule: the builder's, or all values together where the rule has no node."""
        if rule[0] != "_":
            return self._methods[rule](_flat(taken, []) if _Values in map(type, taken) else taken)
        return taken[0] if len(taken) == 1 else _flat(taken, _Values())


def _flat(values: list[Any], flat: list[Any]) -> list[Any]:
    """The values, those of rules without a node put in their place."""
    for value in values:
        if type(value) is _Values:
            flat.extend(value)
        else:
            flat.append(value)
    return flat
