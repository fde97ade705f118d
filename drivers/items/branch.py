"""The item if."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from drivers.api.unit import item
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Run, Test


def _true(_ctx: Context) -> str:
    return "true"


def _empty(_ctx: Context) -> str:
    return ""


@item(
    "if",
    syntax="${if <condition> {<yes>}{<no>}}",
    section="Expansion items",
    shape=ItemShape(branches=True),
    lazy=(0, 1, 2),
    examples={"${if eq{a}{a}{yes}{no}}": "yes", "${if eq{a}{b}{yes}}": "", "${if eq{a}{a}}": "true"},
)
def if_(ctx: Context, test: Test, yes: Run | None = None, no: Run | None = None) -> str:
    """Expand one of two strings, as a condition says.

    Without strings the result is ``true`` or empty. What a condition captured in ``$1`` and so on, or
    left in ``$value``, is seen in the chosen string only. The word ``fail`` in the place of the second
    string forces the expansion to fail. The string that is not chosen is read but not expanded.
    """
    kept = ctx.captures, ctx.value
    chosen: Callable[[Context], str]
    try:
        chosen = (yes or _true) if test(ctx) else (no or _empty)
        return chosen(ctx)
    finally:
        ctx.captures, ctx.value = kept
