"""The lookup that asks Redis servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.text import lower
from drivers.api.unit import lookup
from drivers.lookups.quoting import remembered
from drivers.values import listtext, resp
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.protocols import Context

OPTION = "redis_servers"
PORT = 6379
_SERVERS = re.compile(r"\s*servers\s*=\s*([^;]*);", re.ASCII)
_ARGUMENT = re.compile(r"(?:\\.?|[^\\ \t\n\v\f\r])+", re.ASCII | re.DOTALL)
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
_DIGITS = re.compile(r"[0-9]*", re.ASCII)


class _PassedOverError(Exception):
    """A server cannot answer, so the next one is asked; the message is Exim's."""


@lookup(
    "redis",
    syntax="redis{<command>}, redis,servers=<list>{<command>}",
    since="4.82",
    feature="lookup_redis",
    section="More about Redis",
    style=QUERY,
)
def redis(ctx: Context, _place: str, options: Sequence[str]) -> Callable[[str], str | None]:
    """Send a command to a Redis server.

    The arguments of the command are separated by white space; a backslash takes the character behind it
    as it is. Servers come from the main option ``redis_servers``, each as ``host:port/database/password`` or
    ``(/path/of/socket)/database/password``. A number gives ``true`` or ``false`` (for 0), an array its
    elements on lines of their own; no value means that nothing is found. Servers that cannot be reached, or
    belong to another part of a cluster (``MOVED``), are passed over. Raises `Deferred` if none answers and
    for what a server refuses.
    """

    def ask(text: str) -> str | None:
        found = _SERVERS.match(text)
        chosen = next((word[8:] for word in options if word.startswith("servers=")), None)
        query = text[found.end() :] if found else text
        failure = ""
        for server in _servers(str(ctx.options.get(OPTION) or ""), chosen or (found[1] if found else None)):
            try:
                return _asked(ctx, server, query)
            except _PassedOverError as error:
                failure = str(error)
        raise Deferred(failure)

    return remembered(ctx, "redis", options, ask)


def _servers(known: str, chosen: str | None) -> Iterator[str]:
    """The servers to be asked. Raises `Deferred` if there is none, and for one that is not known."""
    if chosen is None:
        if not known:
            raise Deferred(f"no Redis servers defined ({OPTION} option)")
        yield from listtext.elements(known)
        return
    for one in listtext.elements(chosen):
        if "/" in one:
            yield one
            continue
        whole = next(
            (it for it in listtext.elements(known) if lower(it.partition("/")[0]) == lower(one)), None
        )
        if whole is None:
            raise Deferred(f'Redis server "{one}" not found in {OPTION}')
        yield whole


def _asked(ctx: Context, server: str, query: str) -> str | None:
    """What a server says. Raises `_PassedOverError`, or `Deferred` where no other is to be asked."""
    links = ctx.state.setdefault("redis", {})
    link = links.pop(server, None) or _connected(ctx, server)
    try:
        reply = link.ask(arguments(query))
    except resp.BrokenError as error:
        raise _PassedOverError(f"REDIS: query failed: {error}\n") from None
    links[server] = link  # only now: a conversation that was broken off is of no more use
    if isinstance(reply, resp.ErrorReply):
        message = f"REDIS: lookup result failed: {reply}\n"
        raise _PassedOverError(message) if reply.startswith("MOVED") else Deferred(message)
    return shown(reply)


def _connected(ctx: Context, server: str) -> resp.RespLink:
    """A connection with the server's password and database. Raises as `_asked` does."""
    place, database, password = _parts(server)
    try:
        link = resp.RespLink(ctx, place)
    except OSError:
        raise _PassedOverError("REDIS connection failed") from None
    for words, failed in (
        (("AUTH", password), "REDIS Authentication failed:"),
        (("SELECT", database), f"REDIS: Selecting database={database} failed:"),
    ):
        if words[1]:
            try:
                reply = link.ask(words)
            except resp.BrokenError as error:
                raise _PassedOverError(f"{failed} {error}\n") from None
            if isinstance(reply, resp.ErrorReply):
                raise _PassedOverError(f"{failed} {reply}\n")
    return link


def _parts(server: str) -> tuple[str | tuple[str, int], str, str]:
    """The place, the database and the password of a server. Raises `Deferred`."""
    rest, slash, password = server.rpartition("/")
    if not slash:
        raise Deferred(f"incomplete Redis server data: {server}")
    host, slash, database = rest.rpartition("/")
    if not slash:
        raise Deferred(f"incomplete Redis server data: {rest}")
    if host.endswith(")") and "(" in host:
        return host[host.index("(") + 1 : -1], database, password
    if "/" in host:
        raise Deferred(f"unexpected slash in Redis server hostname: {host}")
    name, colon, port = host.partition(":")
    digits = _DIGITS.match(port)
    number = int(digits[0]) if colon and digits and digits[0] else PORT if not colon else 0
    return (name, number & 0xFFFF), database, password


def arguments(query: str) -> list[str]:
    """The arguments of a command: separated by white space that no backslash stands before."""
    return [_ESCAPED.sub(r"\1", word) for word in _ARGUMENT.findall(query.strip("\0"))]


def shown(reply: resp.Reply) -> str | None:
    """A reply as Exim shows it, None for no value."""
    if reply is None or reply == []:
        return None
    if isinstance(reply, int):
        return "true" if reply else "false"
    if isinstance(reply, str):
        return str(reply)
    return "\n".join(_element(one) for one in reply)


def _element(reply: resp.Reply, *, nested: bool = False) -> str:
    """An element of an array; of arrays in it the elements, but of none deeper."""
    if isinstance(reply, list):
        return "" if nested else "\n".join(_element(one, nested=True) for one in reply)
    return "" if reply is None else str(reply)
