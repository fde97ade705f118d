"""A SOCKS5 proxy on this machine that answers as it is told. See RFC 1928 and RFC 1929."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

METHOD, NAME, CONNECT = "METHOD", "NAME", "CONNECT"
GRANTED = b"\5\0\0\1\x7f\0\0\x02\x12\x34"
USUAL: Mapping[str, bytes | None] = {METHOD: b"\5\0", NAME: b"\1\0", CONNECT: GRANTED}
WAITS = b"waits"
"""An answer that does not come."""


class SocksPeer:
    """A proxy. ``heard`` has what each connection has sent, step by step.

    An answer of None hangs up.
    """

    def __init__(self, answers: Mapping[str, bytes | None]) -> None:
        self._answers = {**USUAL, **answers}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.heard: list[list[str]] = []
        self._threads: list[threading.Thread] = []
        self._main = threading.Thread(target=self._serve, daemon=True)
        self._main.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        """Nothing more than itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Listen no more, and wait for the conversations to end."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in (self._main, *self._threads):
            thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            heard: list[str] = ["(socks)"]
            self.heard.append(heard)
            thread = threading.Thread(target=self._talk, args=(connection, heard), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket, heard: list[str]) -> None:
        with connection, suppress(OSError):
            connection.settimeout(20)
            if not self._step(connection, heard, METHOD):
                return
            if self._answers[METHOD] == b"\5\2" and not self._step(connection, heard, NAME):
                return
            data = connection.recv(4096)
            if not data:
                heard.append("(end)")
                return
            heard.append(f"{data[:-2].hex()} port {int.from_bytes(data[-2:], 'big')}")
            if self._say(connection, CONNECT) and self._answers[CONNECT][1:2] == b"\0":  # type: ignore[index]
                self._forward(connection, data)

    def _step(self, connection: socket.socket, heard: list[str], step: str) -> bool:
        data = connection.recv(4096)
        heard.append(data.hex() if data else "(end)")
        return bool(data) and self._say(connection, step)

    def _say(self, connection: socket.socket, step: str) -> bool:
        answer = self._answers[step]
        if answer == WAITS:
            connection.recv(1)
        elif answer is not None:
            connection.sendall(answer)
            return True
        return False

    def _forward(self, connection: socket.socket, request: bytes) -> None:
        """Carry bytes to the host that was asked for, and back."""
        family = socket.AF_INET6 if request[3] == 4 else socket.AF_INET
        address = socket.inet_ntop(family, request[4:-2])
        with socket.create_connection((address, int.from_bytes(request[-2:], "big"))) as other:
            back = threading.Thread(target=_pump, args=(other, connection), daemon=True)
            back.start()
            _pump(connection, other)
            back.join(5)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
