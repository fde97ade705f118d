"""Where text came from: sources, spans, lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from grammar.record import Record


@lru_cache(maxsize=64)
def _line_starts(text: str) -> list[int]:
    """The offset of the first byte of each line."""
    return [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]


class Source(Record):
    """A named text: a file, an option's value, a command line argument.

    ``text`` is bytes held as latin-1 ``str``. ``parent`` is the span of a larger source that
    this text was taken from to the letter (an option's value inside a file), or None.
    ``pieces`` tells, for a text put together from others (a logical line of a configuration),
    where each part of it came from; they cover the text in order.
    """

    name: str
    text: str
    parent: Span | None = None
    pieces: tuple[Piece, ...] = ()

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both counted from 1, of an offset counted in bytes from 0."""
        starts = _line_starts(self.text)
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its newline; lines count from 1."""
        start = _line_starts(self.text)[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def piece_at(self, offset: int) -> Piece:
        """The piece that a byte of a text made from pieces belongs to; the last one for its end."""
        index = bisect_right(self.pieces, offset, key=lambda piece: piece.start) - 1
        return self.pieces[max(index, 0)]


class Span(Record):
    """A piece of a source: offsets in bytes, the end not included."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The piece of text itself."""
        return self.source.text[self.start : self.end]

    def position(self) -> tuple[int, int]:
        """Line and column of the start, both counted from 1."""
        return self.source.position(self.start)

    def part(self, start: int, end: int) -> Span:
        """A piece of this piece; offsets count from its start."""
        return Span(self.source, self.start + start, self.start + end)

    def origin(self) -> Span:
        """The place in a file that this text comes from, through all parents and pieces.

        Text that spreads over several physical lines of one file gives the whole stretch, text
        that a macro put there the place where the macro is used.
        """
        if self.source.parent is not None:
            start = self.source.parent.start
            return Span(self.source.parent.source, start + self.start, start + self.end).origin()
        if not self.source.pieces:
            return self
        first = self._through(self.start, at_end=False)
        last = self._through(max(self.end - 1, self.start), at_end=self.end > self.start)
        if first.source is not last.source or last.end < first.start:
            return first
        return Span(first.source, first.start, last.end)

    def macros(self) -> tuple[Piece, ...]:
        """The pieces of this text that macros put there, in order."""
        if self.source.parent is not None:
            start = self.source.parent.start
            return Span(self.source.parent.source, start + self.start, start + self.end).macros()
        pieces = self.source.pieces
        return tuple(p for p in pieces if p.macro and p.start < self.end and p.end > self.start)

    def _through(self, offset: int, *, at_end: bool) -> Span:
        """One byte of this text as a place in the file, or the whole use of a macro."""
        piece = self.source.piece_at(offset)
        if piece.macro:
            return piece.origin
        start = min(piece.origin.start + offset - piece.start, piece.origin.end)
        return Span(piece.origin.source, start, start + 1 if at_end else start)


class Piece(Record):
    """A part of a text that was put together: where it stands there, and where it came from.

    Where ``macro`` is empty the part is a copy of ``origin``, byte for byte; otherwise ``macro``
    names the macro whose value it is (or was, before further macros were replaced in it),
    ``origin`` is the place of its use and ``definition`` the place of its value, or None for a
    macro that no file defines.
    """

    start: int
    end: int
    origin: Span
    macro: str = ""
    definition: Span | None = None
