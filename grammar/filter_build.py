"""Makes the tree of an Exim filter file while the parser reduces."""

from __future__ import annotations

from typing import Any

from grammar.ast.filter import (
    Arm,
    Command,
    Condition,
    Filter,
    ForAny,
    If,
    Item,
    Logic,
    Named,
    Test,
)
from grammar.machine import Token
from grammar.record import replaced

_OCTAL = "01234567"


def _item(token: Token) -> Item:
    return Item(token.text, token.start, token.end)


def _of_kind(parts: list[Any], kind: str) -> list[Token]:
    return [part for part in parts if type(part) is Token and part.kind == kind]


def _mode(text: str) -> int:
    """The octal number that a text begins with; 0 for none."""
    digits = text[: len(text) - len(text.lstrip(_OCTAL))]
    return int(digits or "0", 8)


def joined(tests: list[Condition], words: list[str]) -> Condition:
    """The tree of conditions joined by "and" and "or", nested as Exim nests it.

    A chain of "and" nests to the right. An "or" takes the place of such a chain; directly behind another
    "or" it takes the place of that one.
    """
    (first, *rest), (word, *words) = tests, words or [""]
    if not word:
        return first
    if word == "or":
        return _behind_or(first, rest, words)
    chain, at = [first], 0
    while True:
        chain.append(rest[at])
        if at >= len(words) or words[at] == "or":
            break
        at += 1
    left = _chained(chain)
    return left if at >= len(words) else _behind_or(left, rest[at + 1 :], words[at + 1 :])


def _behind_or(left: Condition, tests: list[Condition], words: list[str]) -> Condition:
    """What stands left of an "or" with all that follows it."""
    while words[:1] == ["or"]:
        left = Logic("or", left, tests[0])
        tests, words = tests[1:], words[1:]
    return Logic("or", left, joined(tests, words))


def _chained(tests: list[Condition]) -> Condition:
    *before, tree = tests
    for test in reversed(before):
        tree = Logic("and", test, tree)
    return tree


class _Build:
    """Every method gets what its rule has matched."""

    def start(self, parts: list[Any]) -> Filter:
        return Filter(tuple(parts[:-1] if parts and type(parts[-1]) is Token else parts))

    def mark(self, parts: list[Any]) -> Token:
        token: Token = parts[0]
        return token

    def command(self, parts: list[Any]) -> Command:
        marks = [token.text for token in _of_kind(parts, "MARK")]
        options = {name: item for part in parts if isinstance(part, dict) for name, item in part.items()}
        tokens = [p for p in parts if type(p) is Token and p.kind != "MARK"]
        modes = _of_kind(parts, "MODE")
        return Command(
            _item(tokens[0]),
            seen=None if not {"seen", "unseen"} & {*marks} else "seen" in marks,
            noerror="noerror" in marks,
            values=tuple(_item(token) for token in tokens[1:] if token.kind in {"ITEM", "ACTION"}),
            options=options,
            mode=_mode(modes[0].text) if modes else None,
        )

    def option(self, parts: list[Any]) -> dict[str, Item]:
        """``file`` without "expand" before it takes back an "expand" that was said of another file."""
        return {part.text: _item(parts[-1]) for part in parts if part.kind != "ITEM"}

    def arm(self, parts: list[Any]) -> Arm:
        condition, _then, *commands = parts
        return Arm(condition, tuple(commands))

    def else_(self, parts: list[Any]) -> Arm:
        return Arm(None, tuple(parts[1:]))

    def if_(self, parts: list[Any]) -> If:
        return If(tuple(part for part in parts if isinstance(part, Arm)))

    def disjunction(self, parts: list[Any]) -> Condition:
        return joined(parts[::2], [token.text for token in parts[1::2]])

    def negation(self, parts: list[Any]) -> Condition:
        inner: Condition = parts[1]
        return replaced(inner, negated=not inner.negated)

    def group(self, parts: list[Any]) -> Condition:
        inner: Condition = parts[1]
        return inner

    def comparison(self, parts: list[Any]) -> Test:
        left, word, right = parts
        plain = word.text.removeprefix("not ")
        return Test(plain, _item(left), _item(right), negated=plain != word.text)

    def named(self, parts: list[Any]) -> Named:
        return Named(parts[0].text, tuple(map(_item, _of_kind(parts, "ITEM"))))

    def foranyaddress(self, parts: list[Any]) -> ForAny:
        return ForAny(_item(parts[1]), parts[3])


_BUILD = _Build()
METHODS = {rule.rstrip("_"): getattr(_BUILD, rule) for rule in vars(_Build) if not rule.startswith("_")}
