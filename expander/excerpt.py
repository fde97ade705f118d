"""A place in a source as a person reads it: the line, and a caret under the piece that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import printing, to_display

if TYPE_CHECKING:
    from drivers.api.errors import EximError
    from grammar.source import Span

WIDEST = 100
"""Bytes of a line that are shown; longer lines are cut around the piece that is meant."""

BEFORE = 40
"""How many bytes before the piece stay where a line is cut."""


def place(span: Span) -> str:
    """``file:line:column`` of the start of a span, for display."""
    line, column = span.position()
    return f"{to_display(span.source.name)}:{line}:{column}"


def excerpt(span: Span, *, indent: str = "    ") -> list[str]:
    """The line where a span starts and a line with carets under it, ready for display.

    Of a span that goes on over further lines the part on the first line is marked.
    """
    number, column = span.position()
    line = span.source.line(number)
    start = column - 1
    length = max(min(span.end - span.start, len(line) - start), 1)
    first = max(start - BEFORE, 0) if len(line) > WIDEST else 0
    last = first + WIDEST
    before, marked, after = line[first:start], line[start : start + length], line[start + length : last]
    marked = marked[: max(last - start, 1)]
    lead = "..." if first else ""
    tail = "..." if last < len(line) else ""
    shown = [_shown(part) for part in (before, marked, after)]
    carets = "^" * max(len(shown[1]), 1)
    gap = " " * (len(lead) + len(shown[0]))
    return [f"{indent}{lead}{''.join(shown)}{tail}", f"{indent}{gap}{carets}"]


def _shown(text: str) -> str:
    """A part of a line, with a single blank for a tab and escapes for what does not print."""
    return to_display(printing(text.replace("\t", " ").rstrip("\r"), top_bit_prints=True))


def error_lines(error: EximError) -> list[str]:
    """An error with its excerpt, its notes and what may have been meant, ready for display."""
    from expander.explain import hint

    lines = [f"error: {to_display(error.message)}"]
    if error.span is not None:
        lines += excerpt(error.span)
    meant = hint(error.message)
    notes = [*error.notes, *([meant] if meant else [])]
    return [*lines, *(f"    note: {to_display(note)}" for note in notes)]
