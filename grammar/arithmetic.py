"""Parses arithmetic expressions; a fault of syntax becomes a node at the place where it is met."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from grammar.ast.arithmetic import Broken, Chain, Expression, Group, Number, Signed, Step

if TYPE_CHECKING:
    from lark import Lark, Token

FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def parse(shape: str) -> Expression:
    """The tree of an expression in which every number is written "0". Never raises.

    What follows a fault is not looked at: nobody can get past the `Broken` node.
    """
    from lark import UnexpectedToken

    steps = _parser().parse_interactive(shape)
    try:
        steps.exhaust_lexer()
    except UnexpectedToken as error:
        steps.feed_token(_broken_token(error.token.start_pos))
    while True:
        try:
            tree: Expression = steps.feed_eof()  # type: ignore[no-untyped-call]
        except UnexpectedToken:
            steps.feed_token(_broken_token(len(shape)))
        else:
            return tree


def _broken_token(position: int) -> Token:
    from lark import Token

    return Token("BROKEN", "", position, end_pos=position)


@cache
def _parser() -> Lark:
    from grammar import lark_cache

    return lark_cache.build("arithmetic.lark", transformer=_Build())


class _Build:
    """Makes the nodes while the parser reduces; every method gets what the rule has matched."""

    def start(self, parts: list[Any]) -> Expression:
        inner: Expression = parts[0]
        return _broken(inner, "operator", parts[1]) if len(parts) > 1 else inner

    def chain(self, parts: list[Any]) -> Expression:
        first, *rest = parts
        pairs = zip(rest[::2], rest[1::2], strict=True)
        steps = tuple(Step(str(operator), operand, operand.end) for operator, operand in pairs)
        return Chain(first, steps, steps[-1].end)

    def signed(self, parts: list[Any]) -> Expression:
        *signs, operand = parts
        return Signed("".join(signs), operand, operand.end)

    def number(self, parts: list[Token]) -> Expression:
        (token,) = parts
        return Number(token.start_pos or 0, FACTORS[token[1:].lower()], token.end_pos or 0)

    def group(self, parts: list[Any]) -> Expression:
        _, inner, closing = parts
        return Group(inner, closing.end_pos)

    def unclosed(self, parts: list[Any]) -> Expression:
        _, inner, broken = parts
        return _broken(inner, "closing parenthesis", broken)

    def missing(self, parts: list[Token]) -> Expression:
        return _broken(None, "number or opening parenthesis", parts[0])


def _broken(before: Expression | None, expected: str, token: Token) -> Broken:
    return Broken(before, expected, token.start_pos or 0, token.end_pos or 0)
