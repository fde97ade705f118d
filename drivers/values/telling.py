"""How far to the right lines stand that tell of work inside ACLs and expansions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context

STEPS_SINCE = "4.99"
"""The release from which what is told of searches is indented by what it is part of, and tells more."""

LEFTMOST = -1_000_000
"""A depth that is smaller than all others together."""


def tell_flat(ctx: Context, tell: Callable[[str], None], text: str) -> None:
    """Tell lines that releases before `STEPS_SINCE` do not indent."""
    if ctx.profile.at_least(STEPS_SINCE):
        tell(text)
        return
    depth, ctx.depth = ctx.depth, LEFTMOST
    try:
        tell(text)
    finally:
        ctx.depth = depth
