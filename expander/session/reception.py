"""A message that is being received: its bytes as they come, in lines or in chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.session import line_ends
from grammar.record import State

if TYPE_CHECKING:
    from expander.session.line_ends import LineEnds
    from expander.session.machine import Session
    from expander.session.store import Store

LONGEST_HEADER = 1 << 20
"""So much of what chunks bring is looked through for the ends of header lines."""

LONGEST_HELD = 1 << 16
"""A line that is longer than this is taken in pieces."""

NOT_HERE = -1, -1
WHOLE_END = b"\r\n.\r\n"
"""How a message ends behind which nothing has come yet."""


def _dot_line(data: bytes, start: int) -> tuple[int, int]:
    """Where the first line that is a dot alone begins and where it ends; `NOT_HERE` without one.

    ``start`` is the beginning of a line. Searching for texts is many times faster than for a pattern.
    """
    first = NOT_HERE
    for line in (b".\n", b".\r\n"):
        if data.startswith(line, start):
            return start, start + len(line)
        at = data.find(b"\n" + line, start) + 1
        if at and (first is NOT_HERE or at < first[0]):
            first = at, at + len(line)
    return first


def _without_dots(text: bytes) -> bytes:
    """Lines without the dot that they may begin with."""
    return text.removeprefix(b".").replace(b"\n.", b"\n")


def _whole(data: bytes) -> bytes | None:
    """The text of a message, or the rest of one, that is here up to its end, with nothing behind that.

    None where a line does not end in CRLF, or the end comes before.
    """
    text = data.replace(b"\r", b"")  # a byte goes many times faster than two of them
    if text.replace(b"\n", b"\r\n") != data:
        return None
    end = len(text) - len(b".\n")
    first = text.find(b"\n.") + 1
    if first == end and not text.startswith(b"."):
        return text[:end]
    if text.find(b"\n.\n", max(first - 1, 0)) + 1 != end or text.startswith(b".\n"):
        return None
    return _without_dots(text[:end])


class Reception(State):
    """A message that is being received: its lines so far, with newlines alone at their ends.

    ``size`` counts them all, those that were dropped for being too many as well, ``limit`` says how many may
    come, 0 for any number. ``held`` is the line that is not whole yet, of which ``in_line`` tells that its
    beginning has been taken. ``strict`` tells whether the first line ended in CRLF, ``ends`` is there once
    not all lines do. ``chunk`` is the size of the chunk in hand, ``left`` what is to come of it,
    ``is_last`` whether it is the last one; ``bad_ends`` tells of a first header line in chunks that does not
    end in CRLF, and ``is_refused`` of a chunk that is read to be dropped. ``asked_of_from_line`` tells that
    it is known whether the client's ``From`` line counts, ``ignores_from_line`` that it does not. After
    ``only_reset`` no chunk may follow, and ``is_overrun`` tells of one that has gone beyond the limit.
    ``is_too_big`` tells that there is a body and the message is longer than it may be; a header alone never
    is. ``begun`` is the time when it began, ``problem`` why no more of it can be kept. ``has_more`` tells
    that something stands behind its end.
    """

    lines: Store
    limit: int = 0
    size: int = 0
    held: bytes = b""
    in_line: bool = False
    chunks: bool = False
    is_last: bool = False
    bad_ends: bool = False
    is_refused: bool = False
    only_reset: bool = False
    asked_of_from_line: bool = False
    ignores_from_line: bool = False
    is_too_big: bool = False
    body_start: int = 0
    is_overrun: bool = False
    chunk: int = 0
    left: int = 0
    begun: float = 0.0
    strict: bool | None = None
    ends: LineEnds | None = None
    problem: OSError | None = None
    has_more: bool = False

    def add(self, text: bytes) -> None:
        """Keep what came, as far as it is not too much; a header is kept whatever the limit is."""
        self.size += len(text)
        excess = self.size - self.limit if self.limit else 0
        if excess > 0 and not self.is_too_big:
            known = text if self.body_start else self.lines.in_memory() + text
            before = self.size - len(known)
            self.body_start = before + len(known) - len(line_ends.after_header(known))
            self.is_too_big = self.body_start < self.size or self.size > LONGEST_HEADER
            excess = 0
        if excess < len(text) and self.problem is None:
            try:
                self.lines.append(text[:-excess] if excess > 0 else text)
            except OSError as problem:
                self.problem = problem

    def take_whole(self, lines: bytes) -> bytes:
        """Take all lines of a message, as if each had ended in CRLF: nothing follows."""
        self.strict = True
        self.add(lines)
        return b""

    def take_dotted(self, data: bytes) -> bytes | None:
        """Take bytes of a message that ends with a dot: what follows the end, None before it has come."""
        if not (self.held or self.in_line or self.ends or self.strict is False) and data.endswith(WHOLE_END):
            text = None if self._hides_space(data) else _whole(data)
            if text is not None:
                self.strict = True
                self.add(text)
                return b""
        data = self.held + data
        if self.strict is None:
            self.strict = line_ends.is_strict(data)
        if self.ends is not None or self._is_irregular(data):
            return self._take_irregular(data)
        start = data.find(b"\n") + 1 if self.in_line else 0  # where the first line begins
        begins = bool(start) or not self.in_line
        end, rest = _dot_line(data, start) if begins else NOT_HERE
        found = end >= 0
        if not found:
            end = data.rfind(b"\n") + 1
            if len(data) - end > LONGEST_HELD:
                end = len(data) - data.endswith(b"\r")
        text, self.held = data[:end].replace(b"\r\n", b"\n"), b"" if found else data[end:]
        if begins and b"." in text:
            start = text.find(b"\n") + 1 if self.in_line else 0
            text = text[:start] + _without_dots(text[start:])
        if text:
            self.in_line = not text.endswith(b"\n")
            self.add(text)
        return data[rest:] if found else None

    def _take_irregular(self, data: bytes) -> bytes | None:
        """The same for a message whose lines do not all end alike."""
        if self.ends is None:
            known = b"" if self.in_line else self.lines.in_memory()
            in_header = not self.in_line and not line_ends.ends_header(known)
            state = line_ends.NORMAL if self.in_line else line_ends.START
            self.ends = line_ends.LineEnds(self.strict, in_header, state)
            if in_header:
                self.ends.size, self.ends.lines = len(known), known.count(b"\n")
                self.ends.continues = bool(known)
        text, self.held, rest = self.ends.take(data)
        if text:
            self.in_line = not text.endswith(b"\n")
            self.add(text)
        return rest

    def _is_irregular(self, data: bytes) -> bool:
        return line_ends.is_irregular(data, strict=self.strict) or self._hides_space(data)

    def _hides_space(self, data: bytes) -> bool:
        return line_ends.hides_space(data) and not line_ends.ends_header(self.lines.in_memory())

    def take_of_chunk(self, piece: bytes) -> None:
        """Take bytes of a chunk."""
        before, data = self.size, self.held + piece
        if self.ends is None and not self.size and not line_ends.is_usual_chunk(data):
            self.ends = line_ends.LineEnds(None, in_header=True, dots=False)
        if self.ends is None and line_ends.is_irregular(data, strict=False):
            self.ends = line_ends.LineEnds(strict=True, in_header=False, dots=False)
        if self.ends is not None:
            text, self.held, _ = self.ends.take(data)
        else:
            self.held = b"\r" if data.endswith(b"\r") else b""
            text = data[: len(data) - len(self.held)].replace(b"\r\n", b"\n")
        if text:
            self.in_line = not text.endswith(b"\n")
            self.add(text)
            if self.is_too_big:
                self._overrun(data, before)

    def end_chunks(self) -> None:
        """The last chunk is here: a line that is not whole ends with it."""
        if self.ends is not None:
            text = self.ends.rest(self.held)
            self.bad_ends = self.ends.is_first_loose
            if text:
                self.in_line = False
                self.add(text)
        if not self.is_overrun and (self.in_line or not self.size):
            self.add(b"\n")

    def _overrun(self, piece: bytes, before: int) -> None:
        """A chunk goes on beyond the limit: from there on ends of lines count as the two bytes they are."""
        text = piece.replace(b"\r\n", b"\n")
        within = max(self.limit, self.body_start) - before
        if text[: max(within, 0)].endswith(b"\n") and self.body_start >= self.limit:
            within += text[max(within, 0) :].startswith(b"\n")  # the empty line may come
        if self.is_overrun or within < len(text):
            ends = piece.count(b"\r\n")
            self.size += ends if self.is_overrun else ends - text[: max(within, 0) + 1].count(b"\n")
            self.is_overrun = True


def in_chunks(session: Session) -> bool:
    """True between the first chunk of a message and its last."""
    return session.reception is not None and session.reception.chunks
