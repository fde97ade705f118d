"""The lines of one configuration file as they stand, each with its place in the structure of the file.

Nothing is replaced and no conditional is decided: a file is laid out the same whatever macros are
defined. So a line whose predecessor ends in a backslash in one branch of a conditional only is taken
for a continuation, which is the reading under which least of it may be changed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.format.heads import Head

TAB = 8

BLANK, COMMENT, DIRECTIVE, FIRST, REST = "blank", "comment", "directive", "first", "rest"
INCLUDE = "include"
OPENING, TURNING, CLOSING = ("ifdef", "ifndef"), ("else", "elifdef", "elifndef"), ("endif",)

_CONDITIONAL = re.compile(r"\.(ifdef|ifndef|elifdef|elifndef|else|endif)")
_INCLUDE = re.compile(r"\.include(?:_if_exists)?(?=[ \t\v\f\r]|\Z)")


def width(text: str) -> int:
    """The columns that a text takes from the start of a line on, with tabs."""
    return len(text.expandtabs(TAB))


class Row(State):
    """A physical line.

    ``number`` counts from 1; ``text`` is the line without its newline, ``bare`` without white space
    around it, ``column`` where that starts (from 0, tabs counted). ``word`` is the name of a
    conditional. ``joined`` is true where the line before can go on into this one, ``fixed`` where the
    line has to stay as it is. ``head`` says what a first line is. ``rest`` are the lines that belong to
    a first one.
    """

    number: int
    text: str
    bare: str
    column: int
    kind: str
    word: str = ""
    joined: bool = False
    fixed: bool = False
    head: Head | None = None
    rest: list[Row] = made_by(default_factory=list)


class _Joins(State):
    """Whether a line can go on into the next, through all branches of conditionals."""

    open: bool = False
    stack: list[tuple[bool, bool, bool]] = made_by(default_factory=list)

    def see(self, word: str) -> None:
        """Go over a conditional; the stack has for each open one: before it, so far, had ``else``."""
        if word in OPENING:
            self.stack.append((self.open, False, False))
            return
        if not self.stack:
            return
        before, so_far, complete = self.stack.pop()
        so_far = so_far or self.open
        if word in CLOSING:
            self.open = so_far or (before and not complete)
        else:
            self.stack.append((before, so_far, complete or word == "else"))
            self.open = before


def rows(text: str) -> list[Row]:
    """The lines of a file; those that go on from a first line stand in its ``rest`` as well."""
    found: list[Row] = []
    joins = _Joins()
    first: Row | None = None
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines, 1):
        seen = line.partition("\0")[0]  # Exim's lines end there
        bare = seen.strip(SPACE)
        column = width(line[: len(line) - len(line.lstrip(SPACE))])
        row = Row(number, line, bare, column, _kind(bare, joined=joins.open), joined=joins.open)
        row.fixed = seen != line
        found.append(row)
        if row.kind == DIRECTIVE:
            match = _CONDITIONAL.match(bare)
            row.word = match[1] if match else INCLUDE
            joins.see(row.word)
        elif row.kind in {FIRST, REST, BLANK}:
            joins.open = bare.endswith("\\")
        if row.kind == FIRST:
            first = row
        elif row.joined and first is not None:
            first.rest.append(row)
    return found


def _kind(bare: str, *, joined: bool) -> str:
    if not bare:
        return BLANK
    if bare.startswith("#"):
        return COMMENT
    if _CONDITIONAL.match(bare) or _INCLUDE.match(bare):
        return DIRECTIVE
    return REST if joined else FIRST


def open_at_end(found: Sequence[Row]) -> bool:
    """True if the last line that is not blank can go on into the blank lines below it."""
    at = len(found)
    while at and found[at - 1].kind == BLANK:
        at -= 1
    return at < len(found) and found[at].joined
