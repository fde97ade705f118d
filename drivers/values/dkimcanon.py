"""Canonical forms of messages for signatures: "simple" and "relaxed" of RFC 6376, section 3.4."""

from __future__ import annotations

from grammar.patterns import late_pattern

SIMPLE, RELAXED = "simple", "relaxed"

_BLANKS = late_pattern(rb"[ \t]+")
_END_OF_LINE = late_pattern(rb"\r?\n")
_BLANKS_AT_ENDS = late_pattern(rb"(?<![ \t])[ \t]+(?=\r\n|\Z)")


def with_crlf(data: bytes) -> bytes:
    """The same with CR and LF at the end of each line."""
    if b"\r" not in data:
        return data.replace(b"\n", b"\r\n")
    return _END_OF_LINE.sub(b"\r\n", data)


def header_line(line: bytes, form: str) -> bytes:
    """A header line with its end in a canonical form; ``line`` has CR and LF at each end of a line."""
    if form == SIMPLE:
        return line
    name, _, value = line.replace(b"\r", b"").replace(b"\n", b"").partition(b":")
    value = _BLANKS.sub(b" ", value).strip(b" ")
    return _BLANKS.sub(b" ", name).rstrip(b" ").lower() + b":" + value + b"\r\n"


def body(data: bytes, form: str) -> bytes:
    """A body in a canonical form; ``data`` has CR and LF at each end of a line."""
    if form == RELAXED:
        data = _BLANKS.sub(b" ", _BLANKS_AT_ENDS.sub(b"", data))
    end = len(data)
    while data.endswith(b"\r\n", 0, end):
        end -= 2
    if end or form == SIMPLE:
        return data[:end] + b"\r\n"
    return b""
