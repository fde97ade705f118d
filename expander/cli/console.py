"""Standard input and output as bytes: held text goes out unchanged, whatever the locale."""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK = 65536
_LINES = late_pattern(rb"[^\n]*\n")
KEPT = 1 << 20
BLOCK = 4096


class Output:
    """Writes held text to a file descriptor.

    One that is closed, full or read by nobody takes all in silence: Exim's own exit status does not
    depend on whether its output could be written.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: list[str] = []
        self._size = 0
        self._own = 0

    def write(self, text: str) -> None:
        """Keep a text until `flush`, or until much is waiting."""
        self._waiting.append(text)
        self._size += len(text)
        if self._size > KEPT:
            self.flush()

    @property
    def keep(self) -> Callable[[str], None]:
        """Keeps a text without looking at how much is waiting: for the answers to what one read gave."""
        return self._waiting.append

    def repeat(self) -> None:
        """Write again what waits: a child that ends badly writes what its parent had not written yet.

        What a C program writes to a file or a pipe waits until there are so many bytes as `BLOCK`.
        """
        if os.isatty(self._descriptor):
            return
        text = "".join(self._waiting)
        own = self._own + len(text)
        tail = text[len(text) - min(own % BLOCK, len(text)) :]
        self._waiting.append(tail)
        self._own -= len(tail)

    def flush(self) -> None:
        """Write all that is waiting."""
        data = memoryview("".join(self._waiting).encode("latin-1"))
        self._own += len(data)
        self._waiting.clear()
        self._size = 0
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            return


class SilenceError(Exception):
    """Nothing has come for as long as it may."""


class Input:
    """Reads standard input in pieces, so that a line is answered as soon as it is there.

    ``patience`` is how many seconds each wait may last, 0 for ever; ``until`` is when all waiting ends, on
    the clock of `time.monotonic`, None for never. Then reading raises `SilenceError`.
    """

    def __init__(self, descriptor: int = 0, before_waiting: Output | None = None) -> None:
        self._descriptor = descriptor
        self.patience = 0.0
        self.until: float | None = None
        self._before_waiting = before_waiting
        self._data = b""
        self._at = 0

    def line(self, longest: int) -> bytes | None:
        """The next line with its newline, or the next ``longest`` bytes of it; None at the end."""
        while True:
            end = self._data.find(b"\n", self._at, self._at + longest)
            if end >= 0 or len(self._data) - self._at >= longest:
                return self._take(end + 1 if end >= 0 else self._at + longest)
            more = self._more()
            if not more:
                return self._take(len(self._data)) or None
            self._data, self._at = self._data[self._at :] + more, 0

    def take(self, most: int) -> bytes:
        """The next bytes, as many as are there, ``most`` at the most; none at the end."""
        if self._at == len(self._data):
            self._data, self._at = self._more(), 0
        return self._take(min(len(self._data), self._at + most))

    def give_back(self, size: int) -> None:
        """The last ``size`` bytes of what was taken come again."""
        self._at -= size

    def drop(self) -> None:
        """Forget what is here and was not taken."""
        self._at = len(self._data)

    def each(self, longest: int) -> Iterator[bytes]:
        """The lines one after the other, as `line` gives them; those that are here are cut at once."""
        while True:
            end = self._data.rfind(b"\n") + 1
            if end > self._at:
                for line in _LINES.findall(self._take(end)):
                    if len(line) <= longest:
                        yield line
                    else:
                        yield from _pieces(line, longest)
            more = self.line(longest)
            if more is None:
                return
            yield more

    def _take(self, end: int) -> bytes:
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def _more(self) -> bytes:
        if self._before_waiting is not None:
            self._before_waiting.flush()
        if self.patience > 0 or self.until is not None:
            self._wait()
        try:
            return os.read(self._descriptor, CHUNK)
        except OSError:
            # Closed, or a directory: nothing can be read from it, so it is at its end.
            return b""

    def _wait(self) -> None:
        """Wait until something is there. Raises `SilenceError`."""
        waits = [self.patience] if self.patience > 0 else []
        if self.until is not None:
            waits.append(max(self.until - time.monotonic(), 0))
        try:
            ready, _, _ = select.select([self._descriptor], [], [], min(waits))
        except OSError:
            return  # closed: nothing has to be waited for
        if not ready:
            raise SilenceError


def _pieces(line: bytes, longest: int) -> Iterator[bytes]:
    for at in range(0, len(line), longest):
        yield line[at : at + longest]


STDOUT = Output(1)
STDERR = Output(2)


def complain(text: str) -> None:
    """Write a text to standard error at once."""
    STDERR.write(text)
    STDERR.flush()
