"""Places of findings as plain data: lines and columns of files, counted from 1, in characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from expander.lint.places import in_file
from expander.lint.shown import shown

if TYPE_CHECKING:
    from grammar.source import Source, Span


class Place(NamedTuple):
    """A stretch of a file; the end is behind the last character. ``text`` is what stands there."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def place_of(span: Span) -> Place:
    """The place in a file of a span that may lie in a value."""
    where = in_file(span)
    return Place(
        shown(where.source.name),
        *position(where.source, where.start),
        *position(where.source, where.end),
        shown(where.text),
    )


def position(source: Source, offset: int) -> tuple[int, int]:
    """Line and column of an offset in bytes; the column counts characters where the line is UTF-8."""
    line, column = source.position(offset)
    before = source.text[offset - column + 1 : offset]
    return line, len(shown(before)) + 1
