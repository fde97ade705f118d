"""The lookups that ask a database server: which servers a query goes to, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from drivers.api.errors import Deferred, Unsupported
from drivers.api.text import SPACE, is_tainted
from drivers.api.unit import lookup
from drivers.values import listtext
from drivers.values.lookup_type import QUERY
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

    Ask = Callable[[str, str], str | None]
    """Asks one server, as it stands in the list, one query: what is found, None for nothing.

    Raises `Deferred` where the next server may know better, and `GivenUp` where none is to be asked.
    """

SECTION = "File and database lookups"
KEYWORD = "servers"


class GivenUp(Deferred):
    """A deferral after which no further server is asked."""


class Kind(Record):
    """A kind of server: its title in messages, and the main option that lists the known ones."""

    title: str
    option: str


def ask_in_turn(ctx: Context, kind: Kind, text: str, options: Sequence[str], ask: Ask) -> str | None:
    """What the first server finds that answers; None for nothing.

    The servers are those of the words ``servers=...;`` before the query, of the option ``servers=`` after
    the type, or all known ones. One that has no slash is looked up among the known ones. Raises
    `Deferred` in Exim's words where no server can be asked, else with the reason of the last one. See
    "Specifying the server in the query".
    """
    known = ctx.options.get(kind.option)
    wanted = next((word[8:] for word in options if word.startswith("servers=")), None)
    query = text
    if text.startswith(KEYWORD):
        wanted, query = _before_query(kind, text)
    if wanted is None:
        if not known and not _is_set(ctx, kind.option):
            raise Deferred(f"no {kind.title} servers defined ({kind.option} option)")
        wanted = str(known)
    failure = Deferred("")
    for element in listtext.elements(wanted):
        server = _complete(kind, element, str(known or ""), tainted=is_tainted(wanted))
        try:
            return ask(server, query)
        except GivenUp:
            raise
        except Deferred as error:
            failure = error
    raise failure


def _is_set(ctx: Context, option: str) -> bool:
    """True if the configuration sets the option, even if to nothing."""
    told: Callable[[str], bool] | None = getattr(ctx.options, "is_set", None)
    return told is not None and told(option)


def _before_query(kind: Kind, text: str) -> tuple[str, str]:
    """The servers that stand before a query, and the query."""
    rest = text[len(KEYWORD) :].lstrip(SPACE)
    if not rest.startswith("="):
        raise Deferred(f'missing = after "servers" in {kind.title} lookup')
    rest = rest[1:].lstrip(SPACE)
    end = rest.find(";")
    if end < 0:
        raise Deferred(f'missing ; after "servers=" in {kind.title} lookup')
    if end == 0:
        raise Deferred(f'"servers=" defines no servers in "{text}"')
    # Only whole texts know whether they come from outside; a part of one does as well.
    return type(text)(rest[:end]), rest[end + 1 :]


def _complete(kind: Kind, element: str, known: str, *, tainted: bool) -> str:
    """A server with all that is known of it."""
    if "/" in element:
        if tainted:
            raise Deferred(f'{kind.title} server "{element}" is tainted')
        return element
    start = element + "/"
    for server in listtext.elements(known):
        if server.startswith(start):
            return server
    raise Deferred(f'{kind.title} server "{element}" not found in {kind.option}')


def parts(kind: Kind, title: str, server: str) -> tuple[str, str, str, str]:
    """Host, database, user and password of a server.

    They are separated by the last three slashes. Raises `GivenUp` where there are fewer; ``title`` is
    how that message calls the kind of server.
    """
    fields = server.rsplit("/", 3)
    if len(fields) < 4:
        raise GivenUp(f"incomplete {title} server data: {server.rpartition('/')[0]}")
    host, database, user, password = fields
    return host, database, user, password


def _declare(
    name: str, title: str, doc: str, *, since: str = "4.00", until: str | None = None, named: bool = True
) -> None:
    """Register a type whose servers are not asked; ``named`` if a query can choose servers."""
    kind = Kind(title, f"{name}_servers")

    def refuse(_server: str, _query: str) -> NoReturn:
        raise Unsupported(f'lookup type "{name}" is not supported by eximulate: it has no {title} client')

    def opened(ctx: Context, _place: str, options: Sequence[str]) -> Callable[[str], str | None]:
        def find(query: str) -> str | None:
            if named:
                return ask_in_turn(ctx, kind, query, options, refuse)
            if not ctx.options.get(kind.option):
                raise Deferred(f"no {title} servers defined ({kind.option} option)")
            return refuse("", query)

        return find

    lookup(
        name,
        syntax=f"{name}{{<query>}}",
        since=since,
        until=until,
        feature=f"lookup_{name}",
        section=SECTION,
        doc=doc,
        style=QUERY,
    )(opened)


_declare("oracle", "ORACLE", "Ask an Oracle server.", named=False)
_declare("ibase", "Interbase", "Ask an InterBase server.", until="4.98", named=False)
