"""Reads an address that is not of the usual form, and tells what is wrong with one that is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.values.mailbox_tolerated import NO_CLOSING, closing_fault, is_broken_utf8, junk
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from drivers.values.mailbox import Rules
    from grammar.ast import address

NO_LOCAL_PART, OPEN_QUOTE = "missing or malformed local part", "unmatched doublequote in local part"
BAD_UTF8 = "invalid UTF-8 byte sequence"
BAD_LITERAL, NO_DOMAIN = "malformed domain literal", "domain missing or malformed"
_HIGH = late_pattern(r"[\x80-\xff]")
_STRICT_LITERAL = late_pattern(r"\[(?:IPv[46]:)?[0-9A-F.:]*\]", re.ASCII | re.IGNORECASE)


class Reader:
    """Reads the tree of a text from left to right; the first fault decides.

    ``blanked`` is the text with blanks in place of its comments, ``rules`` what is permitted. So
    many brackets are opened in ``excess`` of one, and must be closed.
    """

    def __init__(
        self, text: str, blanked: str, tree: address.Mailbox, rules: Rules, *, excess: int = 0
    ) -> None:
        self.text = text
        self.tree = tree
        self._blanked = blanked
        self._rules = rules
        self._excess = excess

    def read(self) -> tuple[str, str] | str:
        """The local part and the domain of the address, or what is wrong with it."""
        tree = self.tree
        fault = self._route(tree.route) if tree.route else None
        if fault is None:
            fault = self._inside() if tree.bracketed or tree.route else self._outside()
        if fault is None and tree.domain:
            fault = self._domain(tree.domain, plain=not (tree.bracketed or tree.route))
        if fault is None:
            fault = self._end()
        if fault is not None:
            return fault
        domain = self._text(tree.domain.pieces) if tree.domain else ""
        return self._text(tree.words[0]), domain

    def _text(self, pieces: address.LocalPart) -> str:
        return "".join([self.text[start:end] for start, end in pieces])

    def _at(self, place: int | None) -> str:
        return "" if place is None else self.text[place : place + 1]

    def _route(self, route: address.Route) -> str | None:
        for hop in route.hops:
            if fault := self._domain(hop, plain=False):
                return fault
        if route.broken is None:
            return None
        return "no local part" if self._ends_hop(route) else "colon expected after route list"

    def _ends_hop(self, route: address.Route) -> bool:
        """True if what is wrong stands where the first comma or the colon should be."""
        if len(route.hops) > 1 or route.broken is None:
            return False
        return "," not in self._blanked[route.hops[0].pieces[-1][1] : route.broken]

    def _open_quote(self) -> bool:
        """True if a quote that is not closed begins where a word of a local part may stand."""
        tree = self.tree
        if tree.domain or tree.closed or self._at(tree.broken) != '"':
            return False
        return not tree.words or self.text[tree.words[-1][-1][0]] == "."

    def _inside(self) -> str | None:
        """Faults of the local part in brackets or after a route."""
        words, tree = self.tree.words, self.tree
        if not words[1:] and self._open_quote():
            return OPEN_QUOTE
        if not words:
            return NO_LOCAL_PART
        if len(words) == 1 and tree.domain:
            return None
        if len(words) == 1 and (tree.closed or (not tree.bracketed and tree.broken is None)):
            return "domain missing in source-routed address" if tree.route else None
        return f'"@" or "." expected after "{self._text(words[0])}"'

    def _outside(self) -> str | None:
        """Faults of a local part that is not in brackets: more words would have been a phrase."""
        words, tree = self.tree.words, self.tree
        if not words[1:]:
            if self._open_quote():
                return OPEN_QUOTE
            if words and (tree.domain or self._at(tree.broken) in ("", ";")):
                return None
            if not words and self._at(tree.broken) in ("", ";"):
                return "empty address"
        quote = not tree.domain and self._at(tree.broken) == '"'
        return f'{OPEN_QUOTE if quote else NO_LOCAL_PART} (expected word or "<")'

    def _domain(self, domain: address.Domain, *, plain: bool) -> str | None:
        """Faults of a domain; in a ``plain`` address, without brackets and route, any literal will do."""
        literal = domain.literal or (not domain.pieces and self._at(domain.broken) == "[")
        if literal and not plain and not self._rules.literals:
            return "domain literals not allowed"
        if not literal and is_broken_utf8(self._text(domain.pieces)):
            return BAD_UTF8
        if domain.broken is not None:
            return BAD_LITERAL if literal else NO_DOMAIN
        if literal and not plain and not _STRICT_LITERAL.fullmatch(self._text(domain.pieces)):
            return BAD_LITERAL
        if literal and plain and self._rules.utf8 and _HIGH.search(self._text(domain.pieces)):
            return BAD_LITERAL
        return None

    def _end(self) -> str | None:
        tree, text = self.tree, self.text
        if tree.bracketed and not tree.closed and not self._at(tree.broken):
            return NO_CLOSING
        if tree.closed and self._excess:
            fault = closing_fault(text, self._closing(), self._excess)
            if fault:
                return fault
        if tree.broken is None or not self._at(tree.broken):
            return None
        return junk(text, tree.broken)

    def _closing(self) -> int:
        """The place behind the first closing bracket."""
        tree = self.tree
        pieces = tree.domain.pieces if tree.domain else tree.words[0]
        return self._blanked.index(">", pieces[-1][1]) + 1
