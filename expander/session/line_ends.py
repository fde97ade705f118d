"""Messages whose lines do not all end in CRLF: what becomes of CR and LF that stand alone.

Where the first line ends in CRLF no other end counts: a newline alone is a fold in the header and a blank in
the body, so that nobody can hide an end of the message behind it. A CR alone begins a new line, which is a
continuation in the header.
"""

from __future__ import annotations

from grammar.patterns import late_pattern
from grammar.record import State

_NAME = late_pattern(rb"[!-9;-~]+[ \t]*:")
_HEADER = late_pattern(rb"(?:[!-9;-~]+[ \t]*:[^\n]*\n|[ \t][^\n]*\n)*+")
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


def ends_header(text: bytes) -> bool:
    """True if a header has its end in these lines."""
    return b"\n" in after_header(text)


def after_header(text: bytes) -> bytes:
    """What follows the header lines that the text begins with."""
    found = _HEADER.match(text)
    return text[found.end() if found is not None else 0 :]


class LineEnds(State):
    """The state between two pieces of such a message; `take` goes on with the next.

    ``in_header`` tells that the header goes on, ``folds`` that its last line ended in a newline alone.
    """

    strict: bool | None
    in_header: bool
    state: str = START
    folds: bool = False

    def take(self, data: bytes) -> tuple[bytes, bytes, bytes | None]:
        """The text of a piece, what has to wait for more, what follows the message: None before its end."""
        out = bytearray()
        while self.in_header:
            end = data.find(b"\n") + 1
            if not end:
                return bytes(out), data, None
            line, data = data[:end], data[end:]
            if not self.folds and (line == b".\r\n" or (line == b".\n" and not self.strict)):
                return bytes(out), b"", data
            out += self._header_line(line)
        for at, byte in enumerate(data):
            if self._take_byte(byte, out):
                return bytes(out), b"", data[at + 1 :]
        return bytes(out), b"", None

    def _header_line(self, line: bytes) -> bytes:
        is_whole = line.endswith(b"\r\n")
        if self.strict is None:
            self.strict = is_whole
        text = line[: -2 if is_whole else -1]
        alone = bool(self.strict) and not is_whole
        if not text and not self.folds:
            self.in_header, self.state = False, NORMAL if alone else START
            return b"\n " if alone else b"\n"
        is_continued = self.folds or text[:1] in (b" ", b"\t")
        text = (b" " if self.folds else b"") + text.removeprefix(b".")
        self.folds = alone
        if not is_continued and not _NAME.match(text):
            self.in_header, self.folds, self.state = False, False, NORMAL if alone else START
            return text.replace(b"\r", b"\n ") + (b"\n " if alone else b"\n")
        return text.rstrip(b"\r").replace(b"\r", b"\n ") + b"\n"

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
