"""What routing tells where results are wanted in full, though not all of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError

if TYPE_CHECKING:
    from drivers.api.protocols import Context
    from expander.expand.context import Context as WholeContext

TELL = "what routing tells"
"""Under this name the state has what is given the lines; without it they are debugging output."""

PRINTED = "what debug_print says"
"""Under this name the state has what is given the text of that option where only that is wanted."""


def print_debug(ctx: WholeContext, text: str) -> None:
    """Tell what the option ``debug_print`` of a driver says, if that is wanted: for ``-v`` too."""
    hook = ctx.state.get(TELL) or ctx.state.get(PRINTED)
    if hook is None and ctx.debug_with is None:
        return
    try:
        shown = ctx.expand(text)
    except ExpansionError as problem:
        shown = f'failed to expand debug_output "{text}": {problem.message}'
    if shown and hook is not None:
        hook(shown.removesuffix("\n") + "\n")
    elif shown:
        ctx.debug(shown.removesuffix("\n"))


def tell(ctx: Context, text: str) -> None:
    """Tell one or more lines."""
    hook = ctx.state.get(TELL)
    if hook is None:
        ctx.debug_flat(text)
    else:
        hook(f"{text}\n")
