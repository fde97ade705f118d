"""From a place in an option's value to its place in a file, through quotes, continuation lines and macros."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from drivers.api.options import read_string
from grammar.source import Piece, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED_ARGUMENT = re.compile(r'(?<!\S)"(?=[^"]*\\)(?:[^"\\]|\\.)*"', re.DOTALL)
_QUOTED_PART = re.compile(r"\\(?:[0-7]{1,3}|x[0-9a-fA-F]{0,2}|.)|[^\\]+", re.DOTALL)


def value_source(word: Span) -> Source:
    """The value that an option gets from the text after its equals sign, as a source of its own.

    Double quotes around the text are taken off and the escapes inside them resolved. Text that is
    not quoted rightly stays as it is: loading complains of it.
    """
    written = word.text
    try:
        value = read_string(written, "") if _is_quoted(written) else written
    except ConfigError:
        value = written
    if value == written:
        return Source(word.source.name, written, parent=word)
    pieces = tuple(_quoted_pieces(word))
    if not pieces or pieces[-1].end != len(value):
        whole = (Piece(0, len(value), word, "", None),)
        return Source(word.source.name, value, pieces=whole)
    return Source(word.source.name, value, pieces=pieces)


def command_source(value: Source) -> Source:
    """The text of a command as its arguments are expanded: those in double quotes have no escapes left.

    The quotes themselves stay, so that the arguments can be told apart.
    """
    pieces: list[Piece] = []
    parts: list[str] = []
    length = done = 0

    def add(text: str, origin: Span) -> None:
        nonlocal length
        parts.append(text)
        pieces.append(Piece(length, length + len(text), origin, "", None))
        length += len(text)

    for match in _QUOTED_ARGUMENT.finditer(value.text):
        word = Span(value, match.start(), match.end())
        add(value.text[done : match.start() + 1], Span(value, done, match.start() + 1))
        for piece in _quoted_pieces(word):
            written = piece.origin.text
            add(read_string(f'"{written}"', "") if written.startswith("\\") else written, piece.origin)
        done = match.end() - 1
    if not pieces:
        return value
    add(value.text[done:], Span(value, done, len(value.text)))
    return Source(value.name, "".join(parts), pieces=tuple(pieces))


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text.startswith('"') and text.endswith('"')


def _quoted_pieces(word: Span) -> Iterator[Piece]:
    """Where each part of a quoted value stands between the quotes."""
    at = 0
    for part in _QUOTED_PART.finditer(word.text[1:-1]):
        text = part[0]
        length = len(read_string(f'"{text}"', "")) if text.startswith("\\") else len(text)
        yield Piece(at, at + length, word.part(part.start() + 1, part.end() + 1), "", None)
        at += length


def whole(source: Source) -> Span:
    """All of a source."""
    return Span(source, 0, len(source.text))


def part_of(span: Span, text: str) -> Span:
    """The first place of a text inside a span; all of the span where the text is not there as it is."""
    at = span.text.find(text)
    return span if at < 0 else span.part(at, at + len(text))


def in_file(span: Span) -> Span:
    """The place in a file; a use of a macro stands for all that the macro put there."""
    while span.source.parent is not None or span.source.pieces:
        span = span.origin()
    return span


def macros_at(span: Span) -> tuple[Piece, ...]:
    """The macros that a piece of text comes from, in order."""
    while True:
        found = span.macros()
        if found or not (span.source.parent or span.source.pieces):
            return found
        if span.source.parent is not None:
            start = span.source.parent.start
            span = Span(span.source.parent.source, start + span.start, start + span.end)
        else:
            span = span.origin()
