"""The lookup that stands behind the item ``readsocket``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import lookup
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.outside import World


@lookup(
    "readsock",
    syntax="readsock{<request>}",
    since="4.94",
    section="File and database lookups",
    style=QUERY,
    examples={"${lookup readsock{/no/such/socket}{found}{nothing}}": "nothing"},
)
def readsock(_world: World, _place: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Find nothing: only the item ``${readsocket...}`` names a socket to this type.

    Used as a lookup it has a request and no socket, and connects to nobody.
    """
    return lambda _request: None
