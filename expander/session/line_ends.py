"""Messages whose lines do not all end in CRLF: what becomes of CR and LF that stand alone.

Where the first line ends in CRLF no other end counts: a newline alone is a fold in the header and a blank in
the body, so that nobody can hide an end of the message behind it. A CR alone begins a new line, which is a
continuation in the header.
"""

from __future__ import annotations

from grammar.patterns import late_pattern
from grammar.record import State

_NAME = late_pattern(rb"[!-9;-~\x80-\xff]*+\s*:")
_HEADER = late_pattern(rb"(?:[!-9;-~\x80-\xff]*+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*+)*+")
START, NORMAL, CR, DOT, DOT_CR = "start", "normal", "cr", "dot", "dot cr"
"""Where the next byte of the body stands: at the start of a line, in it, behind a CR, a dot, both of them."""


def is_strict(line: bytes) -> bool | None:
    """Whether the end of the first line is CRLF, None before it has come."""
    end = line.find(b"\n")
    return None if end < 0 else line[:end].endswith(b"\r")


def is_irregular(data: bytes, *, strict: bool | None) -> bool:
    """True if there are CRs alone, or newlines alone that are no ends."""
    both = data.count(b"\r\n")
    cr = data.count(b"\r") - data.endswith(b"\r")
    return cr != both or (strict is not False and data.count(b"\n") != both)


def is_usual_chunk(data: bytes) -> bool:
    """True if chunks begin with a whole header, all of whose lines end in CRLF."""
    end = data.find(b"\r\n\r\n") + 2
    head = data[:end]
    if end < 2 or head.count(b"\r\n") != head.count(b"\n") or head.count(b"\r") != head.count(b"\n"):
        return False
    return not after_header(head)


def hides_space(text: bytes) -> bool:
    """True if a line begins with a dot and a blank: in the header it would be taken for a continuation."""
    return text.startswith((b". ", b".\t")) or b"\n. " in text or b"\n.\t" in text


def ends_header(text: bytes) -> bool:
    """True if a header has its end in these lines."""
    return b"\n" in after_header(text)


def after_header(text: bytes) -> bytes:
    """What follows the header lines that the text begins with."""
    found = _HEADER.match(text)
    return text[found.end() if found is not None else 0 :]


class LineEnds(State):
    """The state between two pieces of such a message; `take` goes on with the next.

    ``in_header`` tells that the header goes on. Its lines are read in units, each with its continuations:
    ``unit`` is what the one in hand has so far, ``continues`` tells that one was there before, ``is_stray``
    that it was no header line, ``is_folded`` that the last line ended in a newline alone. ``size`` counts the
    bytes of text up to here, ``lines`` those of the header as they came; ``stray`` is where a unit that
    was no header line begins and how long it is, ``header_end`` where the header ended, -1 before that.
    Without ``dots``, in chunks, a dot is a byte like any other.
    """

    strict: bool | None
    in_header: bool
    state: str = START
    dots: bool = True
    size: int = 0
    lines: int = 0
    continues: bool = False
    unit: bytes = b""
    is_stray: bool = False
    is_folded: bool = False
    is_first_loose: bool = False
    stray: tuple[int, int] = (0, 0)
    header_end: int = -1

    def take(self, data: bytes) -> tuple[bytes, bytes, bytes | None]:
        """The text of a piece, what has to wait for more, what follows the message: None before its end."""
        out = bytearray()
        while self.in_header:
            if self.is_stray and not self.unit and data and data[:1] not in _BLANKS:
                self.in_header = False
                break
            end = data.find(b"\n") + 1
            if not end:
                return bytes(out), data, None
            line, data = data[:end], data[end:]
            if self.dots and not self.unit and (line == b".\r\n" or (line == b".\n" and not self.strict)):
                return bytes(out), b"", data
            self._header_line(line, out)
        if not self.dots:
            held = b"\r" if data.endswith(b"\r") else b""
            text = data[: len(data) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            return bytes(out + text), held, None
        for at, byte in enumerate(data):
            if self._take_byte(byte, out):
                return bytes(out), b"", data[at + 1 :]
        return bytes(out), b"", None

    def go_on_as_lines(self) -> None:
        """What comes next are lines of the body, with dots, though there were chunks before."""
        self.dots, self.in_header, self.state = True, False, START

    def rest(self, held: bytes) -> bytes:
        """The text of what has waited, where chunks end with it."""
        out = bytearray()
        if self.in_header and (held or self.unit):
            self._header_line(held + b"\r\n", out)
        return bytes(out)

    def _header_line(self, line: bytes, out: bytearray) -> None:
        """Take a line up to its newline, which ends nothing where it stands alone."""
        self.lines += 1
        is_whole = line.endswith(b"\r\n")
        if self.strict is None:
            self.strict = is_whole
        is_alone = bool(self.strict) and not is_whole
        text = line[: -2 if is_whole else -1]
        if not self.unit and not (self.continues and text[:1] in _BLANKS):
            if not text:
                self._end_header(b"\n " if is_alone else b"\n", out)
                return
            self.continues = False
            text = text.removeprefix(b".") if self.dots else text
            if is_alone and not text:
                self._add(b" ", out)
                self.lines -= 1
                return
        self._add(text.replace(b"\r", b"\n ") + (b"\n " if is_alone else b"\n"), out)
        if not is_alone:
            self._ends_unit()

    def _end_header(self, text: bytes, out: bytearray) -> None:
        """An empty line ends the header; if its newline stands alone, the body has a blank for it."""
        self.in_header, self.header_end = False, self.size
        self.state = START if text == b"\n" else NORMAL
        out += text
        self.size += len(text)

    def _add(self, text: bytes, out: bytearray) -> None:
        out += text
        self.unit += text
        self.size += len(text)

    def _ends_unit(self) -> None:
        """The line in hand ends: it may be continued, but what it is, is known."""
        unit, self.unit = self.unit, b""
        if self.is_stray:
            self.stray = self.stray[0], self.stray[1] + len(unit)
        elif not self.continues and not _NAME.match(unit):
            self.is_stray, self.header_end = True, self.size - len(unit)
            self.stray = self.header_end, len(unit)
        elif self.size == len(unit):
            self.is_first_loose = not self.strict
        self.continues = True

    def _take_byte(self, byte: int, out: bytearray) -> bool:
        """Take a byte of the body; true if it ends the message."""
        state = self.state
        if state == START:
            if byte == _DOT:
                self.state = DOT
                return False
            state = self.state = NORMAL
        if state == CR:
            out += b"\n"
            if byte == _LF:
                self.state = START
                return False
            if byte == _CR:
                return False
            state = self.state = NORMAL
        elif state == DOT:
            if byte == _CR:
                self.state = DOT_CR
                return False
            if byte == _LF and not self.strict:
                return True
            state = self.state = NORMAL
        elif state == DOT_CR:
            if byte == _LF:
                return True
            out += b"\n"
            self.state = CR if byte == _CR else NORMAL
            if byte == _CR:
                return False
            state = NORMAL
        if byte == _CR:
            self.state = CR
        elif byte == _LF and self.strict:
            out += b" "
        elif byte == _LF:
            out += b"\n"
            self.state = START
        else:
            out.append(byte)
        return False


_DOT, _LF, _CR = b".\n\r"
_BLANKS = (b" ", b"\t")
