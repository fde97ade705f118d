"""Columns of equals signs: kept where lines that belong together have them below each other."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from expander.format.heads import BEGIN, CLAUSE, HEADING, MACRO, SETTING, VERB
from expander.format.rows import BLANK, FIRST
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.format.rows import Row


def common_column(entries: Sequence[tuple[int, int]]) -> int:
    """The column at which most signs stand, 0 where there is no such column.

    An entry is the length of what stands before a sign, and the sign's column counted from where
    that starts. A column counts if at least two signs stand there, one of them with more than one
    blank before it, and fewer could stand there but do not. What is longer does not count.
    """
    padded = Counter(column for length, column in entries if column - length > 1)
    if not padded:
        return 0
    most = max(padded.values())
    best = min(column for column, count in padded.items() if count == most)
    there = sum(1 for length, column in entries if column == best and length < best)
    elsewhere = sum(1 for length, column in entries if column != best and length + 1 < best)
    return best if there > max(elsewhere, 1) else 0


class _Sign(Record):
    """An equals sign: its line, the first line of what belongs together, what stands before it, its column.

    The conditions of an ACL statement belong together, and options without other lines between them.
    """

    number: int
    statement: int
    text: str
    column: int


def _signs(group: Sequence[Row]) -> list[_Sign]:
    """The equals signs of a group, where they stand once names are in their columns."""
    lists = [row.head for row in group if row.head is not None and len(row.head.words) > 1]
    second = common_column([(len(head.words[0]), head.second - head.start) for head in lists])
    found = []
    statement = following = 0
    for row in group:
        head = row.head
        if head is None:
            continue
        starts = head.role == VERB or (head.role != CLAUSE and row.number != following)
        statement = row.number if starts else statement
        following = row.number + len(row.rest) + 1
        if not head.sign:
            continue
        text, moved = head.words[0], 0
        if len(head.words) > 1:
            text = f"{text.ljust(second - 1)} {head.words[1]}"
            # where the name comes to stand elsewhere, the sign goes along
            moved = len(text) - (head.second - head.start + len(head.words[1]))
        found.append(_Sign(row.number, statement, text, head.sign_at - head.start + moved))
    return found


def head_texts(group: Sequence[Row]) -> dict[int, str]:
    """What is to stand before each equals sign of a group, by line number, without the indentation.

    Lines without a sign are not in it. Those that belong together are aligned with each other; one that
    stands alone may be aligned with the others of the ACL or driver.
    """
    result: dict[int, str] = {}
    alone: list[_Sign] = []
    entries: list[tuple[int, int]] = []
    for _, some in groupby(_signs(group), key=lambda sign: sign.statement):
        own = list(some)
        column = common_column([(len(sign.text), sign.column) for sign in own])
        if column:
            result |= {sign.number: sign.text.ljust(column - 1) for sign in own}
            entries += [(len(sign.text), max(len(sign.text) + 1, column)) for sign in own]
        else:
            alone += own
            entries += [(len(sign.text), sign.column) for sign in own]
    column = common_column(entries)
    for sign in alone:
        result[sign.number] = sign.text.ljust(column - 1) if sign.column == column else sign.text
    return result


def groups(found: Sequence[Row]) -> Iterator[list[Row]]:
    """The first lines that are aligned with each other.

    The options of one driver belong together, the conditions and modifiers of one ACL, and
    lines of the main section, or macros, that follow each other.
    """
    body: list[Row] = []
    paragraph: list[Row] = []
    below_heading = False
    for row in found:
        role = row.head.role if row.kind == FIRST and row.head is not None else ""
        if role in {HEADING, BEGIN}:
            yield body
            body, below_heading = [], role == HEADING
        elif below_heading and role in {SETTING, VERB, CLAUSE}:
            body.append(row)
        if role == MACRO or (role == SETTING and not below_heading):
            paragraph.append(row)
        elif not row.joined or row.kind == BLANK:
            yield paragraph
            paragraph = []
    yield body
    yield paragraph
