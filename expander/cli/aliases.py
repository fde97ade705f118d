"""``-bi``: what Sendmail's "newaliases" does. See this option and ``bi_command`` in the manual."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from expander.cli.console import STDOUT
from expander.cli.errors import CommandLineError

if TYPE_CHECKING:
    from expander.cli.start import Run


def run(run: Run) -> int:
    """Run the command of ``bi_command`` with the argument of ``-oA``: its exit status; 0 without one.

    The option is the path of the program, not expanded and not taken apart. The program has our
    standard streams and runs in the spool's directory. Raises `CommandLineError` if it cannot be run.
    """
    options = run.config.options
    command = options["bi_command"]
    if not command:
        return 0
    alias_file = run.options.alias_file
    argv = [command] if alias_file is None else [command, alias_file]
    environment = run.config.environment
    STDOUT.flush()
    try:
        return run.world.programs.foreground(argv, environment=environment, directory=_spool(run))
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        raise CommandLineError(f"exim: exec '{command}' failed: {reason}\n") from None


def _spool(run: Run) -> str | None:
    """The spool's directory, None where there is none."""
    path = run.config.options.expanded.get("spool_directory", "")
    try:
        return path if stat.S_ISDIR(run.world.files.stat(path).st_mode) else None
    except OSError:
        return None
