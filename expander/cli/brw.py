"""``-brw``: how rewriting rules change an address, in each of its places. See this option in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Fatal
from drivers.values import mailbox
from expander.cli import errors
from expander.cli.console import STDOUT, complain
from expander.cli.errors import too_long
from expander.cli.start import without_sender
from expander.rewriting import where
from expander.rewriting.address import rewrite

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.expand.context import Context

LONGEST = 256
_WIDTH = 8


def run(run: Run) -> int:
    """Show what becomes of the first argument: the exit status."""
    given = run.options.arguments
    if not given:
        STDOUT.write("-brw needs an address argument\n")
        return errors.FAILURE
    text = too_long(given[0], LONGEST, "-brw")
    try:
        _show(without_sender(run), text)
    except Fatal as problem:
        STDOUT.flush()
        complain(errors.fatal(problem.message, verbose=run.options.verbose, stamp=run.config.stamp))
        return errors.FAILURE
    return 0


def _show(ctx: Context, text: str) -> None:
    assert ctx.config is not None
    rules, used = where.rules_of(ctx.config.rewrite), where.in_use(ctx.config.rewrite)
    if not rules:
        STDOUT.write("No rewrite rules are defined\n")
        return
    options = ctx.options
    if where.SMTP in used:
        new = rewrite(ctx, text, where.SMTP, rules, "smtp sender", null=True)
        if new is not None:
            STDOUT.write(f"    SMTP: {new.address or '<>'}\n")
        if used == {where.SMTP}:
            return
    if not mailbox.has_domain(text):
        text = f"{text}@{options['qualify_recipient'] or options['qualify_domain']}"
    reading = mailbox.permitted(options)
    try:
        address = mailbox.parse(text, reading).address
    except Failed as problem:
        STDOUT.write(f"Syntax error in {text}\n{problem.message[:1].upper()}{problem.message[1:]}\n")
        return
    start, end = mailbox.place(text, reading)
    for place, name in where.NAMES.items():
        in_line = place in where.HEADER_LINES
        new = rewrite(ctx, address, place, rules, f"{name}:" if in_line else name)
        now = address if new is None else new.address
        if in_line:
            now = text[:start] + now + text[end:] if new is None or new.whole is None else new.whole
        STDOUT.write(f"{name:>{_WIDTH}}: {now or '<>'}\n")
