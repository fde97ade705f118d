"""What has come of a message: in memory up to some size, beyond that in a file."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    class File(Protocol):
        """What is written once, and read from its beginning on as often as is wanted."""

        def write(self, data: bytes, /) -> object:
            """Write all of the bytes."""

        def read(self, size: int = -1, /) -> bytes:
            """The next bytes."""

        def seek(self, offset: int, whence: int = 0, /) -> int:
            """Go to a place."""

        def close(self) -> None:
            """Let go of the file."""


IN_MEMORY = 4 << 20
"""Messages up to so many bytes stay in memory."""

MOST_AT_END = 1 << 20
"""So much of the end of a longer one is known without reading the file."""

PIECE = 1 << 16


class Store:
    """The bytes of one message in the order in which they came.

    ``open_file`` gives a file for reading and writing that is gone when it is closed; without it all stays in
    memory. ``size`` counts the bytes, ``newlines`` and ``zeros`` those of them without what is ``forgotten``.
    """

    __slots__ = ("_at_end", "_file", "_head", "_open_file", "_tail", "forgotten", "newlines", "size", "zeros")

    def __init__(self, open_file: Callable[[], File] | None = None) -> None:
        self._open_file = open_file
        self._file: File | None = None
        self._head: list[bytes] = []
        self._tail: deque[bytes] = deque()
        self._at_end = 0
        self.forgotten = b""
        self.size = self.newlines = self.zeros = 0

    def append(self, piece: bytes) -> None:
        """Add what came next. Raises ``OSError`` where the file cannot be written."""
        self.size += len(piece)
        if self._file is None and (self.size <= IN_MEMORY or self._open_file is None):
            self._head.append(piece)
            return
        if self._file is None:
            assert self._open_file is not None
            self._file = self._open_file()
            head = b"".join(self._head)
            self._head = [head]
            self._count(head)
            self._file.write(head)
        self._count(piece)
        self._file.write(piece)
        self._tail.append(piece)
        self._at_end += len(piece)
        while self._at_end - len(self._tail[0]) >= MOST_AT_END:
            self._at_end -= len(self._tail.popleft())

    def forget_beginning(self, count: int) -> None:
        """Let so many bytes of the beginning, which are in memory, be as if they had not come."""
        head = b"".join(self._head)
        self._head = [head[count:]]
        self.forgotten += head[:count]
        self.size -= count
        if self._file is not None:
            self.newlines -= head.count(b"\n", 0, count)
            self.zeros -= head.count(b"\0", 0, count)

    def __iter__(self) -> Iterator[bytes]:
        if self._file is None:
            yield from self._head
            return
        self._file.seek(len(self.forgotten))
        while piece := self._file.read(PIECE):
            yield piece

    def _count(self, piece: bytes) -> None:
        self.newlines += piece.count(b"\n")
        self.zeros += piece.count(b"\0")

    @property
    def is_long(self) -> bool:
        """True if only the beginning and the end are in memory."""
        return self._file is not None

    def in_memory(self) -> bytes:
        """All of a message that is not long; of another one its beginning and its end."""
        data = b"".join(self._head)
        return b"".join((data, *self._tail))

    def close(self) -> None:
        """Let go of all."""
        self._head.clear()
        self._tail.clear()
        if self._file is not None:
            self._file.close()
