"""The message of ``-bem``: read as one that is handed in on this machine, for its variables."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import Tainted, lower
from drivers.values import mailbox
from expander.cli.console import STDOUT
from expander.cli.errors import CommandLineError
from expander.message.headers import Header, ReadMessage, read_message
from expander.message.identity import message_id
from expander.message.submission import ENVELOPE, Submitter, completed, plain_name, without_envelope_headers

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.expand.context import Context

LONG_IDS_SINCE = "4.97"
SENDER_HEADERS = frozenset({"from", "sender", "reply-to"})
RECIPIENT_HEADERS = frozenset({"to", "cc", "bcc"})


def read(run: Run, ctx: Context) -> None:
    """Read the message and set all variables that follow from it.

    Tells on standard output where the sender was taken from. Raises `CommandLineError` if the
    file cannot be opened.
    """
    message = read_message(
        _contents(run.options.modes["bem"]),
        is_envelope_line=lambda line: _envelope_sender(ctx, line) is not None,
        dot_ends=run.options.dot_ends,
    )
    if not message.headers:
        STDOUT.write("Warning: no message headers read\n")
    if message.envelope_lines and run.options.sender is None:
        _take_sender(run, ctx, message.envelope_lines[-1])
    now = ctx.world.clock.now()
    number = run.config.options["localhost_number"]
    name = message_id(
        now,
        ctx.world.pid,
        int(number) if number and str(number).isdigit() else None,
        long=ctx.profile.at_least(LONG_IDS_SINCE),
    )
    headers = _headers(run, ctx, message, name)
    ctx.headers = headers
    ctx.body = message.body
    ctx.facts.update(message.facts)
    ctx.facts.update(message_exim_id=name, received_time=str(int(now)), message_age="0")


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


def _envelope_sender(ctx: Context, line: str) -> str | None:
    """The address in a line ``From ...`` that mailboxes begin with; None for any other line."""
    pattern = ctx.options["uucp_from_pattern"]
    try:
        found = ctx.pattern(pattern).search(line) if pattern else None
    except EximError:
        return None
    if found is None:
        return None
    before = ctx.captures
    ctx.captures = found.groups()
    try:
        return ctx.expand(ctx.options["uucp_from_sender"] or "$1")
    except EximError:
        return None
    finally:
        ctx.captures = before


def _take_sender(run: Run, ctx: Context, line: str) -> None:
    try:
        found = mailbox.parse(_envelope_sender(ctx, line) or "", mailbox.Rules(null=True))
    except EximError:
        return
    address = found.address
    if address and not found.domain:
        address = f"{address}@{run.config.options['qualify_domain']}"
    ctx.facts.update(sender_address=Tainted(address), authenticated_sender="")
    STDOUT.write('Sender taken from "From " line\n')


def _headers(run: Run, ctx: Context, message: ReadMessage, name: str) -> list[Header]:
    """The header lines with what Exim adds, takes away and qualifies in a local submission."""
    options = run.config.options
    for header in message.headers:
        if plain_name(header) == "return-path":
            _take_return_path(ctx, header)
    removed = {header for option, header in ENVELOPE.items() if options[option]}
    headers = without_envelope_headers(message.headers, removed)
    is_local = "oMa" not in run.options.told and not run.options.suppress_local_fixups
    if run.options.qualifies:
        headers = [_qualified(header, run) for header in headers]
    if run.options.recipients_from_headers:
        recipients, headers = _recipients(headers)
        ctx.facts.update(recipients=Tainted(", ".join(recipients)), recipients_count=str(len(recipients)))
    if not is_local:
        return headers
    sender = ctx.facts["sender_address"]
    taken = run.options.sender is not None or bool(message.envelope_lines)
    by_envelope = run.options.sender is None and bool(message.envelope_lines)
    full_name = "" if by_envelope else run.options.full_name
    if not taken and not full_name:
        full_name = _full_name(run)
    submitter = Submitter(sender, full_name)
    host = options["primary_hostname"]
    return completed(headers, submitter, message_id=f"E{name}@{host}", date=ctx.expand("$tod_full"))


def _take_return_path(ctx: Context, header: Header) -> None:
    try:
        found = mailbox.parse(header[1].partition(":")[2].strip(), mailbox.Rules(null=True))
    except EximError:
        return
    ctx.facts["return_path"] = Tainted(found.address)
    STDOUT.write('Return-path taken from "Return-path:" header line\n')


def _full_name(run: Run) -> str:
    """The caller's name as the password file has it, up to the first comma."""
    return run.caller.gecos.partition(",")[0].replace("&", run.caller.login.capitalize())


def _subject(header: Header) -> str:
    """The name in lower case without ``resent-``."""
    return plain_name(header).removeprefix("resent-")


def _qualified(header: Header, run: Run) -> Header:
    """A header line with addresses in which those without a domain have got one."""
    name = _subject(header)
    if name in SENDER_HEADERS:
        domain = run.config.options["qualify_domain"]
    elif name in RECIPIENT_HEADERS:
        domain = run.config.options["qualify_recipient"]
    else:
        return header
    start, colon, text = header[1].partition(":")
    pieces = [_with_domain(piece, domain) for piece in mailbox.split(text)]
    return header[0], start + colon + ",".join(pieces)


def _with_domain(piece: str, domain: str) -> str:
    outcome = next(iter(mailbox.parse_each(piece)), None)
    if not isinstance(outcome, mailbox.Mailbox) or outcome.domain or not outcome.local_part:
        return piece
    at = piece.rfind(f"<{outcome.local_part}>") + 1 or piece.rfind(outcome.local_part)
    end = at + len(outcome.local_part)
    return f"{piece[:end]}@{domain}{piece[end:]}" if at >= 0 else piece


def _recipients(headers: list[Header]) -> tuple[list[str], list[Header]]:
    """The addresses of To, Cc and Bcc, and the header lines without Bcc.

    In a resent message those of the resent forms count.
    """
    resent = any(plain_name(header).startswith("resent-") for header in headers)
    prefix = "resent-" if resent else ""
    wanted = {prefix + name for name in RECIPIENT_HEADERS}
    found = [
        outcome.address
        for header in headers
        if plain_name(header) in wanted
        for outcome in mailbox.parse_each(header[1].partition(":")[2].rstrip("\n"))
        if isinstance(outcome, mailbox.Mailbox)
    ]
    return found, [header for header in headers if lower(header[0].rstrip()) != f"{prefix}bcc"]
