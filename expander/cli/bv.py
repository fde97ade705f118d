"""``-bV``: the version, what the build has, a check of the configuration. See this option in the manual."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import SPACE, is_plain, printing
from expander.cli import errors
from expander.cli.console import STDOUT, complain
from expander.cli.errors import CommandLineError
from expander.config.log_selector import is_on

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.cli.start import Run


def print_version(profile: Profile) -> None:
    """Write what can be said without a configuration; Exim does so as soon as it meets the option."""
    from expander.config.version import version_text

    STDOUT.write(version_text(profile))


def run(run: Run) -> int:
    """Name the configuration file: it was read and found to be right.

    Raises `CommandLineError` for a name of the host that cannot be expanded.
    """
    _log_arguments(run)
    _expand_host_name(run)
    from expander.cli.source import STANDARD
    from expander.config.version import configuration_text

    searched = STANDARD if run.options.config_files is None else run.options.config_files
    STDOUT.write(configuration_text(run.config, searched if ":" in searched else ""))
    return 0


def _expand_host_name(run: Run) -> None:
    """The option ``smtp_active_hostname`` is expanded once, if it is set; it may be forced to fail."""
    text = run.config.options["smtp_active_hostname"]
    if not text or is_plain(text):
        return
    try:
        run.expander().expand(text)
    except ForcedFail:
        return
    except ExpansionError as problem:
        message = f'failed to expand "{text}" (smtp_active_hostname): {problem.message}'
        verbose, stamp = run.options.verbose, run.config.stamp
        raise CommandLineError(errors.fatal(message, verbose=verbose, stamp=stamp)) from None


def _log_arguments(run: Run) -> None:
    """Log the command line, where ``log_selector`` says so."""
    text = arguments_of(run)
    if text:
        verbose, stamp = run.options.verbose, run.config.stamp
        complain(errors.logged(text, "MAIN", verbose=verbose, stamp=stamp))


def arguments_of(run: Run) -> str:
    """The line that logs the command line; "" where ``log_selector`` has no ``arguments``."""
    if not is_on(run.config.options["log_selector"] or "", "arguments"):
        return ""
    program = os.fsencode(sys.orig_argv[0] if not sys.argv[0] else sys.argv[0]).decode("latin-1")
    words = [program, *(os.fsencode(word).decode("latin-1") for word in sys.argv[1:])]
    return f"cwd={run.facts['initial_cwd']} {len(words)} args: {' '.join(map(_as_shown, words))}"


def _as_shown(word: str) -> str:
    """An argument in double quotes, if it is empty or has white space; other odd bytes as escapes."""
    shown = printing(word)
    return f'"{shown}"' if not word or any(c in SPACE for c in word) else shown
