"""Connections to LDAP servers: the package ldap3 makes them, with TLS; what goes over them is Exim's."""

from __future__ import annotations

import time
import warnings
import weakref
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from drivers.api.errors import Deferred, Unsupported
from drivers.api.text import lower, to_bytes, to_display
from drivers.values import ber, ldap_result

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

    from drivers.api.protocols import Context
    from drivers.values.ldap_query import Query, Server

UNVERIFIED = frozenset({"never", "allow"})
"""Values of the main option ``ldap_require_cert`` with which any certificate will do."""

LONGEST_WAIT = 60
"""So many seconds an answer may take where the query has no ``connect``; Exim would wait for ever."""

CHUNK = 65536
LARGEST = 64 << 20
"""A message of more bytes is taken for none."""

BIND, UNBIND, SEARCH, ABANDON = 0x60, 0x42, 0x63, 0x50
BIND_REPLY, ENTRY, DONE, REFERENCE = 0x61, 0x64, 0x65, 0x73
MESSAGE, SIMPLE, REFERRALS = 0x30, 0x80, 0xA3


class DownError(OSError):
    """The other side has closed the connection, or does not speak LDAP."""


class NoTlsError(Deferred):
    """TLS cannot be started on a connection, which is of no use from then on.

    ``again`` is what Exim says when it tries to use it once more.
    """

    def __init__(self, server: Server, code: int, again: int = ldap_result.SERVER_DOWN) -> None:
        super().__init__(_no_tls(server, code).message)
        self.again = _no_tls(server, again)


class Link:
    """A connection, with the user and the password under which the server knows us (None before that)."""

    def __init__(self, connection: socket.socket, server: Server) -> None:
        self.server = server
        self.bound: tuple[str | None, str | None] | None = None
        self._socket = connection
        self._buffer = bytearray()
        self._number = 1000  # above those that the package has used
        self._down = False
        weakref.finalize(self, _close, connection)

    def send(self, operation: bytes) -> int:
        """Send a request; gives the number under which answers come. Raises ``OSError``."""
        if self._down:
            raise DownError
        self._number += 1
        message = ber.element(MESSAGE, ber.integer(self._number) + operation)
        try:
            self._socket.sendall(message)
        except OSError:
            self._down = True
            raise
        return self._number

    def answer(self, number: int, timeout: float) -> tuple[int, bytes]:
        """The next message to a request: what kind it is, and what is in it.

        Messages to other requests are dropped. Raises ``TimeoutError`` if nothing has come after
        so many seconds, ``OSError`` for a connection that is no more.
        """
        deadline = time.monotonic() + timeout
        while True:
            try:
                _, message = self._message(deadline)
                (_, told), (kind, content), *_ = ber.elements(message)
            except ValueError:
                self._down = True
                raise DownError from None
            if ber.number(told) == number:
                return kind, content

    def _message(self, deadline: float) -> tuple[int, bytes]:
        while True:
            place = ber.end(self._buffer)
            if place is not None and place[1] > LARGEST:
                raise ValueError
            if place is not None and place[1] <= len(self._buffer):
                kind, message = self._buffer[0], bytes(self._buffer[place[0] : place[1]])
                del self._buffer[: place[1]]
                return kind, message
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                self._socket.settimeout(left)
                piece = self._socket.recv(CHUNK)
            except TimeoutError:
                raise
            except OSError:
                piece = b""
            if not piece:
                self._down = True
                raise DownError
            self._buffer += piece


def _close(connection: socket.socket) -> None:
    """Take leave of the server."""
    with suppress(OSError):
        connection.settimeout(1)
        connection.sendall(ber.element(MESSAGE, ber.integer(0x7FFF) + ber.element(UNBIND, b"")))
    connection.close()


def patience(query: Query) -> int:
    """How many seconds to wait for an answer."""
    return query.timeout if query.timeout > 0 else LONGEST_WAIT


@cache
def library() -> Any:
    """The package ldap3, whose import warns of names in another package that have changed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            import ldap3
        except ImportError:
            raise Unsupported(
                'LDAP needs the Python package "ldap3" (extra "ldap": pip install "eximulate[ldap]")'
            ) from None
    return ldap3


def _errors() -> type[Exception]:
    """What the package raises."""
    kind: type[Exception] = library().core.exceptions.LDAPExceptionError
    return kind


def connect(ctx: Context, server: Server, query: Query) -> Link:
    """Connect to a server, with TLS where the options want it.

    Raises `Deferred` in Exim's words, `Refused`, or `Unsupported` without the package.
    """
    place = server.host if server.scheme == "ldapi" else (server.host or "localhost", server.port)
    tls = bool(ctx.options.get("ldap_start_tls")) and server.scheme != "ldapi"
    try:
        ctx.world.sockets.permit(place)
        connection = _connection(server, query, ctx.options)
    except (OSError, _errors()):
        if tls:
            raise _no_tls(server, ldap_result.SERVER_DOWN) from None
        raise Deferred(f"{cannot_bind(server)} ldap_bind() returned -1") from None
    try:
        if tls:
            _start_tls(connection, server)
    except NoTlsError:
        if connection.socket is not None:
            connection.socket.close()
        raise
    return Link(connection.socket, server)


def cannot_bind(server: Server) -> str:
    """How Exim begins to say that it cannot bind."""
    return f"failed to bind the LDAP connection to server {server.named} -"


def _connection(server: Server, query: Query, options: Mapping[str, Any]) -> Any:
    """A connection to the first address that answers. Raises what the package or the system raises."""
    ldap3 = library()
    failure: Exception = OSError("no address")
    for place in _places(server, query, options):
        connection = ldap3.Connection(
            place, client_strategy=ldap3.SYNC, receive_timeout=patience(query), auto_referrals=False
        )
        try:
            connection.open(read_server_info=False)
        except (OSError, _errors()) as error:
            if connection.socket is not None:  # the package leaves it open
                connection.socket.close()
            failure = error
        else:
            return connection
    raise failure


def _places(server: Server, query: Query, options: Mapping[str, Any]) -> Iterator[Any]:
    """The addresses of a server as the package wants them. Raises ``OSError`` for an unknown host."""
    import socket

    ldap3 = library()
    if server.scheme == "ldapi":
        yield ldap3.Server("ldapi:/" + quote_from_bytes(to_bytes(server.host)), get_info=ldap3.NONE)
        return
    host = to_display(server.host) or "localhost"
    secured = server.scheme == "ldaps" or options.get("ldap_start_tls")
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(str(error)) from error
    for *_, address in found:
        yield ldap3.Server(
            str(address[0]),
            server.port,
            use_ssl=server.scheme == "ldaps",
            get_info=ldap3.NONE,
            tls=_tls(options, host) if secured else None,
            connect_timeout=patience(query),
        )


def _tls(options: Mapping[str, Any], host: str) -> Any:
    """How to talk TLS to a host, from the main options."""
    import ssl

    context = ssl.create_default_context(
        cafile=options.get("ldap_ca_cert_file") or None, capath=options.get("ldap_ca_cert_dir") or None
    )
    if lower(options.get("ldap_require_cert") or "demand") in UNVERIFIED:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    own = options.get("ldap_cert_file")
    if own:
        context.load_cert_chain(own, options.get("ldap_cert_key") or None)
    if options.get("ldap_cipher_suite"):
        with suppress(ssl.SSLError):  # the words of another TLS library
            context.set_ciphers(options["ldap_cipher_suite"])
    tls = library().Tls()

    # The package's own way to check the host's name is gone from later releases of Python.
    def wrap_socket(connection: Any, **_: Any) -> None:
        connection.socket = context.wrap_socket(connection.socket, server_hostname=host)

    tls.wrap_socket = wrap_socket
    return tls


def _start_tls(connection: Any, server: Server) -> None:
    """Go on with TLS. Raises `NoTlsError`."""
    if server.scheme == "ldaps":
        raise NoTlsError(server, ldap_result.OPERATIONS_ERROR, ldap_result.LOCAL_ERROR)
    try:
        if connection.start_tls(read_server_info=False):
            return
    except library().core.exceptions.LDAPCommunicationError:
        raise NoTlsError(server, ldap_result.SERVER_DOWN) from None
    except _errors():
        pass
    raise NoTlsError(server, (connection.result or {}).get("result") or ldap_result.CONNECT_ERROR)


def _no_tls(server: Server, code: int) -> Deferred:
    return Deferred(
        f"failed to initiate TLS processing on an LDAP session to server {server.named} - "
        f"ldap_start_tls_s() returned {code}: {ldap_result.words(code)}"
    )


def bind(ctx: Context, link: Link, query: Query) -> int:
    """Send the user and the password as they are, even if they are no UTF-8: the result code.

    Raises `Deferred` in Exim's words if none comes.
    """
    where = cannot_bind(link.server)
    version = 2 if ctx.options.get("ldap_version") == 2 else 3
    user, password = to_bytes(query.user or ""), to_bytes(query.password or "")
    request = ber.integer(version) + ber.element(4, user) + ber.element(SIMPLE, password)
    try:
        number = link.send(ber.element(BIND, request))
    except OSError:
        raise Deferred(f"{where} ldap_bind() returned -1") from None
    try:
        kind, content = link.answer(number, patience(query))
        if kind != BIND_REPLY:
            raise ValueError
        return ber.number(ber.elements(content)[0][1])
    except TimeoutError:
        raise Deferred(f"{where} LDAP error: timeout") from None
    except (OSError, ValueError, IndexError):
        raise Deferred(f"{where} LDAP error: result retrieval failed") from None
