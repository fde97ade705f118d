"""The lookups that ask a database server: which server it would be, not yet the asking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from drivers.api.errors import Deferred, Unsupported
from drivers.api.unit import lookup
from drivers.values import listtext
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

SECTION = "File and database lookups"
_SERVERS = re.compile(r"\s*servers\s*=\s*([^;]*);", re.ASCII)


def _declare(
    name: str, title: str, doc: str, *, since: str = "4.00", until: str | None = None, named: bool = True
) -> None:
    """Register a type by the title that messages give it; ``named`` if a query can choose servers."""
    option = f"{name}_servers"

    def opened(ctx: Context, _place: str, options: Sequence[str]) -> Callable[[str], NoReturn]:
        def find(query: str) -> NoReturn:
            known = ctx.options.get(option)
            wanted = next((word[8:] for word in options if word.startswith("servers=")), None)
            within = _SERVERS.match(query)
            if named and (wanted or within):
                server = _unknown(str(known or ""), wanted or (within[1].strip() if within else ""))
                if server is not None:
                    raise Deferred(f'{title} server "{server}" not found in {option}')
            elif not known:
                raise Deferred(f"no {title} servers defined ({option} option)")
            raise Unsupported(f'lookup type "{name}" is not supported by eximulate yet')

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


def _unknown(known: str, wanted: str) -> str | None:
    """The first server that a query asks for and the option does not have, None if it has all."""
    hosts = {server.partition("/")[0] for server in listtext.elements(known)}
    return next((one for one in listtext.elements(wanted) if "/" not in one and one not in hosts), None)


_declare("mysql", "MySQL", "Ask a MySQL or MariaDB server.")
_declare("pgsql", "PostgreSQL", "Ask a PostgreSQL server.")
_declare("oracle", "ORACLE", "Ask an Oracle server.", named=False)
_declare("ibase", "Interbase", "Ask an InterBase server.", until="4.98", named=False)
