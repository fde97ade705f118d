"""What routing tells where results are wanted in full, though not all of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.api.protocols import Context

TELL = "what routing tells"
"""Under this name the state has what is given the lines; without it they are debugging output."""


def tell(ctx: Context, text: str) -> None:
    """Tell one or more lines."""
    hook = ctx.state.get(TELL)
    if hook is None:
        ctx.debug_flat(text)
    else:
        hook(f"{text}\n")
