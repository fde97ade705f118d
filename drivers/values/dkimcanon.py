"""Canonical forms of messages for signatures: "simple" and "relaxed" of RFC 6376, section 3.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Body = bytes | Callable[[], Iterator[bytes]]
    """The body of a message: as a whole, or what gives it piece by piece, each time anew."""

SIMPLE, RELAXED = "simple", "relaxed"

_BLANKS = late_pattern(rb"[ \t]+")
_END_OF_LINE = late_pattern(rb"\r?\n")
_BLANKS_BUT_ONE = late_pattern(rb"[ \t]{2,}|\t")
LONG = 1 << 16


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


def pieces_of(body: Body) -> Iterator[bytes]:
    """A body piece by piece."""
    return iter((body,)) if isinstance(body, bytes) else body()


def crlf_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What `with_crlf` makes of the pieces together."""
    held = b""
    for piece in pieces:
        data = held + piece
        held = b"\r" if data.endswith(b"\r") else b""
        yield with_crlf(data[: len(data) - len(held)])
    yield held


def body(data: bytes, form: str) -> bytes:
    """A body in a canonical form; ``data`` has CR and LF at each end of a line."""
    return b"".join(body_pieces((data,), form))


def body_pieces(pieces: Iterable[bytes], form: str) -> Iterator[bytes]:
    """The same piece by piece."""
    ends, is_empty = 0, True  # of lines at the end so far, which count only if something follows
    for piece in pieces if form == SIMPLE else _relaxed(pieces):
        end = len(piece)
        while piece.endswith(b"\r\n", 0, end):
            end -= 2
        if end:
            yield b"\r\n" * ends
            yield piece[:end]
            ends, is_empty = 0, False
        ends += (len(piece) - end) // 2
    if form == SIMPLE or not is_empty:
        yield b"\r\n"


def _relaxed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines, or parts of long ones, with one blank for many and none at the ends of lines."""
    rest = b""
    for piece in pieces:
        data = rest + piece
        end = data.rfind(b"\r\n") + 2
        if end == 1:
            end = len(data.removesuffix(b"\r").rstrip(b" \t")) if len(data) > LONG else 0
        rest = data[end:]
        if len(rest) > LONG:  # it has blanks alone, or is about to be cut
            rest = _BLANKS_BUT_ONE.sub(b" ", rest)
        yield _BLANKS_BUT_ONE.sub(b" ", data[:end]).replace(b" \r\n", b"\r\n")
    yield _BLANKS_BUT_ONE.sub(b" ", rest).removesuffix(b" ")
