"""Cutting a message into header lines and body as a local submission is read.

Exim reads a message in two ways: header lines byte by byte, with line ends of several kinds made
one, and the body as it is. The odd cases here are those that Exim shows with ``-bem``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from drivers.api.text import from_bytes, lower
from grammar.patterns import late_pattern
from grammar.record import Record

_BLANK_TAIL = late_pattern(r"(?:\n[ \t]*)+\Z", re.ASCII)
_HEADER = late_pattern(r"([!-9;-~\x80-\xff]*\s*):", re.ASCII)
_USUAL = late_pattern(r"([!-9;-~\x80-\xff]+[ \t]*):[^\n]*\n(?:[ \t][^\n]*\n)*+", re.ASCII)
_BLANK = late_pattern(rb"\r?\n")
_DOT_IN_HEADER = late_pattern(rb"\.\r?\n")
_DOT_BEFORE_CRLF = late_pattern(rb"\.\r\n")
_DOT_AT_END = late_pattern(rb"\.\r?\Z")
_DOT_IN_BODY = late_pattern(rb"(?:\A|(?<=\n))\.(?:\n|\Z)")
_DOT_LINE = late_pattern(rb"(?:\A|(?<=\n))\.\n")

END_BLANK = frozenset(" \t\n")
"""What may have to go from the end of a header line."""

Header = tuple[str, str]
"""The name of a header line and its whole text, name and newline included."""


class ReadMessage(Record):
    """What a message consists of.

    ``headers`` are the header lines in order. ``envelope_lines`` are the lines ``From ...`` that
    stood before them. ``stray`` is the line that ended the header though it is not empty: it is in
    no variable, but belongs to the body of a message that is kept. ``facts`` are the variables
    that follow, by name.
    """

    headers: tuple[Header, ...]
    body: bytes
    envelope_lines: tuple[str, ...]
    stray: str
    facts: dict[str, str]


def never(_line: str) -> bool:
    """Take no line for one of an envelope: what messages that come by SMTP have."""
    return False


def read_message(
    data: bytes,
    *,
    is_envelope_line: Callable[[str], bool] = never,
    dot_ends: bool = True,
    mends_line_ends: bool = False,
    counts_body: bool = False,
    reads_body: bool = True,
) -> ReadMessage:
    """Read a message as Exim reads one from a file or from its standard input.

    ``is_envelope_line`` tells whether a line before all others is the ``From`` line that
    mailboxes and UUCP put there (the main option ``uucp_from_pattern``). ``dot_ends`` is false
    under ``-oi``: then a dot alone on a line is part of the message. ``mends_line_ends`` makes newlines of
    all line ends in the body, CR and LF and CR alone, and counts empty lines, ``counts_body`` how long
    its lines are: of a message that is only looked at the body is not read. Without
    ``reads_body`` what follows the header is given as it stands, and the facts tell of the header alone.
    Never raises.
    """
    reader = _HeaderReader(data, is_envelope_line, dot_ends=dot_ends)
    reader.run()
    rest = b"" if reader.ended else reader.body_start + data[reader.position :]
    if not reads_body:
        body, lines = b"", 0
    elif mends_line_ends:
        # A dot ends the message behind a newline alone: where CR stands for one it does not.
        body = _kept(rest.replace(b"\r\n", b"\n")) if dot_ends else rest.replace(b"\r\n", b"\n")
        body, lines = _body(body.replace(b"\r", b"\n"), dot_ends=False)
    elif counts_body and dot_ends:
        body, lines = _body(_kept(rest), dot_ends=False)
    else:
        body, lines = _body(rest, dot_ends=dot_ends)
    received = sum(
        [name[:1] in "rR" and lower(name.rstrip(" \t")) == "received" for name, _ in reader.headers]
    )
    facts = {
        "message_size": str(reader.size + len(body)),
        "message_body_size": str(len(body)),
        "message_linecount": str(reader.lines + lines),
        "body_linecount": str(lines),
        "body_zerocount": str((body.count(b"\0") if b"\0" in body else 0) + reader.stray.count("\0")),
        "max_received_linelength": str(max(reader.longest, _longest(body) if counts_body else 0)),
        "received_count": str(received + 1),
    }
    body = body if reads_body else rest
    return ReadMessage(tuple(reader.headers), body, tuple(reader.envelope_lines), reader.stray, facts)


def _kept(data: bytes) -> bytes:
    """The body of a message that is kept, up to a line with a dot alone, which has to be a whole one."""
    dot = _DOT_LINE.search(data)
    return data[: dot.start()] if dot else data


def _body(data: bytes, *, dot_ends: bool) -> tuple[bytes, int]:
    """The body, and how many lines Exim says it has.

    Where a dot can end one that is only looked at empty lines are not counted, but a dot that comes at
    once is.
    """
    if not dot_ends:
        return data, data.count(b"\n") + (not data.endswith(b"\n") and data != b"")
    dot = _DOT_IN_BODY.search(data)
    body = data[: dot.start()] if dot else data
    return body, sum(1 for line in body.split(b"\n") if line) + (dot is not None and not body)


def _longest(body: bytes) -> int:
    """The length of the longest line."""
    return max(map(len, body.split(b"\n")))


class _HeaderReader:
    """Reads the header and counts as Exim does while doing so."""

    def __init__(self, data: bytes, is_envelope_line: Callable[[str], bool], *, dot_ends: bool) -> None:
        self._data = data
        self._is_envelope_line = is_envelope_line
        self._dot_ends = dot_ends
        self._strict = data[: data.find(b"\n") + 1].endswith(b"\r\n")
        self._dot_line = _DOT_BEFORE_CRLF if self._strict else _DOT_IN_HEADER
        self.position = 0
        self.body_start = b""
        self.headers: list[Header] = []
        self.envelope_lines: list[str] = []
        self.stray = ""
        self.size = self.lines = self.longest = 0
        self.ended = False

    def run(self) -> None:
        """Read up to the line after the header, or to the end of the message."""
        if self._is_envelope_line is never and not self._dot_ends and self._read_usual():
            return
        while not self.ended:
            if self._dot_ends and (dot := self._dot_line.match(self._data, self.position)):
                self.position, self.ended = dot.end(), True
            elif blank := _BLANK.match(self._data, self.position):
                if self._strict and blank[0] == b"\n":
                    self.body_start = b" "
                self._end_with_blank_line(blank.end())
                return
            elif self.position == len(self._data):
                # An empty message is read as one with an empty line.
                if not self.lines:
                    self._end_with_blank_line(self.position)
                self.ended = True
            elif not self._take_line():
                return

    def _read_usual(self) -> bool:
        """Read a header in which all lines are such as nearly all are; false if there are others in it."""
        end = self._data.find(b"\n\n") + 1
        head = self._data[:end]
        if self._strict or b"\r" in head or b"\0" in head:
            return False
        text, at, headers = from_bytes(head), 0, []
        for found in _USUAL.finditer(text):
            if found.start() != at:
                return False
            at, line = found.end(), found[0]
            headers.append((found[1], _BLANK_TAIL.sub("\n", line) if line[-2:-1] in END_BLANK else line))
        if at != end or not end:
            return False
        self.headers = headers
        self.size = sum([len(line) for _, line in headers])
        self.lines, self.longest = text.count("\n"), max(map(len, text.split("\n")))
        self._end_with_blank_line(end + 1)
        return True

    def _end_with_blank_line(self, position: int) -> None:
        self.position = position
        self.size += 1
        self.lines += 1

    def _unfolded(self) -> list[bytes]:
        """The pieces of the next line and its continuations.

        Where the first line of the message ends in CRLF, a bare LF is no line end: Exim puts a
        space after it, so that what follows is a continuation.
        """
        pieces, start = [], b""
        while True:
            end = self._data.find(b"\n", self.position) + 1 or len(self._data)
            line = start + self._data[self.position : end]
            self.position = end
            pieces.append(line.removesuffix(b"\n"))
            bare = self._strict and line.endswith(b"\n") and not line.endswith(b"\r\n")
            start = b" " if bare else b""
            if not bare and self._data[end : end + 1] not in (b" ", b"\t"):
                return pieces

    def _after_dot(self) -> bytes:
        """The data with what Exim makes of the byte after a dot that does not end the message."""
        data, after = self._data, self.position + 1
        if _DOT_AT_END.match(data, self.position):
            return data[:after] + data[after:].replace(b"\r", b" ") + b"\xff"  # the end is taken for a byte
        if self._strict and data.startswith(b".\n", self.position):
            return data[:after] + b" " + data[after + 1 :]
        return data

    def _take_line(self) -> bool:
        """Take one line with its continuations; false if it is not a header line."""
        if self._dot_ends:
            self._data = self._after_dot()
        pieces = [_without_line_end(piece) for piece in self._unfolded()]
        self.lines += len(pieces)
        self.longest = max(self.longest, *map(len, pieces))
        text = "\n".join(map(from_bytes, pieces)) + "\n"
        if not self.headers and self._is_envelope_line is not never and self._is_envelope_line(text):
            self.envelope_lines.append(text)
            self.size += len(text)
            return True
        found = _HEADER.match(text)
        if found is None:
            self.stray = text
            self.size += len(text)
            return False
        if text[-2:-1] in END_BLANK:
            text = _BLANK_TAIL.sub("\n", text)
        text = text.replace("\0", "?")
        self.headers.append((found[1], text))
        self.size += len(text)
        return True


def _without_line_end(piece: bytes) -> bytes:
    r"""A line without the CR of its CRLF; any other CR becomes a line end with a fold after it."""
    return piece.removesuffix(b"\r").replace(b"\r", b"\n ")


def moved(
    old: Sequence[tuple[int, str]], before: Sequence[Header], after: Sequence[Header]
) -> list[tuple[int, str]]:
    """Lines that are no longer there, as `removed` gives them, once others have gone as well."""
    left = {id(header) for header in after}
    return [(sum(id(header) in left for header in before[:at]), text) for at, text in old]


def removed(before: Sequence[Header], after: Sequence[Header]) -> list[tuple[int, str]]:
    """The texts of lines that are no longer there, each with the number of the line before which it stood."""
    gone: list[tuple[int, str]] = []
    at = 0
    for header in before:
        if at < len(after) and after[at] is header:
            at += 1
        else:
            gone.append((at, header[1]))
    return gone
