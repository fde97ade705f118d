"""Conditions on files and on what is going on: exists, first_delivery, queue_running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import condition
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.outside import World
    from drivers.api.protocols import Context

SECTION = "Expansion conditions"
NONE = ConditionShape(form="none", least=0, most=0)


def _of_constant(path: str) -> Callable[[Context], bool]:
    """The condition on a name that never changes."""
    name = path.partition("\0")[0]
    return (lambda ctx: ctx.world.files.exists(name)) if name else (lambda _ctx: False)


@condition(
    "exists",
    syntax="exists {<file name>}",
    section=SECTION,
    shape=ConditionShape(form="strings"),
    of_constant=_of_constant,
    forbid="forbid_filter_existstest",
    examples={"${if exists{/}{y}{n}}": "y", "${if exists{/no/such/file}{y}{n}}": "n"},
)
def exists(world: World, path: str) -> bool:
    """True if there is a file or directory of that name."""
    if "\0" in path:
        path = path.partition("\0")[0]
    return bool(path) and world.files.exists(path)


@condition(
    "first_delivery",
    syntax="first_delivery",
    section=SECTION,
    shape=NONE,
    examples={"${if first_delivery{y}{n}}": "n"},
)
def first_delivery(ctx: Context) -> bool:
    """True while a message is delivered that no delivery was tried for before."""
    return ctx.facts.get("first_delivery") == "1"


@condition(
    "queue_running",
    syntax="queue_running",
    section=SECTION,
    shape=NONE,
    examples={"${if queue_running{y}{n}}": "n"},
)
def queue_running(ctx: Context) -> bool:
    """True while a message is delivered that a queue runner started."""
    return ctx.facts.get("queue_running") == "1"
