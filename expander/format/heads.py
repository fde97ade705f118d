"""What the first line of a logical line is, by the section that it stands in, and its parts.

A line is taken apart only where that is right whatever the macros stand for: their names have capital
letters, so a head without any is what it seems to be. What fits no form is left as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.registry import names
from drivers.api.text import SPACE
from expander.format.rows import FIRST, INCLUDE, width
from grammar.config import section_name
from grammar.record import Record, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from expander.format.rows import Row

BEGIN, MACRO, SETTING, HEADING, VERB, CLAUSE, PIECE, RULE, ODD = (
    "begin",
    "macro",
    "setting",
    "heading",
    "verb",
    "clause",
    "piece",
    "rule",
    "odd",
)

_WS = r"[ \t\v\f\r]"
_BEGIN = re.compile(r"(begin) +([A-Za-z_]+)", re.IGNORECASE)
_MACRO = re.compile(r"([A-Z][A-Za-z0-9_]*)[ \t]*(==?)(.*)", re.DOTALL)
_LIST = re.compile(
    rf"((?:hide{_WS})?(?:domain|host|address|localpart)list){_WS}+([a-z0-9_]+){_WS}*(=)(.*)", re.DOTALL
)
_SETTING = re.compile(rf"(?:(hide){_WS}+)?([a-z][a-z0-9_]*){_WS}*(=)(.*)", re.DOTALL)
_SWITCH = re.compile(rf"(?:(hide){_WS}+)?([a-z][a-z0-9_]*){_WS}*(\\?)")
_HEADING = re.compile(rf"([A-Za-z][A-Za-z0-9_]*)({_WS}*):")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_CLAUSE = re.compile(rf"(!?){_WS}*([a-z][a-z0-9_]*){_WS}*(=)(.*)", re.DOTALL)
_SET = re.compile(rf"(set){_WS}+([a-z][a-z0-9_]*){_WS}*(=)(.*)", re.DOTALL)
_BARE_CLAUSE = re.compile(rf"(!?){_WS}*([a-z][a-z0-9_]*){_WS}*(\\?)")
_PIECE = re.compile(r"[A-Z_\\]")
_MAY_HOLD_MACRO = re.compile(rf"(?:!{_WS}*)?[a-z](?=[^=]*[A-Z])[A-Za-z0-9_ \t]*=.*", re.DOTALL)
_RULES = ("retry", "rewrite")
_UNKNOWN, _DRIVERS = "unknown", "routers"


class Head(Record):
    """The parts of a first line.

    ``role`` says what the line is; the word of a piece is the section. ``words`` are the words before
    the equals sign, ``sign`` that ("" where there is none) and ``value`` what follows it, without white
    space around it. The columns say where the first word, the second word, the sign and the value stand
    now. ``verb`` is that of an ACL statement whose first condition stands in the same line.
    """

    role: str
    words: tuple[str, ...] = ()
    sign: str = ""
    value: str = ""
    verb: str = ""
    start: int = 0
    second: int = 0
    sign_at: int = 0
    value_at: int = 0


class _State(State):
    section: str
    guessed: str = ""
    in_statement: bool = False


def describe(found: Iterable[Row], section: str) -> str:
    """Put its `Head` to each first line; gives the section that the file starts in.

    That is ``section``, unless it is "main" and the file begins with a driver or an ACL, as parts of
    a configuration do that others are put together from.
    """
    state = _State(section)
    for row in found:
        if row.kind == FIRST:
            row.head = _head(row, state)
            if row.head.role in {BEGIN, HEADING}:
                state.in_statement = False
        # a macro or an included file may begin a statement
        if row.word == INCLUDE or (row.head is not None and row.head.role in {VERB, PIECE}):
            state.in_statement = True
    return state.guessed or section


def _head(row: Row, state: _State) -> Head:
    bare = row.bare
    if row.fixed:
        return Head(ODD)
    begin = _BEGIN.fullmatch(bare)
    if begin:
        name = section_name(begin[2])
        if name is None:
            return Head(ODD)
        state.section = name
        return Head(BEGIN, (begin[1], begin[2]))
    if state.section in _RULES:
        return Head(RULE)
    macro = _MACRO.fullmatch(bare)
    if macro:
        return _split(row, macro, MACRO, (macro[1],))
    heading = _HEADING.fullmatch(bare)
    if heading and not (heading[2] and _has_capital(heading[1])):
        if state.section == "main":  # the file is a part of a configuration
            state.section = _UNKNOWN
        return Head(HEADING, (heading[1],))
    if state.section == _UNKNOWN:
        word = _WORD.match(bare)
        if word:
            state.section = state.guessed = "acl" if word[0] in names("acl-verb") else _DRIVERS
    if "A" <= bare[0] <= "Z":  # a macro that stands for the line, or for its start
        return Head(PIECE, (state.section,))
    if state.section == "acl":
        head = _statement(row)
        return head if head.role == VERB or state.in_statement else Head(ODD)
    return _setting(row)


def _has_capital(text: str) -> bool:
    return any("A" <= c <= "Z" for c in text)


def _setting(row: Row) -> Head:
    found = _LIST.fullmatch(row.bare)
    if found:
        kind = " ".join(found[1].split())
        return _split(row, found, SETTING, (kind, found[2]), second=found.start(2))
    found = _SETTING.fullmatch(row.bare)
    if found:
        return _split(row, found, SETTING, (f"{found[1] or ''} {found[2]}".strip(),))
    found = _SWITCH.fullmatch(row.bare)
    if found and not (found[2] == "hide" and not found[1]):
        return Head(SETTING)
    return Head(SETTING if _MAY_HOLD_MACRO.fullmatch(row.bare) else ODD)


def _statement(row: Row) -> Head:
    """A verb with or without a condition behind it, or a condition or modifier."""
    word = _WORD.match(row.bare)
    if word is None or word[0] not in names("acl-verb"):
        return _clause(row, 0, "")
    rest = row.bare[word.end() :]
    start = word.end() + len(rest) - len(rest.lstrip(SPACE))
    if start == len(row.bare):
        return Head(VERB, verb=word[0])
    if start == word.end():
        return Head(ODD)
    head = _clause(row, start, word[0])
    if head.role != ODD:
        return head
    if _PIECE.match(row.bare, start):  # a macro may stand for the condition
        return Head(VERB, verb=word[0], value=row.bare[start:], start=_column(row, start))
    return Head(ODD)


def _clause(row: Row, start: int, verb: str) -> Head:
    text = row.bare[start:]
    role = VERB if verb else CLAUSE
    found = _SET.fullmatch(text)
    if found:
        return _split(row, found, role, (f"set {found[2]}",), offset=start, verb=verb)
    found = _CLAUSE.fullmatch(text)
    if found:
        return _split(row, found, role, (found[1] + found[2],), offset=start, verb=verb)
    if _BARE_CLAUSE.fullmatch(text) or _MAY_HOLD_MACRO.fullmatch(text):
        column = _column(row, start)
        return Head(role, verb=verb, value=text, start=column, value_at=column)
    return Head(ODD)


def _column(row: Row, offset: int) -> int:
    """The column of a byte of the bare line."""
    return width(row.text[: len(row.text) - len(row.text.lstrip(SPACE)) + offset])


def _split(
    row: Row,
    found: re.Match[str],
    role: str,
    words: tuple[str, ...],
    *,
    offset: int = 0,
    second: int = 0,
    verb: str = "",
) -> Head:
    """The head of a line with an equals sign; the last two groups of the match are sign and value."""
    last = found.re.groups
    value = found[last]
    bare = value.lstrip(SPACE)
    value_at = found.start(last) + len(value) - len(bare)
    return Head(
        role,
        words,
        found[last - 1],
        bare,
        verb,
        _column(row, offset),
        _column(row, offset + second),
        _column(row, offset + found.start(last - 1)),
        _column(row, offset + value_at),
    )
