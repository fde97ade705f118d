"""Where each line comes to stand, and where blank lines do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.format.align import groups, head_texts
from expander.format.heads import BEGIN, CLAUSE, HEADING, ODD, PIECE, SETTING, VERB
from expander.format.rows import (
    BLANK,
    COMMENT,
    DIRECTIVE,
    FIRST,
    OPENING,
    REST,
    TURNING,
    open_at_end,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.format.heads import Head
    from expander.format.rows import Row

STEP = 2
"""The indentation of options and verbs, and of lines that go on."""

VERB_WIDTH = 8
"""The columns that a verb takes with the blank behind it, where a condition stands in its line."""


class Layout:
    """Lays out the lines of one file."""

    def __init__(self, found: Sequence[Row]) -> None:
        self.found = found
        self.heads: dict[int, str] = {}
        for group in groups(found):
            self.heads |= head_texts(group)
        self.lines: dict[int, str] = {}
        self.indents: dict[int, int] = {}

    def text(self) -> str:
        """The whole file."""
        self._code()
        self._remarks()
        kept = _without_surplus_blanks(self.found)
        breaks = _breaks(self.found)
        result: list[str] = []
        for row in kept:
            if row.number in breaks and result and result[-1]:
                result.append("")
            result.append(self.lines[row.number])
        return "".join(f"{line}\n" for line in result)

    def _code(self) -> None:
        """All lines but remarks."""
        below_heading = with_verb = False
        for row in self.found:
            head = row.head
            if row.kind == FIRST and head is not None:
                if head.role in {BEGIN, HEADING}:
                    below_heading = head.role == HEADING
                if head.role == VERB:
                    with_verb = bool(head.sign or head.value)
                self._first(row, head, below_heading=below_heading, with_verb=with_verb)
            elif row.kind in {BLANK, DIRECTIVE}:
                self.lines[row.number] = row.text if row.fixed else row.bare

    def _first(self, row: Row, head: Head, *, below_heading: bool, with_verb: bool) -> None:
        """A first line and those that go on from it."""
        indent, place = 0, 0
        if head.role == ODD:
            self.lines[row.number] = row.text
            self.indents[row.number] = row.column
            for one in row.rest:
                self.lines[one.number] = one.text
            return
        if head.role == BEGIN:
            text = " ".join(head.words)
        elif head.role == HEADING:
            text = f"{head.words[0]}:"
        elif head.role == VERB:
            indent = STEP
            text = head.verb.ljust(VERB_WIDTH) if with_verb else head.verb
            place = indent + VERB_WIDTH if with_verb else 0
        elif head.role == PIECE:
            indent, text = (
                self._of_piece(row, head, below_heading=below_heading, with_verb=with_verb),
                row.bare,
            )
        else:
            clause = STEP + VERB_WIDTH if with_verb else 2 * STEP
            indent = clause if head.role == CLAUSE else STEP if head.role == SETTING and below_heading else 0
            place, text = indent, ""
        value_at = place
        if head.sign:
            words = self.heads.get(row.number, " ".join(head.words))
            before = f"{text}{words} {head.sign}"
            value_at = indent + len(before) + 1
            text = f"{before} {head.value}".rstrip()
        elif head.role in {VERB, CLAUSE}:
            text += head.value
        elif not text:
            text = row.bare
        self.lines[row.number] = " " * indent + text
        self.indents[row.number] = indent
        shift = value_at - head.value_at if head.value and head.sign else indent - row.column
        self._rest(row, indent, shift)

    def _of_piece(self, row: Row, head: Head, *, below_heading: bool, with_verb: bool) -> int:
        """The indentation of a line that a macro stands for: of a condition or a verb, what is nearer."""
        if not below_heading or head.words != ("acl",):
            return STEP if below_heading else 0
        clause = STEP + VERB_WIDTH if with_verb else 2 * STEP
        return clause if abs(row.column - clause) <= abs(row.column - STEP) else STEP

    def _rest(self, row: Row, indent: int, shift: int) -> None:
        """The lines that go on from a first one keep their places beside its value and each other."""
        code = [one.column for one in row.rest if one.kind == REST and not one.fixed]
        if code:
            shift = max(shift, indent + STEP - min(code))
        for one in row.rest:
            if one.fixed:
                self.lines[one.number] = one.text
            elif one.kind == COMMENT:
                column = max(one.column + shift, 1) if one.column else 0
                self.lines[one.number] = " " * column + one.bare
            elif one.kind != DIRECTIVE:
                self.lines[one.number] = " " * (one.column + shift) + one.bare if one.bare else ""

    def _remarks(self) -> None:
        """Remarks that are indented stand as the line does that they belong to."""
        at = 0
        while at < len(self.found):
            row = self.found[at]
            if row.kind != COMMENT or row.number in self.lines:
                at += 1
                continue
            end = at
            while end < len(self.found) and self.found[end].kind == COMMENT:
                end += 1
            indent = self._indent_of(at, end)
            for one in self.found[at:end]:
                if one.number not in self.lines:
                    column = indent if one.column else 0
                    self.lines[one.number] = one.text if one.fixed else " " * column + one.bare
            at = end

    def _indent_of(self, start: int, end: int) -> int:
        """The indentation for the remarks in this range: of the next line, or of the one they follow."""
        after = self._near(range(end, len(self.found)))
        before = self._near(range(start - 1, -1, -1))
        column = self.found[start].column
        touches = end < len(self.found) and self.found[end].kind != BLANK
        follows = start > 0 and self.found[start - 1].kind not in {BLANK, DIRECTIVE} and not touches
        if before is None or after is None:
            chosen = before or after
        elif follows and abs(column - before.column) <= abs(column - after.column):
            heading = before.head is not None and before.head.role in {BEGIN, HEADING}
            chosen = after if heading else before
        else:
            chosen = after
        return self.indents[chosen.number] if chosen is not None else 0

    def _near(self, places: range) -> Row | None:
        """The nearest first line."""
        return next((self.found[at] for at in places if self.found[at].number in self.indents), None)


def _without_surplus_blanks(found: Sequence[Row]) -> list[Row]:
    """One blank line of several, none at the start; at the end only one that ends a line."""
    kept: list[Row] = []
    for row in found:
        blank = row.kind == BLANK and not row.fixed
        if blank and (not kept or (kept[-1].kind == BLANK and not kept[-1].fixed)):
            continue
        kept.append(row)
    if kept and kept[-1].kind == BLANK and not kept[-1].fixed and not open_at_end(found):
        kept.pop()
    return kept


def _breaks(found: Sequence[Row]) -> set[int]:
    """The numbers of the lines that are to have a blank line before them.

    They are the headings of drivers and ACLs and the starts of sections, or the remarks and
    conditionals that stand directly before one.
    """
    breaks = set()
    for at, row in enumerate(found):
        if row.kind != FIRST or row.head is None or row.head.role not in {BEGIN, HEADING}:
            continue
        start = at
        while start and (found[start - 1].kind == COMMENT or found[start - 1].word in OPENING):
            start -= 1
        above = found[start - 1] if start else None
        if above is None or above.word in TURNING or found[start].joined:
            continue
        breaks.add(found[start].number)
    return breaks
