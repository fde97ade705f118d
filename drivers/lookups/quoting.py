"""Text from outside in the queries of lookups: whether it was quoted for the type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import QuotedFor, is_tainted
from drivers.lookups.query_memory import memory_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

SINCE = "4.96"
"""The release that began to tell."""


def tell_if_bare(ctx: Context, kind: str, query: str) -> None:
    """Log a query with text from outside that was not quoted for this kind of lookup.

    ``kind`` is the type, "ldap" for all of LDAP's. The query is sent all the same. See "SQL lookups".
    """
    if not is_tainted(query) or (isinstance(query, QuotedFor) and query.kind == kind):
        return
    if ctx.profile.at_least(SINCE):
        ctx.log(f"tainted search query is not properly quoted: {query}", panic=True)


def remembered(
    ctx: Context, name: str, options: Sequence[str], ask: Callable[[str], str | None], *, kind: str = ""
) -> Callable[[str], str | None]:
    """What answers queries of a type, from memory where they are known.

    ``kind`` is the word that its quoting goes by, if it is not the name of the type. A query that has to be
    asked is told of if it is not quoted.
    """
    memory = memory_of(ctx, name)

    def asked(query: str) -> str | None:
        tell_if_bare(ctx, kind or name, query)
        return ask(query)

    return lambda query: memory.recall(query, options, lambda: asked(query))
