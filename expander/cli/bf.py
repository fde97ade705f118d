"""``-bf``: the test of a filter file with a message on standard input."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes
from expander.cli import bem, bf_sieve
from expander.cli.console import STDOUT, Input
from expander.cli.errors import CommandLineError, NotImitatedError
from expander.filters.recognise import is_sieve

if TYPE_CHECKING:
    from expander.cli.start import Run


def run(run: Run) -> int:
    """Read the filter and the message, and carry the filter out; the exit status."""
    name = run.options.modes["bf"]
    text = _contents(run.facts["initial_cwd"], name)
    if not is_sieve(text):
        raise NotImitatedError("Exim's own filter language")
    context = run.expander().context
    context.facts.update(
        local_part=run.caller.login, domain=str(run.config.options["qualify_recipient"]), return_path=""
    )
    bem.read(run, context, b"".join(Input(before_waiting=STDOUT).each(1 << 20)))
    facts = context.facts
    if facts["return_path"]:
        STDOUT.write(f"Return-path = {facts['return_path']}\n")
    else:
        facts["return_path"] = facts["sender_address"]
        STDOUT.write("Return-path copied from sender\n")
    recipient = f"{facts['local_part']}@{facts['domain']}"
    STDOUT.write(f"Sender      = {facts['sender_address'] or '<>'}\nRecipient   = {recipient}\n")
    STDOUT.write(f'Testing Sieve filter file "{name}"\n\n')
    bf_sieve.run_sieve_test(run, context, text)
    return 0


def _contents(directory: str, name: str) -> str:
    path = Path(os.fsdecode(directory.encode("latin-1")), os.fsdecode(name.encode("latin-1")))
    try:
        return from_bytes(path.read_bytes())
    except OSError as problem:
        raise CommandLineError(f"exim: failed to open {name}: {problem.strerror}\n") from None
