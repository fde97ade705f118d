"""What becomes of the envelope and the header lines of a message once it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from drivers.values import mailbox
from drivers.values.log_selector import selects
from expander.message import fixups
from expander.message.phrase import phrase
from expander.message.qualify import is_resent
from expander.message.submission import (
    ENVELOPE,
    Submitter,
    authored,
    dated,
    identified,
    without_named,
)
from expander.rewriting import where
from expander.rewriting.section import rewrite_address, rewrite_headers
from expander.session import arrival

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.message.headers import Header
    from expander.session.machine import Session


def arrive(session: Session, headers: Sequence[Header], name: str) -> int:
    """Let the context have the header lines as Exim keeps them; how many bytes they are.

    Lines of deliveries go, what a submission lacks is added, addresses are qualified where the client may
    send some without a domain, all are rewritten, and ``Received:`` comes first. ``name`` is the message's
    identification. Raises ``ExpansionError``.
    """
    if session.arrive_with is not None:
        return session.arrive_with(session, headers, name)
    ctx, options = session.ctx, session.ctx.options
    lines = without_named(headers, {name for option, name in ENVELOPE.items() if options.get(option)})
    ctx.headers = lines
    given = session.mail.controls.get("submission")
    mode = None if given is None else fixups.mode_of(given)
    if mode is None:
        _rewrite_recipients(session)
        _rewrite_sender(session)
        lines = _rewritten(session, lines)
    else:
        lines = _submitted(session, lines, mode, name)
    received = arrival.received(session, name)
    ctx.headers = [*([("Received", received)] if received else []), *lines]
    return sum([len(text) for _, text in ctx.headers])


def _submitted(session: Session, lines: list[Header], mode: fixups.SubmissionMode, name: str) -> list[Header]:
    """The header lines of a message of a user: complete, and with the user as the sender."""
    ctx, options = session.ctx, session.ctx.options
    resent = is_resent(lines)
    sender_line = "Resent-Sender" if resent else "Sender"
    if not (mode.retains_sender or options.get("local_sender_retain")):
        lines = without_named(lines, [sender_line.lower()])
    host, domain = options["primary_hostname"], str(options["qualify_domain"] or "")
    ctx.headers = lines = identified(lines, f"E{name}@{host}", resent=resent)
    _rewrite_recipients(session)
    own = None
    if ctx.facts.get("sender_host_authenticated"):
        own = fixups.trusted_address(mode, ctx.facts.get("authenticated_id", ""), domain)
    written = phrase(mode.name, str(options.get("headers_charset") or "UTF-8"))
    author = Submitter(session.mail.sender or own or "", written)
    lines = authored(lines, author, resent=resent)
    if own is None or mode.retains_sender or not options.get("local_from_check"):
        _rewrite_sender(session)
    else:
        if not fixups.is_from(lines, own, options, mailbox.permitted(options), resent=resent):
            text = Submitter(own, written).mailbox
            lines = [*lines, (sender_line, f"{sender_line}: {text}\n")]
        _force_sender(session, own)
    lines = _rewritten(session, lines)
    return dated(lines, ctx.expand("$tod_full"), resent=resent)


def _force_sender(session: Session, address: str) -> None:
    """The return path is the address that the client has shown to be its own, unless there is none."""
    ctx, state = session.ctx, session.mail
    if not state.sender:
        return
    if state.sender != address and selects(ctx, "address_rewrite"):
        line = f'"{state.sender}" from env-from rewritten as "{address}" by submission mode'
        ctx.log_selected(line, "address_rewrite")
    state.sender = address
    ctx.facts["sender_address"] = Tainted(address)


def _rewrite_recipients(session: Session) -> None:
    ctx, state = session.ctx, session.mail
    state.recipients = [
        rewrite_address(ctx, Tainted(address), where.ENVELOPE_TO) for address in state.recipients
    ]


def _rewrite_sender(session: Session) -> None:
    ctx, state = session.ctx, session.mail
    state.sender = rewrite_address(ctx, Tainted(state.sender or ""), where.ENVELOPE_FROM)
    ctx.facts["sender_address"] = Tainted(state.sender)


def _rewritten(session: Session, lines: list[Header]) -> list[Header]:
    options = session.ctx.options
    domain = str(options["qualify_domain"] or "")
    return rewrite_headers(
        session.ctx,
        lines,
        sender_domain=domain if session.takes_unqualified_senders else "",
        recipient_domain=str(options.get("qualify_recipient") or domain)
        if session.takes_unqualified_recipients
        else "",
    )
