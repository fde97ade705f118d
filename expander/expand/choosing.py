"""The closures of ``${if``: which of two texts is worked out, and what is seen after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.expand.compiled import skipping

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context, Run
    from expander.expand.compiled import Compiled, Complaint


def choice(test: Callable[[Context], bool], yes: Compiled, no: Compiled, *, folds: bool) -> Run:
    """One of the two; what the condition matched is seen in them only, as `restoring` has it."""
    if folds and yes.constant is not None and no.constant is not None:
        text, other = yes.constant, no.constant

        def run_test(ctx: Context) -> str:
            captures, value = ctx.captures, ctx.value
            chosen = text if test(ctx) else other
            ctx.captures, ctx.value = captures, value
            return chosen

        return run_test
    run_yes, run_no = yes.run, no.run

    def run(ctx: Context) -> str:
        captures, value = ctx.captures, ctx.value
        chosen = run_yes(ctx) if test(ctx) else run_no(ctx)
        ctx.captures, ctx.value = captures, value
        return chosen

    return run


def careful_choice(test: Callable[[Context], bool], yes: Compiled, no: Compiled) -> Run:
    """The branch that is not taken is read as well: the yes string before the no string."""
    skip_yes, skip_no = skipping(yes), skipping(no)

    def run(ctx: Context) -> str:
        if test(ctx):
            value = yes.run(ctx)
            if skip_no is not None:
                skip_no(ctx)
            return value
        if skip_yes is not None:
            skip_yes(ctx)
        return no.run(ctx)

    return run


def restoring(choose: Run, after: Complaint | None) -> Run:
    """What the condition matched is seen in its branches only; a failure leaves it, as Exim does."""

    def run(ctx: Context) -> str:
        captures, value = ctx.captures, ctx.value
        chosen = choose(ctx)
        ctx.captures, ctx.value = captures, value
        if after is not None:
            raise after.error()
        return chosen

    return run
