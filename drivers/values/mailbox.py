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
    from collections.abc import Iterator, Mapping
    from typing import Any

    from grammar.ast import address

LONGEST, SHOWN_OF_LONG = 256, 64

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
_FINAL_DOT = late_pattern(
    rf"(@[{SPACE}A-Za-z0-9.-]*[A-Za-z0-9-][{SPACE}]*)\.(?=[{SPACE}]*(?:[^{SPACE}A-Za-z0-9.]|\Z))", re.ASCII
)
_AT = late_pattern("@")
_ESCAPED = late_pattern(r"\\.", re.DOTALL)
_ROUTE = late_pattern(rf"[{SPACE}]*@", re.ASCII)
_NULL = late_pattern(rf"[^<]*<[{SPACE}]*>", re.ASCII)
_LIST = late_pattern(r'\\.|"(?:[^"\\]|\\.)*(?:"|\Z)|[(<>,:]', re.DOTALL)


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
    """What is permitted: literals, no address, a final dot (it goes), UTF-8 domains, excess brackets.

    Rules are made once and told apart by identity: they are part of the keys of caches.
    """

    literals: bool = True
    null: bool = False
    final_dot: bool = False
    utf8: bool = False
    excess: bool = False


USUAL = Rules()
KEPT = "rules for addresses"
"""Under this name options keep what they permit."""


def permitted(
    options: Mapping[str, Any], *, null: bool = False, utf8: bool = False, literals: bool | None = None
) -> Rules:
    """What main options permit in addresses, and whether there may be none, or some in other alphabets.

    With ``literals`` they do not say whether domains may be literals.
    """
    made: dict[str, dict[object, Rules]] | None = getattr(options, "made", None)
    if made is None:
        return _permitted(options, null=null, utf8=utf8, literals=literals)
    kept = made.get(KEPT) or made.setdefault(KEPT, {})
    key = null, utf8, literals
    rules = kept.get(key)
    if rules is None:
        rules = kept[key] = _permitted(options, null=null, utf8=utf8, literals=literals)
    return rules


def _permitted(options: Mapping[str, Any], *, null: bool, utf8: bool, literals: bool | None) -> Rules:
    return _rules(
        bool(options.get("allow_domain_literals")) if literals is None else literals,
        null,
        bool(options.get("strip_trailing_dot")),
        bool(utf8 or options.get("allow_utf8_domains")),
        bool(options.get("strip_excess_angle_brackets")),
    )


@lru_cache(maxsize=64)
def _rules(*what: bool) -> Rules:
    return Rules(*what)


def parse(text: str, rules: Rules = USUAL) -> Mailbox:
    """The address in the text, which may have a phrase, brackets, comments and a source route.

    Raises ``Failed`` with Exim's words for what is wrong with it.
    """
    found = _simple(text)
    if found is not None:
        return found
    from drivers.values import mailbox_tolerated as tolerated
    from drivers.values.mailbox_reader import Reader

    bare = blanked(text)
    excess = tolerated.excess(bare) if rules.excess else 0
    null = _NULL.match(tolerated.without_excess(bare) if excess else bare) if rules.null else None
    if null is not None:
        end = null.end() + excess
        fault = tolerated.closing_fault(text, null.end(), excess)
        if not fault and (rest := bare[end:].lstrip(SPACE)):
            fault = tolerated.junk(text, len(text) - len(rest))
        if fault:
            raise Failed(fault)
        return Mailbox("", "")
    outcome = Reader(text, bare, tree_of(text, rules), rules, excess=excess).read()
    if isinstance(outcome, str):
        raise Failed(outcome)
    found = Mailbox(*outcome)
    if len(found.address) > LONGEST:
        message = f"address is ridiculously long: {found.address[:SHOWN_OF_LONG]}..."
        raise Failed(message)
    return found


def _simple(text: str) -> Mailbox | None:
    """What nearly all addresses are: nothing has to be read for these."""
    return _kept_simple(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=1024)  # the same one is asked for several times while its message is received
def _kept_simple(text: str) -> Mailbox | None:
    found = _PLAIN.fullmatch(bare := text.strip(SPACE)) or _NAMED.fullmatch(bare)
    return None if found is None else Mailbox(found[1], found[2] or "")


class Member(Record):
    """One member of a list of addresses, without the name of a group before it or its end after it.

    ``start`` is where it stands in the list; ``outcome`` is its address, or what is wrong with it.
    """

    start: int
    text: str
    outcome: Mailbox | Failed


def parse_each(text: str, rules: Rules = USUAL) -> Iterator[Mailbox | Failed]:
    """The addresses of a header line one by one, or what is wrong with them; knows groups."""
    return (member.outcome for member in members(text, rules))


def members(text: str, rules: Rules = USUAL, *, past_space: bool = False) -> Iterator[Member]:
    """The members of the list in a header line; knows groups.

    With ``past_space``, which is that of `split` too, they are without white space before them.
    """
    bare, grouped, start = text.lstrip(SPACE) if past_space else text, False, 0
    if "," not in text and (simple := _simple(bare)) is not None:  # the one member, as in most lines
        yield Member(len(text) - len(bare), bare, simple)
        return
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
    tree, body = tree_of(text, rules), _body(text, rules)
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
    behind = address.rpartition('"')[2] if '"' in address else address
    return "@" in (_ESCAPED.sub("", behind) if "\\" in behind else behind)


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
    found = _simple(text)
    if found is not None:
        return Member(start, text, found), grouped
    if not grouped:
        tree = tree_of(text, rules)
        colon = tree.broken
        bare = not tree.bracketed and tree.route is None and tree.domain is None
        if bare and colon is not None and text[colon : colon + 1] == ":":
            start, text, grouped = start + colon + 1, text[colon + 1 :], True
    if grouped:
        end = _broken_at(tree_of(text, rules))
        if end is not None and text[end : end + 1] == ";":
            text, grouped = text[:end], False
    try:
        return Member(start, text, parse(text, rules)), grouped
    except Failed as error:
        return Member(start, text, error), grouped


@lru_cache(maxsize=256)
def tree_of(text: str, rules: Rules) -> address.Mailbox:
    """What the grammar makes of the text of an address."""
    from grammar.address import parse as parse_tree

    return parse_tree(_body(text, rules))


def _body(text: str, rules: Rules) -> str:
    """The text without what is tolerated in it: comments and the like become blanks."""
    body = blanked(text)
    if rules.excess or rules.utf8:
        from drivers.values import mailbox_tolerated as tolerated

        body = tolerated.without_excess(body) if rules.excess else body
        body = tolerated.in_ascii(body) if rules.utf8 else body
    if rules.final_dot:
        body = _FINAL_DOT.sub(r"\1 ", body)
    return body


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
