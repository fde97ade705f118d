"""Conversations with other programs over Unix and Internet sockets of this machine."""

from __future__ import annotations

import errno
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import BrokenOffError
from drivers.api.text import to_bytes

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from drivers.api.links import Secured, Securing
    from expander.world.tls_sessions import Keeper

CHUNK = 65536
LONGEST_PATH = 107
"""So many bytes of a path fit an address; the rest is cut off."""


class RealLink:
    """A socket that is connected."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._keeper: Keeper | None = None

    def send(self, data: bytes) -> None:
        """Write to the other side. Raises ``OSError``."""
        self._connection.sendall(data)

    def receive(self, size: int) -> bytes:
        """What has come by now, at most so many bytes. Raises ``OSError``."""
        data = self._connection.recv(size)
        if self._keeper is not None:
            self._keeper.look()
        return data

    def end_sending(self) -> None:
        """Tell the other side that nothing more is sent. Raises ``OSError``."""
        import socket

        self._connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def be_patient(self, seconds: float) -> None:
        """The other side may be silent for so long from now on, 0 for ever."""
        self._connection.settimeout(seconds or None)

    def secure(self, how: Securing) -> Secured:
        """Go on under TLS. Raises `NotSecured`, and ``TimeoutError``."""
        from expander.world.client_tls import secured
        from expander.world.tls_sessions import SESSIONS

        self._connection, made, self._keeper = secured(self._connection, how, SESSIONS)
        return made

    def has_ticket(self) -> bool:
        """True if by now the other side has given what the session under TLS can be resumed with."""
        return self._keeper is not None and bool(self._keeper.ticket)

    def mark(self, traffic_class: int) -> None:
        """Packets bear that byte from now on; nobody hears of it where the system does not let them."""
        import socket

        connection = self._connection
        with suppress(OSError):
            if connection.family == socket.AF_INET:
                connection.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, traffic_class)
            elif connection.family == socket.AF_INET6:
                connection.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, traffic_class)

    def own_address(self) -> tuple[str, int]:
        """The address and port of this side, ("", 0) for what has none."""
        place = self._connection.getsockname()
        return (place[0], place[1]) if isinstance(place, tuple) else ("", 0)


class RealSockets:
    """Connections to whoever listens on this machine or elsewhere.

    ``own`` are the addresses that a virtual host has: what is sent there stays on this machine.
    """

    def __init__(self, own: Sequence[str] = ()) -> None:
        self._own = frozenset(own)

    def connect(
        self,
        address: str | tuple[str, int],
        *,
        timeout: float = 5.0,
        patience: float = 60.0,
        interface: str = "",
    ) -> RealLink:
        """Connect to a Unix path or (host, port), to talk for a while. Raises ``OSError``."""
        connection = _connect(self._reached_at(address), timeout or None, self._source(interface))
        connection.settimeout(patience or None)
        return RealLink(connection)

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

        ``timeout`` in seconds bounds connecting and then reading as a whole; 0 means for ever.
        ``shutdown`` ends our side once the request is sent. With ``tls`` the other side's
        certificate is not verified: `sni` is the name asked for. A connection that the other side
        breaks off has ended like any other. Raises ``OSError`` where there is no connection and
        `BrokenOffError` for what goes wrong afterwards.
        """
        import socket

        connection = _connect(self._reached_at(address), timeout or None)
        with connection:
            if tls:
                connection = _start_tls(connection, sni)
            with connection:
                try:
                    connection.sendall(request)
                except OSError as error:
                    raise BrokenOffError("send", error) from error
                if shutdown and not tls:
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_WR)
                return _read_to_end(connection, timeout)

    def datagram(self, address: tuple[str, int], request: bytes, *, timeout: float = 5.0) -> bytes:
        """Send a datagram to (host, port) and wait ``timeout`` seconds for one from there.

        Raises ``OSError``: ``TimeoutError`` if nothing comes.
        """
        import socket

        family, kind, protocol, _, place = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as connection:
            connection.settimeout(timeout)
            connection.connect(place)
            connection.send(request)
            return connection.recv(CHUNK)

    def send(self, address: str | tuple[str, int], data: bytes) -> None:
        """Send a datagram to (host, port) or a path and wait for nothing. Raises ``OSError``."""
        import socket

        if isinstance(address, str):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
                connection.connect(address.encode("latin-1"))
                connection.send(data)
            return
        family, kind, protocol, _, place = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as connection:
            connection.connect(place)
            connection.send(data)

    def permit(self, address: str | tuple[str, int]) -> None:
        """Everything may be connected to."""

    def _reached_at(self, address: str | tuple[str, int]) -> str | tuple[str, int]:
        """Where to connect to for an address: for one of the virtual host, to this machine."""
        if isinstance(address, str) or not self._is_only_pretended(address[0]):
            return address
        return ("::1" if ":" in address[0] else "127.0.0.1"), address[1]

    def _source(self, interface: str) -> str:
        """The address to connect from; one of the virtual host cannot be had."""
        return "" if self._is_only_pretended(interface) else interface

    def _is_only_pretended(self, address: str) -> bool:
        if address not in self._own:
            return False
        from expander.world.interfaces import interface_addresses

        return address not in interface_addresses()


def _connect(address: str | tuple[str, int], timeout: float | None, interface: str = "") -> socket.socket:
    """A connected socket."""
    import socket

    if not isinstance(address, str):
        try:
            return socket.create_connection(address, timeout, (interface, 0) if interface else None)
        except ConnectionResetError as error:
            # A system that refuses says so with another number: here somebody listened and hung up.
            raise BrokenOffError("send", error) from error
    if not address:
        raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
    if "\0" in address[1:]:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), address)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect(to_bytes(address)[:LONGEST_PATH])
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
    try:
        return context.wrap_socket(connection, server_hostname=sni or None)
    except ssl.SSLError as error:
        raise BrokenOffError("tls", OSError(error.reason or str(error))) from error
    except OSError as error:
        raise BrokenOffError("tls", error) from error


def _read_to_end(connection: socket.socket, timeout: float) -> bytes:
    """All that comes until the other side closes. Raises `BrokenOffError` when that takes too long."""
    pieces: list[bytes] = []
    deadline = time.monotonic() + timeout
    while True:
        left = deadline - time.monotonic()
        try:
            if timeout and left <= 0:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            connection.settimeout(left if timeout else None)
            piece = connection.recv(CHUNK)
        except TimeoutError as error:
            raise BrokenOffError("read", error) from error
        except OSError:
            piece = b""
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
