"""Conversations with Redis servers (RESP2), with errors as the server words them.

The package ``redis`` takes their first word off, which Exim shows.
"""

from __future__ import annotations

import os
import time
import weakref
from typing import TYPE_CHECKING, TypeAlias

from drivers.api.text import from_bytes, to_bytes

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from drivers.api.protocols import Context

LONGEST_WAIT = 60.0
"""So many seconds an answer may take; Exim would wait for ever."""

LONGEST_LINE = 65536
DEEPEST = 8
CHUNK = 65536
CLOSED = "Server closed the connection"


class ErrorReply(str):
    """What a server says when it refuses a command."""

    __slots__ = ()


class StatusReply(str):
    """A word such as OK."""

    __slots__ = ()


Reply: TypeAlias = "str | int | list[Reply] | None"


class BrokenError(Exception):
    """A conversation came to no reply; the message is that of the library that Exim uses."""


class RespLink:
    """A connection to a Unix path or (host, port). Raises ``OSError`` or ``Refused``."""

    def __init__(self, ctx: Context, place: str | tuple[str, int]) -> None:
        import socket

        self._ctx = ctx
        self._buffer = bytearray()
        self._deadline = 0.0
        ctx.world.sockets.permit(place)
        if isinstance(place, str):
            self._socket = socket.socket(socket.AF_UNIX)
            try:
                self._socket.settimeout(LONGEST_WAIT)
                self._socket.connect(to_bytes(place))
            except BaseException:
                self._socket.close()
                raise
        else:
            try:
                self._socket = socket.create_connection(place, LONGEST_WAIT)
            except UnicodeError as error:
                raise OSError(str(error)) from error
        weakref.finalize(self, _close, self._socket)

    def ask(self, words: Sequence[str]) -> Reply:
        """Send a command; the reply to it. Raises `BrokenError`."""
        data = [b"*%d\r\n" % len(words)]
        data += (b"$%d\r\n%s\r\n" % (len(word), to_bytes(word)) for word in words)
        self._deadline = time.monotonic() + LONGEST_WAIT
        try:
            self._socket.settimeout(LONGEST_WAIT)
            self._socket.sendall(b"".join(data))
            return self._reply(0)
        except TimeoutError:
            raise BrokenError(os.strerror(11)) from None
        except OSError as error:
            raise BrokenError(error.strerror or str(error)) from None
        except ValueError:
            raise BrokenError("Protocol error") from None

    def _reply(self, depth: int) -> Reply:
        self._ctx.step()
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return StatusReply(from_bytes(rest))
        if kind == b"-":
            return ErrorReply(from_bytes(rest))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._text(int(rest))
        if kind == b"*" and depth < DEEPEST:
            return None if rest == b"-1" else [self._reply(depth + 1) for _ in range(int(rest))]
        shown = from_bytes(kind)
        raise BrokenError(f'Protocol error, got "{shown}" as reply type byte')

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > LONGEST_LINE:
                raise BrokenError("Protocol error")
            self._more()
        return self._taken(end)

    def _text(self, size: int) -> str:
        if size < 0:
            raise ValueError
        self._ctx.grown(size)
        while len(self._buffer) < size + 2:
            self._more()
        return from_bytes(self._taken(size))

    def _taken(self, size: int) -> bytes:
        """So many bytes, and the end of the line behind them is passed over."""
        data = bytes(self._buffer[:size])
        del self._buffer[: size + 2]
        return data

    def _more(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        piece = self._socket.recv(CHUNK)
        if not piece:
            raise BrokenError(CLOSED)
        self._buffer += piece


def _close(connection: socket.socket) -> None:
    connection.close()
