"""``-bP``: the settings of a configuration. See this option in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT
from expander.cli.errors import CommandLineError
from expander.cli.options import too_long
from expander.config.printout import Printer

if TYPE_CHECKING:
    from expander.cli.start import Run

LONGEST_NAME = 64
FOR_ADMINS = frozenset({"macro", "macros", "macro_list"})


def run(run: Run) -> int:
    """Print what the arguments ask for, all main options without any; the exit status.

    The status is that of the last argument: 1 if there is no such setting. Raises `CommandLineError`
    where the caller may not see it.
    """
    printer = Printer(run.config, run.world, names=not run.options.terse, admin=run.is_admin)
    if run.world.virtual.harness:
        printer.version = "X"
    for argument in run.options.arguments:
        too_long(argument, LONGEST_NAME, "-bP item")
        if argument in FOR_ADMINS and not run.is_admin:
            raise CommandLineError("exim: permission denied\n")
    text, status = printer.requested(run.options.arguments)
    STDOUT.write(text)
    return status
