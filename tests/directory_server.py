"""A small LDAP server for tests: it answers binds, and starts TLS where it has a certificate."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

BIND, EXTENDED = 0x60, 0x77
BIND_REPLY, EXTENDED_REPLY = 0x61, 0x78

Judge = Callable[[bytes, bytes], int | bytes | None]
"""Takes the user and the password: gives a result code, bytes to send as they are, or None to close."""


def element(tag: int, content: bytes) -> bytes:
    """A short element of BER."""
    assert len(content) < 128
    return bytes([tag, len(content)]) + content


def parts(content: bytes) -> list[tuple[int, bytes]]:
    """The short elements that stand in a content."""
    found = []
    while content:
        size = content[1]
        found.append((content[0], content[2 : 2 + size]))
        content = content[2 + size :]
    return found


def reply(number: bytes, tag: int, code: int) -> bytes:
    """A message with a result."""
    result = element(0x0A, code.to_bytes(1, "big")) + element(4, b"") + element(4, b"")
    return element(0x30, element(2, number) + element(tag, result))


class DirectoryServer:
    """Serves until the end of a ``with`` block; ``seen`` are the (version, user, password) of all binds."""

    def __init__(
        self,
        judge: Judge,
        *,
        path: str | None = None,
        tls: ssl.SSLContext | None = None,
        wrapped: bool = False,
    ) -> None:
        self.seen: list[tuple[int, bytes, bytes]] = []
        self._judge, self._tls, self._wrapped = judge, tls, wrapped
        self._socket = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._socket.bind(path or ("127.0.0.1", 0))
        self._socket.listen()
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        """The port of 127.0.0.1."""
        port: int = self._socket.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        try:
            if self._tls and self._wrapped:
                connection = self._tls.wrap_socket(connection, server_side=True)
            while message := connection.recv(4096):
                (_, number), (tag, content), *_ = parts(parts(message)[0][1])
                if tag == EXTENDED:
                    connection.sendall(reply(number, EXTENDED_REPLY, 0 if self._tls else 2))
                    if self._tls:
                        connection = self._tls.wrap_socket(connection, server_side=True)
                elif tag != BIND or not self._bind(connection, number, content):
                    return
        except OSError:
            return
        finally:
            connection.close()

    def _bind(self, connection: socket.socket, number: bytes, content: bytes) -> bool:
        (_, version), (_, user), (_, password) = parts(content)
        self.seen.append((version[0], user, password))
        verdict = self._judge(user, password)
        if verdict is None:
            return False
        connection.sendall(verdict if isinstance(verdict, bytes) else reply(number, BIND_REPLY, verdict))
        return True
