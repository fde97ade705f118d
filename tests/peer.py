"""A server on this machine that answers by the first word of what it is asked."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from selfsigned import certificate

STOP = struct.pack("ii", 1, 0)
ANSWERS = {
    b"nothing": b"",
    b"nul": b"a\0b\nc\nlast",
    b"crlf": b"a\r\nb\r\n",
    b"big": b"0123456789\n" * 20_000,
}
PATIENCE = 0.3
"""So many seconds the server waits for the end of a request that has no newline."""


class Peer:
    """A server that listens; ``served`` counts the requests that came."""

    def __init__(self, listener: socket.socket, certificate: Path | None = None) -> None:
        self.served = 0
        self._listener = listener
        self._certificate = certificate
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            try:
                self._answer(connection)
            except OSError:
                connection.close()

    def _answer(self, connection: socket.socket) -> None:
        asked_for: list[str | None] = []
        if self._certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
            context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
            connection = context.wrap_socket(connection, server_side=True)
        with connection:
            request, ended = read(connection)
            self.served += 1
            word = request.split()[0] if request.split() else b""
            if word == b"silent":
                time.sleep(1.3)
            elif word == b"slowly":
                for piece in (b"one\n", b"two\n", b"three\n", b"four\n", b"five\n"):
                    connection.sendall(piece)
                    time.sleep(0.3)
            elif word == b"reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, STOP)
            elif word in ANSWERS:
                connection.sendall(ANSWERS[word])
            else:
                name = next((name or "-" for name in asked_for), "-")
                said = f"{request!r} {'ended' if ended else 'open'} {name} {self.served}\n"
                connection.sendall(said.encode())
            if isinstance(connection, ssl.SSLSocket):
                connection.unwrap().close()

    def close(self) -> None:
        """Listen no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def read(connection: socket.socket) -> tuple[bytes, bool]:
    """A request up to its newline, and whether the other side has ended before one came."""
    connection.settimeout(PATIENCE)
    request = b""
    while not request.endswith(b"\n"):
        try:
            piece = connection.recv(4096)
        except TimeoutError:
            break
        if not piece:
            return request, True
        request += piece
    return request, False


@contextmanager
def listening(where: str | int, certificate: Path | None = None) -> Iterator[Peer]:
    """A server at a path, or at a port of 127.0.0.1 (0: some free one)."""
    if isinstance(where, str):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(where)
        listener.listen()
    else:
        listener = socket.create_server(("127.0.0.1", where))
    peer = Peer(listener, certificate)
    try:
        yield peer
    finally:
        peer.close()


class Places:
    """The servers, and the names under which the texts know them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        path = f"{folder}/socket"
        self.unix, self.inet = (stack.enter_context(listening(where)) for where in (path, 0))
        self.secure: Peer = stack.enter_context(listening(0, certificate(folder / "own.pem")))
        self.names = {
            "@UNIX@": path,
            "@NONE@": f"{folder}/none",
            "@PORT@": str(self.inet.port),
            "@TLS@": str(self.secure.port),
        }

    def filled(self, text: str) -> str:
        """The text with the names of this machine."""
        for name, value in self.names.items():
            text = text.replace(name, value)
        return text
