"""Mail addresses as they stand in header lines and commands, read with Exim's tolerances."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammar.ast import address

LONGEST = 256
SHOWN_OF_LONG, SHOWN_OF_JUNK = 64, 32
NO_LOCAL_PART = "missing or malformed local part"
OPEN_QUOTE = "unmatched doublequote in local part"
ONE_MORE = 2
BAD_LITERAL = "malformed domain literal"
NO_DOMAIN = "domain missing or malformed"

_PLAIN = late_pattern(
    r"[ \t]*+([A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\xff-]++)"
    r"(?:@([A-Za-z0-9][A-Za-z0-9-]*+(?:\.[A-Za-z0-9][A-Za-z0-9-]*+)*))?[ \t]*",
    re.ASCII,
)
_NAMED = late_pattern(
    r"[ \t]*+(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\xff\t -]++|\"[^\"\\]*\"[ \t]*)?"
    r"<([A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\xff-]++)"
    r"@([A-Za-z0-9][A-Za-z0-9-]*+(?:\.[A-Za-z0-9][A-Za-z0-9-]*+)*)>[ \t]*",
    re.ASCII,
)
_OPAQUE = late_pattern(r'\\.|"(?:[^"\\]|\\.)*"|@[ \t\n\v\f\r]*\[[^\]\\\s]*\]|\(', re.ASCII | re.DOTALL)
_IN_COMMENT = late_pattern(r"\\.|[()]", re.DOTALL)
_FINAL_DOT = late_pattern(rf"(@[^@]*[A-Za-z0-9-][{SPACE}]*)\.(?=[{SPACE}]*(?:>|\Z))", re.ASCII)
_AT = late_pattern("@")
_ROUTE = late_pattern(rf"[{SPACE}]*@", re.ASCII)
_EXCESS = late_pattern(r"(?<!<)((?:<(?=<))++)<([^<>]*)>(>+)")
_NULL = late_pattern(rf"(?s)([^<]*<[{SPACE}]*>[{SPACE}]*)(.*)", re.ASCII)
_LIST = late_pattern(r'\\.|"(?:[^"\\]|\\.)*(?:"|\Z)|[(<>,:]', re.DOTALL)
_STRICT_LITERAL = late_pattern(r"\[(?:IPv[46]:)?[0-9A-F.:]*\]", re.ASCII | re.IGNORECASE)
_HIGH = late_pattern(r"[\x80-\xff]")


class Mailbox(Record):
    """An address: its parts as they are written, without white space, comments and route.

    ``domain`` is empty for an address without one.
    """

    local_part: str
    domain: str

    @property
    def address(self) -> str:
        """The whole address."""
        return f"{self.local_part}@{self.domain}" if self.domain else self.local_part


class Rules(Record, eq=False):
    """What is permitted. Rules are made once and told apart by identity, as parts of the keys of caches."""

    literals: bool = True
    null: bool = False
    final_dot: bool = False
    utf8: bool = False
    excess: bool = False


USUAL = Rules()


def parse(text: str, rules: Rules = USUAL) -> Mailbox:
    """The address in the text, which may have a phrase, brackets, comments and a source route.

    Raises ``Failed`` with Exim's words for what is wrong with it.
    """
    found = _simple(text)
    if found is not None:
        return _checked(Mailbox(found[1], found[2] or ""))
    if rules.null and (null := _NULL.fullmatch(blanked(text))):
        if not null[2]:
            return Mailbox("", "")
        raise Failed(_junk(text, null.end(1)))
    outcome = _Reader(text, rules).read()
    if isinstance(outcome, str):
        raise Failed(outcome)
    return _checked(outcome)


def _simple(text: str) -> re.Match[str] | None:
    """What nearly all addresses are: nothing has to be read for these."""
    return _PLAIN.fullmatch(bare := text.strip(SPACE)) or _NAMED.fullmatch(bare)


class Member(Record):
    """One member of a list of addresses, without the name of a group before it or its end after it.

    ``start`` is where it stands in the list; ``outcome`` is its address, or what is wrong with it.
    """

    start: int
    text: str
    outcome: Mailbox | Failed


def parse_each(text: str, rules: Rules = USUAL) -> Iterator[Mailbox | Failed]:
    """The addresses of a header line one by one, or what is wrong with them; knows groups."""
    for member in members(text, rules):
        yield member.outcome


def members(text: str, rules: Rules = USUAL, *, past_space: bool = False) -> Iterator[Member]:
    """The members of the list in a header line; knows groups.

    With ``past_space``, which is that of `split` too, they are without white space before them.
    """
    grouped, start = False, 0
    for piece in split(text, past_space=past_space):
        blank = len(piece) - len(piece.lstrip(SPACE)) if past_space else 0
        member, grouped = _member(piece[blank:], rules, start + blank, grouped=grouped)
        yield member
        start += len(piece) + 1


def place(text: str, rules: Rules = USUAL) -> tuple[int, int]:
    """Where the address stands in a text that is one: its start and end, with a source route.

    In angle brackets it begins behind the bracket, and comments that follow it there belong to it; outside
    of them they do after a final dot.
    """
    tree, body = _tree(text, rules), _body(text, rules)
    if tree.bracketed:
        named = tree.phrase[-1][-1][1] if tree.phrase else 0
        start = body.index("<", named) + 1
    else:
        start = len(body) - len(body.lstrip(SPACE))
    end = (tree.domain.pieces if tree.domain else tree.words[0])[-1][1]
    dot = len(text) - len(text[end:].lstrip(SPACE))
    if (text[dot : dot + 1] == "." and body[dot] == " ") or tree.bracketed or body[end - 1] == ".":
        end = len(text[: len(body) - len(body[end:].lstrip(SPACE))].rstrip(SPACE))
    return start, end


def has_domain(address: str) -> bool:
    """True if an address has a domain behind its local part, in which a quoted at sign does not count."""
    return "@" in address.rpartition('"')[2]


def split(text: str, *, past_space: bool = False) -> Iterator[str]:
    """The pieces between the commas that separate addresses.

    A source route outside of brackets begins a piece; with ``past_space`` white space may stand before it.
    Commas in brackets and in source routes separate nothing. A route in brackets that has no colon
    goes on until brackets are closed twice.
    """
    begins = _ROUTE.match if past_space else _AT.match
    start = 0
    while (end := piece_end(text, start, is_routed=begins(text, start) is not None)) < len(text):
        yield text[start:end]
        start = end + 1
    yield text[start:]


def piece_end(
    text: str,
    start: int,
    *,
    is_routed: bool,
    marks: re.Pattern[str] = _LIST,
    in_comment: re.Pattern[str] = _IN_COMMENT,
) -> int:
    """Where a piece of a list ends that begins at ``start``: at a comma that separates, or at the end.

    ``is_routed`` tells that it begins with a source route. Newlines end it if they are among the ``marks``,
    and comments if they are among those ``in_comment``.
    """
    at, routed = start, is_routed
    hidden = int(routed)
    while found := marks.search(text, at):
        at = found.end()
        mark = found[0][0]
        if mark == "(":
            at = comment_end(text, found.start(), in_comment)
        elif mark == "<":
            routed = text.startswith("@", at)
            hidden = 1 + routed
        elif mark == ">" or (mark == ":" and routed):
            routed = routed and mark == ">"
            hidden = max(hidden - 1, 0)
        elif mark == "\n" or (mark == "," and not hidden):
            return found.start()
    return len(text)


def comment_end(text: str, start: int, marks: re.Pattern[str] = _IN_COMMENT) -> int:
    """Where the comment ends that begins at ``start``: comments nest, and one may be left open.

    If newlines are among the ``marks``, one ends all comments.
    """
    depth = 0
    for found in marks.finditer(text, start):
        if found[0] == "\n":
            return found.start()
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return len(text)


def blanked(text: str) -> str:
    """The text with spaces in place of its comments."""
    if "(" not in text:
        return text
    out: list[str] = []
    start = at = 0
    while found := _OPAQUE.search(text, at):
        at = found.end()
        if found[0] == "(":
            at = comment_end(text, found.start())
            out += (text[start : found.start()], " " * (at - found.start()))
            start = at
    return "".join(out) + text[start:]


def _member(text: str, rules: Rules, start: int, *, grouped: bool) -> tuple[Member, bool]:
    """One piece of a list, which begins at ``start``, and whether a group is open after it."""
    if not _simple(text):
        if not grouped:
            tree = _tree(text, rules)
            colon = tree.broken
            bare = not tree.bracketed and tree.route is None and tree.domain is None
            if bare and colon is not None and text[colon : colon + 1] == ":":
                start, text, grouped = start + colon + 1, text[colon + 1 :], True
        if grouped:
            end = _broken_at(_tree(text, rules))
            if end is not None and text[end : end + 1] == ";":
                text, grouped = text[:end], False
    try:
        return Member(start, text, parse(text, rules)), grouped
    except Failed as error:
        return Member(start, text, error), grouped


@lru_cache(maxsize=256)
def _tree(text: str, rules: Rules) -> address.Mailbox:
    from grammar.address import parse as parse_tree

    return parse_tree(_body(text, rules))


def _body(text: str, rules: Rules) -> str:
    """The text without what is tolerated in it: comments and the like become blanks."""
    body = blanked(text)
    if rules.final_dot:
        body = _FINAL_DOT.sub(r"\1 ", body)
    if rules.excess:
        body = _EXCESS.sub(_one_pair, body)
    if rules.utf8 and _is_utf8(body):
        body = _HIGH.sub("x", body)
    return body


def _one_pair(brackets: re.Match[str]) -> str:
    """One pair of brackets where there are several, with blanks in the place of the others."""
    before, inside, after = brackets.groups()
    return f"{' ' * len(before)}<{inside}>{' ' * len(after)}" if len(before) == len(after) else brackets[0]


def _is_utf8(text: str) -> bool:
    try:
        text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _broken_at(tree: address.Mailbox) -> int | None:
    """The first place where something does not fit."""
    route = tree.route
    places = [hop.broken for hop in route.hops] if route else []
    if route:
        places.append(route.broken)
    if tree.domain:
        places.append(tree.domain.broken)
    places.append(tree.broken)
    return min((place for place in places if place is not None), default=None)


class _Reader:
    """Reads a tree from left to right; the first fault decides."""

    def __init__(self, text: str, rules: Rules) -> None:
        self.text = text
        self.rules = rules
        self.tree = _tree(text, rules)

    def read(self) -> Mailbox | str:
        """The address or what is wrong with it."""
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
        return Mailbox(self._text(tree.words[0]), domain)

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
        return "," not in blanked(self.text)[route.hops[0].pieces[-1][1] : route.broken]

    def _open_quote(self) -> bool:
        """True if a quote that is not closed begins where a word of a local part may stand."""
        tree = self.tree
        if tree.domain or tree.closed or self._at(tree.broken) != '"':
            return False
        return not tree.words or self.text[tree.words[-1][-1][0]] == "."

    def _inside(self) -> str | None:
        """Faults of the local part in brackets or after a route."""
        words, tree = self.tree.words, self.tree
        if len(words) < ONE_MORE and self._open_quote():
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
        if len(words) < ONE_MORE:
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
        if literal and not plain and not self.rules.literals:
            return "domain literals not allowed"
        if domain.broken is not None:
            return BAD_LITERAL if literal else NO_DOMAIN
        if literal and not plain and not _STRICT_LITERAL.fullmatch(self._text(domain.pieces)):
            return BAD_LITERAL
        return None

    def _end(self) -> str | None:
        tree, text = self.tree, self.text
        if tree.bracketed and not tree.closed and not self._at(tree.broken):
            return "'>' missing at end of address"
        if tree.broken is None or not self._at(tree.broken):
            return None
        return _junk(text, tree.broken)


def _junk(text: str, at: int) -> str:
    return f"malformed address: {text[at : at + SHOWN_OF_JUNK]} may not follow {text[:at]}"


def _checked(mailbox: Mailbox) -> Mailbox:
    if len(mailbox.address) > LONGEST:
        message = f"address is ridiculously long: {mailbox.address[:SHOWN_OF_LONG]}..."
        raise Failed(message)
    return mailbox
