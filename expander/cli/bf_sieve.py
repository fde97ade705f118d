"""The test of a Sieve script by ``-bf``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT, complain
from expander.filters import sieve

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.expand.context import Context


def run_sieve_test(run: Run, ctx: Context, text: str) -> bool:
    """Carry out a script for the message in the context and print what comes of it: true, whatever it is.

    With debugging output what is done is told on standard error.
    """
    STDOUT.flush()
    result = sieve.interpret(ctx, text, tell=complain if run.options.verbose else None)
    if result.error is not None:
        STDOUT.write(f"Sieve error: {result.error} in line {result.line}\n")
    else:
        STDOUT.write("Implicit keep\n" if result.implicit_keep else "No implicit keep\n")
    return True
