"""The item env."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import item
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.outside import World


@item(
    "env",
    syntax="${env{<key>}{<yes>}{<no>}}",
    since="4.86",
    section="Expansion items",
    shape=ItemShape(least=1, most=1, branches=True, complaints={"few0": ""}),
    keeps_captures=True,
    examples={"${env{NO_SUCH_VARIABLE}{set}{unset}}": "unset"},
)
def env(world: World, key: str) -> str | None:
    """The value of an environment variable; only those that ``keep_environment`` keeps are there."""
    return world.environment.get(key)
