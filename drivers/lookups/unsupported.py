"""The lookup types whose servers eximulate has no client for: known by name, their use is refused."""

from __future__ import annotations

from typing import Any, NoReturn

from drivers.api.errors import Unsupported
from drivers.api.unit import lookup
from drivers.values.lookup_type import QUERY, SINGLE_KEY


def _declare(name: str, style: str, since: str, doc: str, lacking: str) -> None:
    """Register a type whose use raises ``Unsupported``, with what it would need."""

    def refuse(*_given: Any, **_named: Any) -> NoReturn:
        raise Unsupported(f'lookup type "{name}" is not supported by eximulate: it has no {lacking}')

    lookup(
        name,
        syntax=f"{name}{{<server>}}" if style == SINGLE_KEY else f"{name}{{<query>}}",
        since=since,
        feature=f"lookup_{name}",
        section="File and database lookups",
        doc=f"{doc}\n\nNot supported: eximulate has no {lacking}.",
        style=style,
    )(refuse)


_declare(
    "nmh",
    SINGLE_KEY,
    "4.99",
    "Ask an NMH daemon whether an address is in a table.",
    "client for NMH daemons, whose protocol is not published",
)
_declare("nisplus", QUERY, "4.00", "Ask a NIS+ server for a field of a table.", "NIS+ client")
_declare("whoson", QUERY, "4.00", "Ask a Whoson server for the user at an address.", "Whoson client")
