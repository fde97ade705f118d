"""The lookup types by name and style. Their work is not imitated yet: using one says so by name."""

from __future__ import annotations

from typing import Any, NoReturn

from drivers.api.errors import Unsupported
from drivers.api.unit import lookup
from drivers.values.lookup_type import QUERY, SINGLE_KEY

SECTION = "File and database lookups"


def _declare(
    name: str, style: str, feature: str | None, doc: str, since: str = "4.00", until: str | None = None
) -> None:
    """Register a type whose use raises ``Unsupported``."""

    def refuse(*_given: Any, **_named: Any) -> NoReturn:
        raise Unsupported(f'lookup type "{name}" is not supported by eximulate yet')

    syntax = f"{name}{{<file>}}" if style == SINGLE_KEY else f"{name}{{<query>}}"
    lookup(
        name, syntax=syntax, since=since, until=until, feature=feature, section=SECTION, doc=doc, style=style
    )(refuse)


_declare("dbm", SINGLE_KEY, "lookup_dbm", "Look a key up in a DBM file whose keys end with a NUL.")
_declare(
    "dbmjz",
    SINGLE_KEY,
    "lookup_dbm",
    "Look up a list whose elements are joined by NULs as the key of a DBM file.",
    "4.80",
)
_declare("dbmnz", SINGLE_KEY, "lookup_dbm", "Look a key up in a DBM file whose keys have no NUL at the end.")
_declare("lmdb", SINGLE_KEY, "lookup_lmdb", "Look a key up in an LMDB file.", "4.88")
