"""``-bP``: the settings of a configuration. See this option in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT, complain
from expander.cli.errors import too_long
from expander.config.printout import MACRO, MACROS, WHOLE, Printer, items

if TYPE_CHECKING:
    from expander.cli.start import Run

LONGEST_NAME = 64


def run(run: Run) -> int:
    """Print what the arguments ask for, all main options without any; the exit status.

    The status is that of the last argument: 1 if there is no such setting, or the caller may not see it.
    """
    printer = Printer(run.config, run.world, names=not run.options.terse, admin=run.is_admin)
    if run.world.virtual.harness:
        printer.version = "X"
    arguments = run.options.arguments
    if not arguments:
        STDOUT.write(printer.everything())
        return 0
    if arguments[0] == WHOLE:
        STDOUT.write(printer.whole())
        return 0
    known = True
    for kind, name in items(arguments):
        too_long(name, LONGEST_NAME, "-bP name" if kind else "-bP item")
        if not printer.admin and (kind == MACRO or (not kind and name in MACROS)):
            known = False
            complain("exim: permission denied\n")
            continue
        text, known = printer.requested(name, kind)
        STDOUT.write(text)
    return 0 if known else 1
