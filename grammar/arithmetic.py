"""Parses arithmetic expressions; a fault of syntax becomes a node at the place where it is met."""

from __future__ import annotations

from typing import Any

from grammar import tables
from grammar.ast.arithmetic import Broken, Chain, Expression, Group, Number, Signed, Step
from grammar.machine import END, Machine, Token

FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def parse(shape: str) -> Expression:
    """The tree of an expression in which every number is written "0". Never raises.

    What follows a fault is not looked at: nobody can get past the `Broken` node.
    """
    machine = Machine(tables.load("arithmetic"), METHODS)
    if not machine.run(shape):
        machine.feed(Token("BROKEN", "", machine.at, machine.at))
    end = len(shape)
    while machine.result is None:
        if not machine.feed(Token(END, "", end, end)):
            machine.feed(Token("BROKEN", "", end, end))
    tree: Expression = machine.result
    return tree


class _Build:
    """Makes the nodes while the parser reduces; every method gets what the rule has matched."""

    def start(self, parts: list[Any]) -> Expression:
        inner: Expression = parts[0]
        return _broken(inner, "operator", parts[1]) if len(parts) > 1 else inner

    def chain(self, parts: list[Any]) -> Expression:
        first, *rest = parts
        pairs = zip(rest[::2], rest[1::2], strict=True)
        steps = tuple(Step(operator.text, operand, operand.end) for operator, operand in pairs)
        return Chain(first, steps, steps[-1].end)

    def signed(self, parts: list[Any]) -> Expression:
        *signs, operand = parts
        return Signed("".join([sign.text for sign in signs]), operand, operand.end)

    def number(self, parts: list[Token]) -> Expression:
        (token,) = parts
        return Number(token.start, FACTORS[token.text[1:].lower()], token.end)

    def group(self, parts: list[Any]) -> Expression:
        _, inner, closing = parts
        return Group(inner, closing.end)

    def unclosed(self, parts: list[Any]) -> Expression:
        _, inner, broken = parts
        return _broken(inner, "closing parenthesis", broken)

    def missing(self, parts: list[Token]) -> Expression:
        return _broken(None, "number or opening parenthesis", parts[0])


def _broken(before: Expression | None, expected: str, token: Token) -> Broken:
    return Broken(before, expected, token.start, token.end)


_BUILD = _Build()
_CHAINS = ("ors", "xors", "ands", "shifts", "sums", "products")
METHODS = {
    rule: getattr(_BUILD, rule) for rule in ("start", "signed", "number", "group", "unclosed", "missing")
}
METHODS |= dict.fromkeys(_CHAINS, _BUILD.chain)
