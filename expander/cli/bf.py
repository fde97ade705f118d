"""``-bf`` and ``-bF``: tests of filter files. See "Testing a filter file" in the manual.

The message comes from standard input. A system filter (``-bF``) and a user's can be tested in one run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from drivers.api.errors import EximError, Fatal, Unsupported
from drivers.api.text import Tainted, from_bytes
from drivers.values import mailbox
from expander.cli import bem, errors
from expander.cli.console import STDOUT, Input, complain
from expander.cli.errors import CommandLineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expander.cli.start import Run
    from expander.expand.context import Context

ENDINGS = {
    "delivered": "Filtering set up at least one significant delivery or other action.\n"
    "No other deliveries will occur.\n",
    "not delivered": "Filtering did not set up a significant delivery.\nNormal delivery will occur.\n",
}
"""What is said at the end, by the outcome."""

_KINDS = {"exim": "Exim filter", "sieve": "Sieve filter", "forward": "forward file"}
_PIECE = 1 << 16


def run(run: Run) -> int:
    """Test the filters on the message of standard input; the exit status."""
    context = run.expander().context
    bem.read_data(run, context, _standard_input())
    recipient = _set_envelope(run, context)
    try:
        for mode, descriptor in run.filters.items():
            context.facts["recipients"] = Tainted(recipient) if mode == "bF" else ""
            path = run.options.modes[mode]
            if not _test(run, context, path, descriptor, is_system=mode == "bF"):
                return errors.FAILURE
            context.captures = []  # nothing of one filter is seen in the next
    except Unsupported as problem:
        STDOUT.flush()
        complain(f"eximulate: {problem.message}\n")
        return errors.NOT_IMITATED
    except Fatal as problem:
        STDOUT.flush()
        complain(errors.fatal(problem.message, verbose=run.options.verbose))
        return errors.FAILURE
    return 0


def opened(modes: Mapping[str, str]) -> dict[str, int]:
    """Open the files that are to be tested, by mode, in the order in which they are.

    Exim does so before it reads its configuration, and so before it goes to another folder. Raises
    `CommandLineError` for a file that cannot be opened.
    """
    return {mode: _open(modes[mode]) for mode in ("bF", "bf") if mode in modes}


def _open(path: str) -> int:
    try:
        return os.open(path.encode("latin-1"), os.O_RDONLY)
    except (OSError, ValueError) as problem:
        words = getattr(problem, "strerror", None) or "No such file or directory"
        raise CommandLineError(f"exim: failed to open {path}: {words}\n") from None


def _standard_input() -> bytes:
    source = Input(before_waiting=STDOUT)
    pieces = []
    while piece := source.take(_PIECE):
        pieces.append(piece)
    return b"".join(pieces)


def _set_envelope(run: Run, ctx: Context) -> str:
    """The variables of the envelope, and what is said of it; the recipient."""
    facts, options = ctx.facts, run.options
    sender = facts["sender_address"]
    is_copied = "return_path" not in facts
    if is_copied:
        facts["return_path"] = sender
        STDOUT.write("Return-path copied from sender\n")
    else:
        STDOUT.write(f"Return-path = {facts['return_path'] or '<>'}\n")
    local_part = options.filter_local_part
    domain = options.filter_domain
    facts["local_part"] = facts["original_local_part"] = (
        run.caller.login if local_part is None else Tainted(local_part)
    )
    facts["domain"] = facts["original_domain"] = (
        str(run.config.options["qualify_recipient"]) if domain is None else Tainted(domain)
    )
    facts["local_part_prefix"], facts["local_part_suffix"] = options.filter_prefix, options.filter_suffix
    facts["home"] = run.caller.home
    recipient = f"{options.filter_prefix}{facts['local_part']}{options.filter_suffix}@{facts['domain']}"
    facts["recipients_count"] = "1"
    STDOUT.write(f"Sender      = {sender or '<>'}\nRecipient   = {recipient}\n")
    if options.filter_prefix:
        STDOUT.write(f"Prefix    = {options.filter_prefix}\n")
    if options.filter_suffix:
        STDOUT.write(f"Suffix    = {options.filter_suffix}\n")
    return recipient


def _test(run: Run, ctx: Context, path: str, descriptor: int, *, is_system: bool) -> bool:
    """Test one file; false for an error."""
    from drivers.values.filter_kind import kind_of

    try:
        with os.fdopen(descriptor, "rb") as file:
            text = from_bytes(file.read()).partition("\0")[0]
    except OSError as problem:
        STDOUT.write(f"exim: error while reading {path}: {problem.strerror}\n")
        return False
    what = kind_of(text)
    name = _KINDS["exim" if is_system and what != "sieve" else what]
    STDOUT.write(f'Testing {name} file "{path}"\n\n')
    if what == "sieve" and not is_system:
        return _sieve(run, ctx, text)
    if what == "exim" or is_system:  # a file for the system is one of Exim's, whatever it calls itself
        return _exim(ctx, text, is_system=is_system)
    return _forward(ctx, text)


def _exim(ctx: Context, text: str, *, is_system: bool) -> bool:
    from expander.filters.run import interpret

    result = interpret(ctx, text, is_system=is_system, tell=STDOUT.write)
    if result.outcome == "error":
        STDOUT.write(f"Filter error: {result.message}\n")
        return False
    STDOUT.write(ENDINGS.get(result.outcome) or f'Filtering ended by "{result.outcome}".\n')
    return True


def _sieve(run: Run, ctx: Context, text: str) -> bool:
    from expander.cli.bf_sieve import run_sieve_test

    return run_sieve_test(run, ctx, text)


def _forward(ctx: Context, text: str) -> bool:
    """Read a list of addresses, files and pipes, and show it from its end."""
    from drivers.routers import forward_list as lists

    domain = str(ctx.options["qualify_recipient"])
    rights = lists.Rights(specials=frozenset({"blackhole", "include"}), domain=domain)

    def complete(address: str) -> str:
        return address if mailbox.has_domain(address) else f"{address}@{domain}"

    try:
        found = lists.Reader(rights, ctx.world.files, complete).read(text)
    except EximError as problem:
        if isinstance(problem, (Fatal, Unsupported)):
            raise
        STDOUT.write(f"exim: error in forward file: {problem.message}\n")
        return False
    if found.outcome == "blackhole":
        STDOUT.write('exim: forwardfile contains ":blackhole:"\n')
    if not found.items:
        STDOUT.write("exim: no addresses generated from forward file\n")
        return True
    STDOUT.write("exim: forward file generated:\n")
    for item in reversed(found.items):
        STDOUT.write(f"  {item.text}\n")
    return True
