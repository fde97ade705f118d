"""``-z``: a text is written to the main log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.errors import CommandLineError
from expander.cli.receive import agent_of

if TYPE_CHECKING:
    from expander.cli.start import Run


def run(run: Run) -> int:
    """Write the text: the exit status. Raises `CommandLineError` for who may not do so."""
    if not run.is_admin:
        raise CommandLineError("exim: permission denied\n")
    agent_of(run).logs.main(run.options.log_text or "")
    return 0
