"""Bodies of messages that stay in their file because they are large."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class Readable(Protocol):
        """A file that is read."""

        def read(self, size: int = -1, /) -> bytes:
            """The next bytes."""

        def seek(self, offset: int, whence: int = 0, /) -> int:
            """Go to a place."""


LARGE = 1 << 20
"""Bodies of at least so many bytes are left where they are."""

CHUNK = 1 << 16


class LargeBody:
    """What stands in an open file from ``start`` on, read as it is asked for.

    It has those operations of bytes that take a piece at a time; ``bytes()`` reads all of it. With
    ``is_flat`` newlines are given as spaces. Each may raise ``OSError``.
    """

    def __init__(self, file: Readable, start: int, size: int, *, is_flat: bool = False) -> None:
        self._file = file
        self._start = start
        self._size = size
        self._is_flat = is_flat

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, end, _ = part.indices(self._size)
        self._file.seek(self._start + start)
        data = self._file.read(max(end - start, 0))
        return data.replace(b"\n", b" ") if self._is_flat else data

    def __bytes__(self) -> bytes:
        return self[:]

    def flat(self) -> LargeBody:
        """The same with spaces for newlines."""
        return LargeBody(self._file, self._start, self._size, is_flat=True)

    def chunks(self) -> Iterator[bytes]:
        """All of it in pieces of some size."""
        for at in range(0, self._size, CHUNK):
            yield self[at : at + CHUNK]

    def lines(self) -> Iterator[tuple[bytes, bool]]:
        """The same in pieces that end where lines do, and whether a line begins there.

        A very long line is in several pieces.
        """
        rest, is_start = b"", True
        for chunk in self.chunks():
            data = rest + chunk
            end = data.rfind(b"\n") + 1
            if not end and len(data) > LARGE:
                end = len(data)
            if end:
                yield data[:end], is_start
                is_start = data.endswith(b"\n", 0, end)
            rest = data[end:]
        if rest:
            yield rest, is_start

    def part(self, start: int, end: int) -> LargeBody:
        """The bytes from ``start`` to ``end``, left where they are."""
        return LargeBody(self._file, self._start + start, end - start, is_flat=self._is_flat)

    def find(self, what: bytes) -> int:
        """Where something short stands first, -1 if nowhere."""
        at, before = 0, b""
        for chunk in self.chunks():
            found = (before + chunk).find(what)
            if found >= 0:
                return at - len(before) + found
            at += len(chunk)
            before = chunk[1 - len(what) :]
        return -1

    def count(self, what: bytes) -> int:
        """How often a byte occurs."""
        return sum(chunk.count(what) for chunk in self.chunks())

    def longest_line(self) -> int:
        """The length of the longest line."""
        longest = length = 0
        for chunk in self.chunks():
            first, *others = chunk.split(b"\n")
            length += len(first)
            longest = max(longest, length)
            if others:
                longest = max(longest, *map(len, others))
                length = len(others[-1])
        return longest


class WireBody(LargeBody):
    """One in a file with the line ends of SMTP (``spool_wireformat``), which are newlines when it is read."""

    def __init__(self, file: Readable, start: int, size: int, *, is_flat: bool = False) -> None:
        super().__init__(file, start, size, is_flat=is_flat)
        self._in_file = size
        self._size = sum(map(len, self.chunks()))

    def __getitem__(self, part: slice) -> bytes:
        start, end, _ = part.indices(self._size)
        if end - start <= self._size - end:  # from the beginning on
            return self._cut(self._in_file_from(0), start, end)
        back = min(2 * (self._size - start) + 1, self._in_file)  # in which there is enough of it
        data = b"".join(self._in_file_from(self._in_file - back))
        return data[len(data) - (self._size - start) : len(data) - (self._size - end)]

    def flat(self) -> LargeBody:
        """The same with spaces for newlines."""
        return WireBody(self._file, self._start, self._in_file, is_flat=True)

    def chunks(self) -> Iterator[bytes]:
        """All of it in pieces of some size."""
        yield from self._in_file_from(0)

    @staticmethod
    def _cut(pieces: Iterator[bytes], start: int, end: int) -> bytes:
        found, at = [], 0
        for piece in pieces:
            if at >= end:
                break
            found.append(piece[max(start - at, 0) : end - at])
            at += len(piece)
        return b"".join(found)

    def _in_file_from(self, at: int) -> Iterator[bytes]:
        """What stands in the file from a place on."""
        held = b""
        while at < self._in_file:
            self._file.seek(self._start + at)
            data = held + self._file.read(min(CHUNK, self._in_file - at))
            at += len(data) - len(held)
            held = b"\r" if data.endswith(b"\r") and at < self._in_file else b""
            data = data[: len(data) - len(held)].replace(b"\r\n", b"\n")
            if data:
                yield data.replace(b"\n", b" ") if self._is_flat else data


Body = bytes | LargeBody


def beginning(body: Body, size: int) -> Body:
    """The first bytes of a body, as many as ``size``."""
    if size >= len(body):
        return body
    return body.part(0, size) if type(body) is LargeBody else body[:size]


def flat(body: Body) -> Body:
    """A body with spaces for newlines, as variables show it."""
    return body.flat() if isinstance(body, LargeBody) else body.replace(b"\n", b" ")
