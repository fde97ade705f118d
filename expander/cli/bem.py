"""The message of ``-bem``: read as one that is handed in on this machine, for its variables."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.api.text import SPACE, Tainted, tainted_like
from drivers.values import mailbox
from expander.cli.console import STDOUT
from expander.cli.errors import CommandLineError, fatal
from expander.message import envelope_line, qualify
from expander.message.headers import Header, ReadMessage, read_message
from expander.message.identity import message_id
from expander.message.phrase import phrase
from expander.message.submission import (
    ENVELOPE,
    Submitter,
    authored,
    dated,
    identified,
    plain_name,
    spelled_out,
    without_named,
)
from expander.rewriting import where
from expander.rewriting.section import rewrite_address, rewrite_headers

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.expand.context import Context

LONG_IDS_SINCE = "4.97"


def read(run: Run, ctx: Context) -> None:
    """Read the message (``data``, or the file of ``-bem``) and set all variables that follow from it.

    Tells on standard output where the sender was taken from. Raises `CommandLineError` if the
    file cannot be opened.
    """
    read_data(run, ctx, _contents(run.options.modes["bem"]))


def read_data(run: Run, ctx: Context, data: bytes) -> None:
    """The same for a message in bytes. Raises `CommandLineError` where Exim ends over a rewriting rule."""
    try:
        _read_data(run, ctx, data)
    except Fatal as problem:
        raise CommandLineError(fatal(problem.message, verbose=run.options.verbose)) from None


def _read_data(run: Run, ctx: Context, data: bytes) -> None:
    message = read_message(
        data,
        is_envelope_line=lambda line: envelope_line.sender_in(ctx, line, keeps_captures=True) is not None,
        dot_ends=run.options.dot_ends,
    )
    by_envelope = bool(message.envelope_lines) and run.options.sender is None
    if by_envelope:
        by_envelope = _take_sender(ctx, message.envelope_lines[-1])
    if not message.headers:
        STDOUT.write("Warning: no message headers read\n")
    now = ctx.world.clock.now()
    number = run.config.options["localhost_number"]
    name = message_id(
        now,
        ctx.world.pid,
        int(number) if number and str(number).isdigit() else None,
        long=ctx.profile.at_least(LONG_IDS_SINCE),
    )
    # Exim shows newlines as spaces here whatever message_body_newlines says.
    ctx.body = message.body.replace(b"\n", b" ")
    ctx.facts.update(message.facts)
    ctx.facts.update(message_exim_id=name, received_time=str(int(now)), message_age="0")
    ctx.headers = _headers(run, ctx, message, name, by_envelope=by_envelope)


def _contents(path: str) -> bytes:
    """The bytes of a file; Exim works in the root directory by then. A directory reads as empty."""
    try:
        if not path:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return Path("/", os.fsdecode(path.encode("latin-1"))).read_bytes()
    except IsADirectoryError:
        return b""
    except (OSError, ValueError) as problem:
        words = getattr(problem, "strerror", None) or "No such file or directory"
        raise CommandLineError(f"exim: failed to open {path}: {words}\n") from None


def _take_sender(ctx: Context, line: str) -> bool:
    address = envelope_line.address_in(ctx, line)
    if address is None:
        return False
    ctx.facts.update(sender_address=Tainted(address), authenticated_sender="")
    STDOUT.write('Sender taken from "From " line\n')
    return True


def _headers(run: Run, ctx: Context, message: ReadMessage, name: str, *, by_envelope: bool) -> list[Header]:
    """The header lines with what Exim adds, takes away and qualifies in a local submission."""
    options = run.config.options
    for header in message.headers:
        if plain_name(header) == "return-path":
            _take_return_path(ctx, header)
    removed = {header for option, header in ENVELOPE.items() if options[option]}
    headers = without_named(message.headers, removed)
    resent = qualify.is_resent(headers)
    if not (run.is_trusted or by_envelope):
        headers = without_named(headers, ["resent-sender" if resent else "sender"])
    submitter = _submitter(run, ctx, by_envelope=by_envelope)
    domain = str(options["qualify_domain"])
    headers = spelled_out(headers, submitter, domain, resent=resent)
    recipients: list[str] = []
    if run.options.recipients_from_headers:
        recipients, headers = qualify.recipients(headers, mailbox.permitted(options))
    message_id = f"E{name}@{options['primary_hostname']}"
    is_fixed = not ("oMa" in run.options.told or run.options.suppress_local_fixups)
    if is_fixed:
        headers = identified(headers, message_id, resent=resent)
    _rewrite_envelope(ctx, headers, recipients, counts=run.options.recipients_from_headers)
    if is_fixed:
        headers = authored(headers, submitter, resent=resent)
    recipient_domain = str(options["qualify_recipient"])
    if not run.options.qualifies:
        domain = recipient_domain = ""
    headers = rewrite_headers(ctx, headers, sender_domain=domain, recipient_domain=recipient_domain)
    return dated(headers, ctx.expand("$tod_full"), resent=resent) if is_fixed else headers


def _rewrite_envelope(ctx: Context, headers: list[Header], recipients: list[str], *, counts: bool) -> None:
    """Rewrite recipients and sender; they see the header lines as they are by then."""
    ctx.headers = headers
    if counts:
        domain = ctx.options["qualify_recipient"]
        recipients = [
            rewrite_address(
                ctx,
                Tainted(address if mailbox.has_domain(address) else f"{address}@{domain}"),
                where.ENVELOPE_TO,
            )
            for address in recipients
        ]
        ctx.facts.update(recipients=Tainted(", ".join(recipients)), recipients_count=str(len(recipients)))
    sender = ctx.facts["sender_address"]
    ctx.facts["sender_address"] = tainted_like(rewrite_address(ctx, sender, where.ENVELOPE_FROM), sender)


def _submitter(run: Run, ctx: Context, *, by_envelope: bool) -> Submitter:
    """The caller, under the name that ``-F`` or the password file gives; none for another sender."""
    options = run.options
    full_name = options.full_name
    if by_envelope:
        full_name = ""
    elif full_name is None and (options.sender is None or not run.is_trusted):
        full_name = _full_name(run)
    written = phrase(full_name or "", run.config.options["headers_charset"] or "UTF-8")
    sender = ctx.facts["sender_address"]
    if not (sender or run.is_trusted):
        sender = ctx.facts["authenticated_sender"]
    return Submitter(sender, written, run.caller.login)


def _take_return_path(ctx: Context, header: Header) -> None:
    """What follows the name and its colon, and any blanks, is taken as it is but for brackets around it."""
    text = header[1][len("return-path:") :].strip(SPACE)
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    ctx.facts["return_path"] = Tainted(text)
    STDOUT.write('Return-path taken from "Return-path:" header line\n')


def _full_name(run: Run) -> str:
    """The caller's name as the password file has it, up to the first comma."""
    return run.caller.gecos.partition(",")[0].replace("&", run.caller.login.capitalize())
