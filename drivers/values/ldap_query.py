"""LDAP queries: the settings before the URL, and the servers that may be asked.

See "Format of LDAP queries" and "More about LDAP" in the manual.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Deferred
from drivers.api.text import SPACE, lower
from drivers.values import fields, ldap_url, listtext
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = frozenset("user pass size time connect nettime dereference referrals servers".split())
MALFORMED = "malformed parameter setting precedes LDAP URL"
BAD_PARAMETER = -9
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)


class Query(Record):
    """A query taken apart; what was not set is None, a number that was not set is 0.

    ``timeout`` is in seconds: how long to wait for a connection and for each answer.
    """

    url: str
    user: str | None = None
    password: str | None = None
    servers: str | None = None
    dereference: str = "never"
    referrals: bool = True
    size: int = 0
    time: int = 0
    timeout: int = 0


class Server(Record):
    """A server: scheme, host (or the path of a socket) and port, and how Exim names it in messages."""

    scheme: str
    host: str
    port: int
    named: str


def parse(text: str) -> Query:
    """Take a query apart. Raises `Deferred` for settings that are unknown or badly written."""
    settings: dict[str, Any] = {}
    body = text.lstrip(SPACE)
    while lower(body[:4]) != "ldap":
        name, equals, after = body.partition("=")
        if not equals:
            raise Deferred(MALFORMED)
        value, end = fields.quoted_word(after, 0)
        if not after[end:].startswith(tuple(SPACE)):
            raise Deferred(MALFORMED)
        if lower(name) not in SETTINGS:
            raise Deferred(f'unknown parameter "{name}=" precedes LDAP URL')
        _set(settings, lower(name), value.partition("\0")[0])
        body = after[end:].lstrip(SPACE)
    return Query(body, **settings)


def _set(settings: dict[str, Any], name: str, value: str) -> None:
    if name == "user":
        decoded = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        settings["user"] = decoded.partition("\0")[0]
    elif name == "pass":
        settings["password"] = value
    elif name == "referrals":
        if lower(value) not in {"follow", "nofollow"}:
            raise Deferred('LDAP option REFERRALS is not "follow" or "nofollow"')
        settings["referrals"] = lower(value) == "follow"
    elif name in {"connect", "nettime"}:
        settings["timeout"] = ldap_url.integer(value)[0]
    elif name in {"size", "time"}:
        settings[name] = ldap_url.integer(value)[0]
    else:
        settings[name] = value


def servers(query: Query, default: str | None) -> Iterator[Server | Deferred]:
    """The servers of a query, in the order in which they are tried.

    Those are the one of the URL or, if the URL names none, the list of the query or of the main option
    ``ldap_default_servers``. A server that cannot be tried comes as the error to be raised if
    it is the last. Raises `Deferred` for a URL of another kind.
    """
    start = re.match(r"ldap[si]?://", query.url, re.IGNORECASE | re.ASCII)
    if start is None:
        raise Deferred(
            'LDAP URL does not start with "ldap://", "ldaps://", or "ldapi://" '
            f'(it starts with "{query.url[:16]}...")'
        )
    chosen = default if query.servers is None else query.servers
    if chosen is None or not query.url.startswith("/", start.end()):
        yield _server(query.url, None)
        return
    for element in listtext.elements(chosen):
        yield _server(query.url, element)


def _server(text: str, element: str | None) -> Server | Deferred:
    """The server of a URL, or the element of a list of servers that stands for it."""
    try:
        url = ldap_url.parse(text)
    except ldap_url.UrlError as error:
        return Deferred(f'ldap_url_parse: (error {error.code}) parsing "{text}"\n')
    scheme, host, port = url.scheme, url.host, url.port
    if element is not None:
        host, colon, number = element.partition(":")
        port = ldap_url.integer(number)[0] if colon else 0
    if host.startswith("/"):
        path = host.replace("%", "%25").replace("/", "%2F")
        return _initialized(f"ldapi://{path}", Server("ldapi", host, 0, host))
    if scheme == "ldapi" and host:
        return Deferred(f'ldapi requires an absolute path ("{host}" given)')
    port = port or ldap_url.PORTS["ldaps" if scheme == "ldaps" else "ldap"]
    named = f"{host or ('NULL' if element is None else '')}:{port}"
    return _initialized(f"{scheme}://{host}:{port}/", Server(scheme, host, port, named))


def _initialized(url: str, server: Server) -> Server | Deferred:
    """The server, unless the client library cannot read the URL that Exim makes for it."""
    try:
        for one in re.split("[ ,]+", url):
            ldap_url.parse(one)
    except ldap_url.UrlError:
        return Deferred(f'ldap_initialize: (error {BAD_PARAMETER}) URL "{url}"\n')
    return server
