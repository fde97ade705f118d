"""Bodies of messages that stay in their file because they are large."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.storage import OpenFile

LARGE = 1 << 20
"""Bodies of at least so many bytes are left where they are."""

CHUNK = 1 << 16


class LargeBody:
    """What stands in an open file from ``start`` on, read as it is asked for.

    It has those operations of bytes that take a piece at a time; ``bytes()`` reads all of it. With
    ``is_flat`` newlines are given as spaces. Each may raise ``OSError``.
    """

    def __init__(self, file: OpenFile, start: int, size: int, *, is_flat: bool = False) -> None:
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


Body = bytes | LargeBody


def flat(body: Body) -> Body:
    """A body with spaces for newlines, as variables show it."""
    return body.flat() if isinstance(body, LargeBody) else body.replace(b"\n", b" ")
