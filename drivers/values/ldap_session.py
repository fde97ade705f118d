"""The connections to LDAP servers that an expansion has, and the order in which servers are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from drivers.api.errors import Deferred
from drivers.api.text import lower
from drivers.values import ldap_client, ldap_query, ldap_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context
    from drivers.values.ldap_client import Link
    from drivers.values.ldap_query import Query, Server

Answer = TypeVar("Answer")


class UselessError(Exception):
    """A server cannot answer, so the next one is asked; the message is Exim's."""


def in_turn(ctx: Context, query: Query, ask: Callable[[Server], Answer]) -> Answer:
    """What the first server says that can be asked. Raises `Deferred` with the words of the last one."""
    failure = ""
    for server in ldap_query.servers(query, ctx.options.get("ldap_default_servers") or None):
        if isinstance(server, Deferred):
            failure = server.message
            continue
        try:
            return ask(server)
        except UselessError as error:
            failure = str(error)
    raise Deferred(failure)


def bound(ctx: Context, server: Server, query: Query) -> tuple[Link, int]:
    """A connection on which the server knows the user, and the result code of the bind.

    A connection is made once for each server; another user or password binds it again. It is kept even
    where the server has closed it, as Exim does. Raises `UselessError`.
    """
    links = ctx.state.setdefault("ldap", {})
    place = (server.scheme == "ldapi", lower(server.host), server.port, server.named.startswith("NULL"))
    who = (query.user, query.password)
    try:
        if place not in links:
            links[place] = ldap_client.connect(ctx, server, query)
        link: Link | Deferred = links[place]
        if isinstance(link, Deferred):
            raise link
        if link.bound == who:
            return link, 0
        code = ldap_client.bind(ctx, link, query)
    except Deferred as error:
        if isinstance(error, ldap_client.NoTlsError):
            links[place] = error.again
        raise UselessError(error.message) from None
    if code == 0:
        link.bound = who
    elif code != ldap_result.INVALID_CREDENTIALS:
        raise UselessError(refused(server, code))
    return link, code


def refused(server: Server, code: int) -> str:
    """What Exim says of a bind with a result code."""
    return f"{ldap_client.cannot_bind(server)} LDAP error {code}: {ldap_result.words(code)}"


def accepts(ctx: Context, query: Query) -> bool:
    """True if the first server that can be asked accepts user and password. Raises `Deferred`."""
    if query.user is None or query.password is None:
        raise Deferred("ldapauth lookups must specify the username and password")
    if not query.password:
        return False
    return in_turn(ctx, query, lambda server: bound(ctx, server, query)[1] == 0)
