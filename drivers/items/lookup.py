"""The item lookup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.text import SPACE, printing, quoted, tainted_like
from drivers.api.unit import Example, item
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context

QUOTES_SINCE = "4.99"
"""The release from which the reason of a deferral stands in quotes."""


@item(
    "lookup",
    syntax="${lookup{<key>}<search type>{<file>}{<yes>}{<no>}}, "
    "${lookup <search type>{<query>}{<yes>}{<no>}}",
    section="Expansion items",
    shape=ItemShape(
        least=1,
        most=2,
        branches=True,
        words="type",
        complaints={
            "type": "missing lookup type",
            "few": "missing '{' for lookup file-or-query arg",
        },
    ),
    taint="removes",
    forbid="forbid_filter_lookup",
    examples=(
        Example(
            "${lookup{Alice}lsearch{@DIR@/aliases}} ${lookup{carol}lsearch{@DIR@/aliases}{$value}{nobody}}",
            "alice@example.org nobody",
            files={"aliases": "alice: alice@example.org\nbob: bob@example.net\n"},
        ),
        Example(
            "${lookup{www.example.org}partial-lsearch{@DIR@/domains}{$value for $1}}",
            "web for www",
            files={"domains": "*.example.org: web\n"},
        ),
        Example("${lookup passwd{root}{${extract{5}{:}{$value}}}{no such user}}", "/root"),
    ),
)
def lookup(ctx: Context, *texts: str, words: tuple[str, ...] = (), keyed: bool = False) -> str | None:
    """Look a key up in a file, or ask a database with a query.

    What is found is in ``$value`` while the yes string is expanded, and is the result if there is
    none.

    Raises `Failed` for an unknown type and for what cannot be opened, `Deferred` for a temporary problem.
    """
    *keys, place = texts
    if not keyed:
        place = tainted_like(place.lstrip(SPACE), place)
    try:
        return ctx.look_up(words[0], place, keys[0] if keyed else None)
    except Deferred as error:
        raise deferral(ctx, keys[0] if keyed else place.lstrip(SPACE), error) from error


def deferral(ctx: Context, sought: str, error: Deferred) -> Deferred:
    """The item's words for a temporary problem of the key or query that was looked for."""
    reason = quoted(error.message) if ctx.profile.at_least(QUOTES_SINCE) else error.message
    return Deferred(f'lookup of "{printing(sought)}" gave DEFER: {reason}')
