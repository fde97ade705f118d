"""Reading the body of a message piece by piece, with what is told of it afterwards."""

from __future__ import annotations

LONG = 1 << 16


class BodyReader:
    """Makes newlines of all line ends, and ends at a dot alone on a line if ``dot_ends``.

    What it makes of the pieces together is what `headers.read_message` makes of the whole. ``size``,
    ``zeros`` and ``longest`` are of what has come out; ``lines`` are the lines as Exim counts them.
    """

    def __init__(self, *, dot_ends: bool) -> None:
        self._dot_ends = dot_ends
        self._rest = b""
        self._is_within_line = False
        self._all_lines = self._length = 0
        self.size = self.zeros = self.longest = 0
        self.ended = False

    def feed(self, data: bytes) -> bytes:
        """What can be said of the body after a further piece of the input."""
        if self.ended:
            return b""
        data = self._rest + data
        held = b"\r" if data.endswith(b"\r") else b""  # a newline may follow
        data = self._with_newlines(data[: len(data) - len(held)])
        end = data.rfind(b"\n") + 1
        if len(data) - end > LONG:
            end = len(data)
        whole, self._rest = data[:end], data[end:] + held
        return self._taken(whole)

    def finish(self) -> bytes:
        """What is left at the end of the input."""
        if self.ended:
            return b""
        data, self._rest = self._with_newlines(self._rest), b""
        return self._taken(data)

    @property
    def lines(self) -> int:
        """The number of lines."""
        return self._all_lines + bool(self._length)

    def _with_newlines(self, data: bytes) -> bytes:
        if b"\r" not in data:
            return data
        return data.replace(b"\r\n", b"\n")

    def _taken(self, data: bytes) -> bytes:
        if self._dot_ends:
            comes_at_once = data.startswith(b".\n") and not self._is_within_line
            at = 0 if comes_at_once else data.find(b"\n.\n") + 1
            if at or comes_at_once:
                data = data[:at]
                self._end()
        if not data:
            return data
        self._is_within_line = not data.endswith(b"\n")
        data = data.replace(b"\r", b"\n")
        self._count(data)
        return data

    def _end(self) -> None:
        self.ended, self._rest = True, b""

    def _count(self, data: bytes) -> None:
        self.size += len(data)
        self.zeros += data.count(b"\0")
        first, *others = data.split(b"\n")
        self._length += len(first)
        self.longest = max(self.longest, self._length)
        if others:
            self._all_lines += len(others)
            self._length = len(others[-1])
            self.longest = max(self.longest, *map(len, others))
