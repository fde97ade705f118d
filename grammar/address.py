"""Parses one mailbox; what is wrong with it becomes part of the tree."""

from __future__ import annotations

from typing import Any

from grammar import tables
from grammar.ast.address import Domain, LocalPart, Mailbox, Piece, Route
from grammar.machine import END, Machine, Token
from grammar.record import replaced

Words = tuple[LocalPart, ...]


def parse(text: str) -> Mailbox:
    """The tree of a mailbox whose comments have been overwritten with spaces. Never raises.

    What follows the first thing that does not fit is not looked at.
    """
    machine = Machine(tables.load("address"), METHODS)
    place = len(text)
    if not machine.run(text):
        place = machine.at
        machine.feed(Token("BROKEN", "", place, place))
    end = len(text)
    while machine.result is None:
        if not machine.feed(Token(END, "", end, end)):
            machine.feed(Token("BROKEN", "", place, place))
    tree: Mailbox = machine.result
    return tree


def _piece(token: Token) -> Piece:
    return token.start, token.end


def _places(parts: list[Any]) -> dict[str, int]:
    """Where the tokens among the parts stand, by their kind."""
    return {part.kind: part.start for part in parts if type(part) is Token}


def _first(parts: list[Any], kind: type) -> Any:
    return next((part for part in parts if isinstance(part, kind) and type(part) is not Token), None)


class _Build:
    """Makes the nodes while the parser reduces; every method gets what the rule has matched."""

    def start(self, parts: list[Any]) -> Mailbox:
        mailbox: Mailbox = parts[0]
        return mailbox

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
            word = token.kind != "DOT"
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
        return Domain(tuple(map(_piece, pieces)), literal=False, broken=broken.start)

    def hop(self, parts: list[Any]) -> Domain:
        domain: Domain = parts[1]
        return domain

    def route(self, parts: list[Any]) -> Route:
        return Route(tuple(part for part in parts if isinstance(part, Domain)), None)

    def broken_route(self, parts: list[Any]) -> Route:
        return replaced(self.route(parts), broken=_places(parts)["BROKEN"])


_BUILD = _Build()
METHODS = {rule: getattr(_BUILD, rule) for rule in vars(_Build) if not rule.startswith("_")}
