"""A small LDAP server for tests: it answers binds and searches as told, and starts TLS with a certificate."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

BIND, SEARCH, EXTENDED = 0x60, 0x63, 0x77
BIND_REPLY, ENTRY, DONE, REFERENCE, EXTENDED_REPLY = 0x61, 0x64, 0x65, 0x73, 0x78

Judge = Callable[[bytes, bytes], int | bytes | None]
"""Takes the user and the password: gives a result code, bytes to send as they are, or None to close."""

Search = Callable[[bytes, bytes], bytes | None]
"""Takes the number of the message and the base of a search: gives what is sent, or None to close."""


def element(tag: int, content: bytes) -> bytes:
    """An element of BER."""
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def parts(content: bytes) -> list[tuple[int, bytes]]:
    """The elements that stand in a content."""
    found = []
    while content:
        size, start = content[1], 2
        if size >= 128:
            start += size - 128
            size = int.from_bytes(content[2:start], "big")
        found.append((content[0], content[start : start + size]))
        content = content[start + size :]
    return found


def reply(
    number: bytes,
    tag: int,
    code: int,
    matched: bytes = b"",
    text: bytes = b"",
    referrals: Sequence[bytes] = (),
) -> bytes:
    """A message with a result."""
    size = (code.bit_length() + 8) // 8
    result = element(0x0A, code.to_bytes(size, "big")) + element(4, matched) + element(4, text)
    if referrals:
        result += element(0xA3, b"".join(element(4, one) for one in referrals))
    return element(0x30, element(2, number) + element(tag, result))


def entry(number: bytes, name: bytes, **attributes: Sequence[bytes]) -> bytes:
    """A message with an entry that a search has found."""
    listed = b"".join(
        element(0x30, element(4, kind.encode()) + element(0x31, b"".join(element(4, one) for one in values)))
        for kind, values in attributes.items()
    )
    return element(0x30, element(2, number) + element(ENTRY, element(4, name) + element(0x30, listed)))


def reference(number: bytes, *urls: bytes) -> bytes:
    """A message that says where a search has to be continued."""
    return element(0x30, element(2, number) + element(REFERENCE, b"".join(element(4, url) for url in urls)))


class DirectoryServer:
    """Serves until the end of a ``with`` block; ``seen`` are the (version, user, password) of all binds."""

    def __init__(
        self,
        judge: Judge,
        *,
        search: Search | None = None,
        path: str | None = None,
        tls: ssl.SSLContext | None = None,
        wrapped: bool = False,
    ) -> None:
        self.seen: list[tuple[int, bytes, bytes]] = []
        self.connections = 0
        self._search = search
        self._judge, self._tls, self._wrapped = judge, tls, wrapped
        self._socket = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._socket.bind(path or ("127.0.0.1", 0))
        self._socket.listen()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()

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
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
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
            self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        self._open.add(connection)
        try:
            if self._tls and self._wrapped:
                connection = self._secured(connection)
            while received := connection.recv(4096):
                for _, message in parts(received):
                    kept = self._answer(connection, message)
                    if kept is None:
                        return
                    connection = kept
        except OSError:
            return
        finally:
            self._open.discard(connection)
            connection.close()

    def _answer(self, connection: socket.socket, message: bytes) -> socket.socket | None:
        """Answer a message; the connection to go on with, None for none."""
        (_, number), (tag, content), *_ = parts(message)
        if tag == EXTENDED:
            connection.sendall(reply(number, EXTENDED_REPLY, 0 if self._tls else 2))
            return self._secured(connection) if self._tls else connection
        if tag == SEARCH and self._search:
            answer = self._search(number, parts(content)[0][1])
            if answer is None:
                return None
            connection.sendall(answer)
            return connection
        return connection if tag == BIND and self._bind(connection, number, content) else None

    def _secured(self, connection: socket.socket) -> socket.socket:
        assert self._tls is not None
        self._open.discard(connection)
        secured = self._tls.wrap_socket(connection, server_side=True)
        self._open.add(secured)
        return secured

    def _bind(self, connection: socket.socket, number: bytes, content: bytes) -> bool:
        (_, version), (_, user), (_, password) = parts(content)
        self.seen.append((version[0], user, password))
        verdict = self._judge(user, password)
        if verdict is None:
            return False
        connection.sendall(verdict if isinstance(verdict, bytes) else reply(number, BIND_REPLY, verdict))
        return True
