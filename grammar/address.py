"""Parses one mailbox; what is wrong with it becomes part of the tree."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from grammar.ast.address import Domain, LocalPart, Mailbox, Piece, Route
from grammar.record import replaced

if TYPE_CHECKING:
    from lark import Lark, Token

Words = tuple[LocalPart, ...]


def parse(text: str) -> Mailbox:
    """The tree of a mailbox whose comments have been overwritten with spaces. Never raises.

    What follows the first thing that does not fit is not looked at.
    """
    from lark import UnexpectedToken

    steps = _parser().parse_interactive(text)
    place = len(text)
    try:
        steps.exhaust_lexer()
    except UnexpectedToken as error:
        place = error.token.start_pos or 0
        steps.feed_token(_broken(place))
    while True:
        try:
            tree: Mailbox = steps.feed_eof()  # type: ignore[no-untyped-call]
        except UnexpectedToken:
            steps.feed_token(_broken(place))
        else:
            return tree


def _broken(position: int) -> Token:
    from lark import Token

    return Token("BROKEN", "", position, end_pos=position)


@cache
def _parser() -> Lark:
    from grammar import lark_cache

    return lark_cache.build("address.lark", transformer=_Build())


def _piece(token: Token) -> Piece:
    return token.start_pos or 0, token.end_pos or 0


def _places(parts: list[Any]) -> dict[str, int]:
    """Where the tokens among the parts stand, by their kind."""
    return {part.type: part.start_pos for part in parts if hasattr(part, "start_pos")}


def _first(parts: list[Any], kind: type) -> Any:
    return next((part for part in parts if isinstance(part, kind)), None)


class _Build:
    """Makes the nodes while the parser reduces; every method gets what the rule has matched."""

    def bare(self, parts: list[Any]) -> Mailbox:
        words: Words = _first(parts, tuple) or ()
        return Mailbox(
            phrase=(),
            bracketed=False,
            route=_first(parts, Route),
            words=words,
            domain=None,
            closed=False,
            broken=_places(parts).get("BROKEN"),
        )

    def qualified(self, parts: list[Any]) -> Mailbox:
        return replaced(self.bare(parts), domain=_first(parts, Domain))

    def named(self, parts: list[Any]) -> Mailbox:
        inner: Mailbox = _first(parts, Mailbox)
        broken = inner.broken if inner.broken is not None else _places(parts).get("BROKEN")
        return replaced(inner, phrase=_first(parts, tuple) or (), broken=broken)

    def local_open(self, parts: list[Any]) -> Mailbox:
        return replaced(self.bare(parts), bracketed=True)

    def local_closed(self, parts: list[Any]) -> Mailbox:
        return replaced(self.bare(parts), bracketed=True, closed=True)

    def open(self, parts: list[Any]) -> Mailbox:
        return replaced(self.qualified(parts), bracketed=True)

    def closed(self, parts: list[Any]) -> Mailbox:
        return replaced(self.qualified(parts), bracketed=True, closed=True)

    def words(self, parts: list[Token]) -> Words:
        """Local parts: a new one begins where a word follows a word."""
        found: list[list[Piece]] = []
        after_word = False
        for token in parts:
            word = token.type != "DOT"
            if not found or (word and after_word):
                found.append([])
            found[-1].append(_piece(token))
            after_word = word
        return tuple(map(tuple, found))

    def domain(self, parts: list[Token]) -> Domain:
        return Domain(tuple(map(_piece, parts)), literal=False, broken=None)

    def literal(self, parts: list[Token]) -> Domain:
        return Domain((_piece(parts[0]),), literal=True, broken=None)

    def no_domain(self, parts: list[Token]) -> Domain:
        *pieces, broken = parts
        return Domain(tuple(map(_piece, pieces)), literal=False, broken=broken.start_pos)

    def hop(self, parts: list[Any]) -> Domain:
        domain: Domain = parts[1]
        return domain

    def route(self, parts: list[Any]) -> Route:
        return Route(tuple(part for part in parts if isinstance(part, Domain)), None)

    def broken_route(self, parts: list[Any]) -> Route:
        return replaced(self.route(parts), broken=_places(parts)["BROKEN"])
