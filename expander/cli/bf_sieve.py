"""The test of a Sieve script by ``-bf``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT, complain
from expander.filters import sieve

if TYPE_CHECKING:
    from expander.expand.context import Context


def run_sieve_test(ctx: Context, text: str, name: str, *, debugs: bool = False) -> int:
    """Carry out a script for the message in the context and print what comes of it; the exit status.

    ``name`` is that of the file. With ``debugs`` what is done goes to standard error. The status is 0
    for scripts with errors as well.
    """
    STDOUT.write(f'Testing Sieve filter file "{name}"\n\n')
    STDOUT.flush()
    result = sieve.interpret(ctx, text, tell=complain if debugs else None)
    if result.error is not None:
        STDOUT.write(f"Sieve error: {result.error} in line {result.line}\n")
    else:
        STDOUT.write("Implicit keep\n" if result.implicit_keep else "No implicit keep\n")
    return 0
