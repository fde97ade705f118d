"""Conversations with other programs over Unix and Internet sockets of this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from drivers.api.text import to_bytes

if TYPE_CHECKING:
    import socket

CHUNK = 65536


class RealSockets:
    """One request, one answer, one connection each."""

    def converse(
        self,
        address: str | tuple[str, int],
        request: bytes,
        *,
        timeout: float = 5.0,
        shutdown: bool = True,
        tls: bool = False,
        sni: str = "",
    ) -> bytes:
        """Connect to a Unix path or (host, port), send, and read to the end.

        ``timeout`` in seconds bounds connecting and the wait for each piece of the answer.
        ``shutdown`` ends our side once the request is sent. With ``tls`` the other side's
        certificate is not verified: `sni` is the name asked for. Raises ``OSError``.
        """
        import socket

        connection = _connect(address, timeout)
        with connection:
            if tls:
                connection = _start_tls(connection, sni)
            with connection:
                connection.sendall(request)
                if shutdown and not tls:
                    connection.shutdown(socket.SHUT_WR)
                return _read_to_end(connection, timeout)


def _connect(address: str | tuple[str, int], timeout: float) -> socket.socket:
    """A connected socket."""
    import socket

    if not isinstance(address, str):
        return socket.create_connection(address, timeout)
    if not address:
        raise ConnectionRefusedError(111, "Connection refused")  # what connecting to an empty path gives in C
    if "\0" in address[1:]:
        raise FileNotFoundError(2, "No such file or directory", address)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect(to_bytes(address))
    except BaseException:
        connection.close()
        raise
    return connection


def _start_tls(connection: socket.socket, sni: str) -> socket.socket:
    """The connection under TLS, whoever the other side says to be."""
    import ssl

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connection, server_hostname=sni or None)


def _read_to_end(connection: socket.socket, timeout: float) -> bytes:
    """All that comes until the other side closes; raises ``TimeoutError`` when nothing comes."""
    connection.settimeout(timeout)
    pieces = []
    deadline = time.monotonic() + timeout
    while piece := connection.recv(CHUNK):
        pieces.append(piece)
        if time.monotonic() > deadline:
            raise TimeoutError(110, "Connection timed out")
    return b"".join(pieces)
