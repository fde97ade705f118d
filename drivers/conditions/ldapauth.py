"""The condition ldapauth: a password is tried against an LDAP server."""

from __future__ import annotations

import warnings
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from drivers.api.errors import Failed, Refused, Unsupported
from drivers.api.text import lower, to_bytes, to_display
from drivers.api.unit import condition
from drivers.values import ldap_query, ldap_result
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drivers.api.protocols import Context
    from drivers.values.ldap_query import Query, Server

UNVERIFIED = frozenset({"never", "allow"})
"""Values of the main option ``ldap_require_cert`` with which any certificate will do."""


@condition(
    "ldapauth",
    syntax="ldapauth {<ldap query>}",
    feature="lookup_ldap",
    section="Expansion conditions",
    shape=ConditionShape(form="strings"),
    examples={r'${if ldapauth{user="cn=joe" pass="" ldap://localhost/}{y}{n}}': "n"},
)
def ldapauth(ctx: Context, text: str) -> bool:
    """True if an LDAP server accepts the user and password of a query.

    The query has ``user=`` and ``pass=`` before the URL. An empty password is never accepted. Servers
    that cannot be asked are passed over; raises `Failed` if the last one is of those, and for a
    query that is badly written. Needs the Python package ``ldap3``: raises `Unsupported` without it.
    See "Format of LDAP queries" for the settings before the URL.
    """
    query = ldap_query.parse(text)
    if query.user is None or query.password is None:
        raise Failed("ldapauth lookups must specify the username and password")
    if not query.password:
        return False
    failure = Failed("")
    for server in ldap_query.servers(query, ctx.options.get("ldap_default_servers") or None):
        if isinstance(server, Failed):
            failure = server
            continue
        try:
            return _accepts(ctx, server, query)
        except (Refused, Unsupported):
            raise
        except Failed as error:
            failure = error
    raise failure


@cache
def _library() -> Any:
    """The package ldap3, whose import warns of names in another package that have changed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            import ldap3
            from ldap3.protocol import rfc4511  # noqa: F401 - used as an attribute
        except ImportError:
            raise Unsupported(
                'the condition "ldapauth" needs the Python package "ldap3" (extra "ldap")'
            ) from None
    return ldap3


def _accepts(ctx: Context, server: Server, query: Query) -> bool:
    """Try the password. Raises `Failed` in Exim's words for anything but yes and no."""
    where = f"failed to bind the LDAP connection to server {server.named} -"
    place = server.host if server.scheme == "ldapi" else (server.host or "localhost", server.port)
    tls = bool(ctx.options.get("ldap_start_tls")) and server.scheme != "ldapi"
    try:
        ctx.world.sockets.permit(place)
        connection = _connection(server, query, ctx.options)
    except (OSError, _errors()):
        if tls:
            raise _no_tls(server, ldap_result.SERVER_DOWN) from None
        raise Failed(f"{where} ldap_bind() returned -1") from None
    try:
        if tls:
            _start_tls(connection, server)
        code = _bind(connection, query, 2 if ctx.options.get("ldap_version") == 2 else 3)
    except (_errors(), LookupError, ValueError, TypeError) as error:  # the last three: for what is no LDAP
        reason = "timeout" if "timed out" in str(error) else "result retrieval failed"
        raise Failed(f"{where} LDAP error: {reason}") from None
    finally:
        with suppress(_errors(), OSError):
            connection.unbind()
    if code in {0, ldap_result.INVALID_CREDENTIALS}:
        return code == 0
    raise Failed(f"{where} LDAP error {code}: {ldap_result.words(code)}")


def _errors() -> type[Exception]:
    """What the package raises."""
    kind: type[Exception] = _library().core.exceptions.LDAPExceptionError
    return kind


def _connection(server: Server, query: Query, options: Mapping[str, Any]) -> Any:
    """A connection to the first address that answers. Raises what the package or the system raises."""
    failure: Exception = OSError("no address")
    for place in _places(server, query, options):
        ldap3 = _library()
        timeout = query.timeout if query.timeout > 0 else None
        connection = ldap3.Connection(
            place, client_strategy=ldap3.SYNC, receive_timeout=timeout, auto_referrals=False
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

    ldap3 = _library()
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
            connect_timeout=query.timeout if query.timeout > 0 else None,
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
    tls = _library().Tls()

    # The package's own way to check the host's name is gone from later releases of Python.
    def wrap_socket(connection: Any, **_: Any) -> None:
        connection.socket = context.wrap_socket(connection.socket, server_hostname=host)

    tls.wrap_socket = wrap_socket
    return tls


def _start_tls(connection: Any, server: Server) -> None:
    """Go on with TLS. Raises `Failed` in Exim's words."""
    try:
        if connection.start_tls(read_server_info=False):
            return
    except _errors():
        refused = (connection.result or {}).get("result") or ldap_result.CONNECT_ERROR
        raise _no_tls(server, refused) from None
    raise _no_tls(server, (connection.result or {}).get("result") or ldap_result.CONNECT_ERROR)


def _no_tls(server: Server, code: int) -> Failed:
    return Failed(
        f"failed to initiate TLS processing on an LDAP session to server {server.named} - "
        f"ldap_start_tls_s() returned {code}: {ldap_result.words(code)}"
    )


def _bind(connection: Any, query: Query, version: int) -> int:
    """Send the user and the password as they are, even if they are no UTF-8: the result code."""
    rfc4511 = _library().protocol.rfc4511
    request = rfc4511.BindRequest()
    request["version"] = rfc4511.Version(version)
    request["name"] = rfc4511.LDAPDN(query.user, encoding="latin-1")
    simple = rfc4511.Simple(query.password, encoding="latin-1")
    request["authentication"] = rfc4511.AuthenticationChoice().setComponentByName("simple", simple)
    try:
        connection.post_send_single_response(connection.send("bindRequest", request))
    except KeyError as error:
        if isinstance(error.args[0], int):  # the package looks for the name of the code and knows none
            return error.args[0]
        raise
    code: int = connection.result["result"]
    return code
