"""The lines that tell of a message that has come: ``Received:`` and the line of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Fatal, Unsupported
from drivers.api.text import logged
from drivers.values.log_selector import selects
from drivers.values.peer import authenticated_of, secured_of
from expander.message.qualify import is_resent
from expander.message.submission import plain_name
from expander.session import logline, signatures
from expander.session.hostcheck import client_in
from expander.session.sizes import size_limit
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.expand.context import Context
    from expander.message.headers import Header
    from expander.session.machine import Session
    from expander.session.reception import Reception

_FIRST_LINE = late_pattern(rb"[^\n]*+\n(?:[ \t][^\n]*+\n)*+[^ \t]")
LONGEST_SUBJECT = 100
LONGEST = 1 << 31


def received(session: Session, name: str) -> str:
    """The line ``Received:`` with its newline. Raises `Fatal` where Exim ends: it cannot be made."""
    facts, state = session.ctx.facts, session.mail
    kept = [address for address in state.recipients if address]
    only = kept[0] if len(kept) == 1 else ""
    facts["received_for"], facts["message_exim_id"] = only, name
    try:
        text = session.option("received_header_text")
        when = session.ctx.expand("$tod_full")
    except Unsupported:
        raise
    except ExpansionError as problem:
        option = session.ctx.options.get("received_header_text")
        words = f'Expansion of "{option}" (received_header_text) failed: {problem.message}'
        raise Fatal(words) from problem
    finally:
        facts.pop("received_for")
    return f"{text};\n\t{when}\n" if text else ""


def ignores_from_lines(ctx: Context) -> bool:
    """True if lines ``From ...`` before a message of the client are none of it."""
    if ctx.facts.get("sender_host_address"):
        return client_in(ctx, "ignore_fromline_hosts")
    return bool(ctx.options.get("ignore_fromline_local"))


def ask_of_from_line(session: Session, reception: Reception, data: bytes | None = None) -> None:
    """Find out whether a ``From`` line of the client counts, once the first line of the message has come."""
    if reception.asked_of_from_line:
        return
    longest = min(session.number("header_maxsize") or LONGEST, size_limit(session) or LONGEST)
    begins_with_cr = reception.ends is not None and reception.ends.stray[1] and not reception.ends.stray[0]
    if data is None or 0 < data.find(b"\n", bool(begins_with_cr)) < longest:
        reception.asked_of_from_line = True
        reception.ignores_from_line = ignores_from_lines(session.ctx)


def ask_between_chunks(session: Session, reception: Reception) -> None:
    """The same once so much has come that the first line is known to be over."""
    if not reception.asked_of_from_line and _FIRST_LINE.match(data := reception.lines.in_memory()):
        ask_of_from_line(session, reception, data)


def note(session: Session, headers: Sequence[Header]) -> None:
    """Keep what the log is to tell of the header as the client has sent it."""
    names = {plain_name(header) for header in headers}
    session.mail.has_subject = "subject" in names
    wanted = "resent-message-id" if "resent-" in {name[:7] for name in names} else "message-id"
    if wanted in names:
        session.mail.identification = session.ctx.expand(f"${{address:$h_{wanted}:}}")


def keeps_ends(session: Session) -> bool:
    """True if the file of the body is to have the line ends of SMTP: the option ``spool_wireformat``."""
    reception = session.reception
    return reception is not None and reception.chunks and bool(session.ctx.options.get("spool_wireformat"))


def more_on_spool(session: Session, body: bytes) -> int:
    """How many bytes more the body has in its file; ``body`` is what is in memory of it."""
    if not keeps_ends(session):
        return 0
    assert session.reception is not None
    store, lines = session.reception.lines, body.count(b"\n")
    return lines + (store.newlines - store.in_memory().count(b"\n") if store.is_long else 0)


def line(session: Session, size: int, *, chunks: bool, with_envelope: bool = True) -> str:
    """The line of the log for a message that has arrived, without its identification.

    The message's own log has it without what selectors add of the envelope.
    """
    ctx, facts, state = session.ctx, session.ctx.facts, session.mail
    parts = [f"{'(=' if 'fakereject' in state.controls else '<='} {state.sender or '<>'}"]
    parts.append(logline.client(session, labelled=True))
    parts.append(f"P={facts.get('received_protocol', '')}")
    parts += secured_of(ctx)
    parts += filter(None, [authenticated_of(ctx)])
    if session.esmtp and selects(ctx, "pipelining") and "PIPELINING" in session.advertised:
        parts.append("L.-" if "PIPECONNECT" in session.advertised else "L-")
    if session.mail.replies_to_each:
        parts.append("PRDR")
    if facts.get("proxy_local_address") and selects(ctx, "proxy"):
        parts.append(f"PRX={facts['proxy_local_address']}")
    if chunks:
        parts.append("K")
    parts.append(f"S={size}")
    if selects(ctx, "8bitmime"):
        parts.append(f"M8S={state.body}")
    if signatures.PASSED in session.ctx.state and selects(ctx, "dkim"):
        parts.append(f"DKIM={session.ctx.state[signatures.PASSED]}")
    if facts.get("arc_state") == "pass" and selects(ctx, "dkim"):
        parts.append("ARC")
    if facts.get("queue_name"):
        parts.append(f"Q={facts['queue_name']}")
    if session.reception is not None and selects(ctx, "receive_time"):
        parts.append(f"RT={logline.since(ctx, session.reception.begun)}")
    identification = state.identification
    if identification and selects(ctx, "msg_id"):
        parts.append(f"id={identification}")
    elif not identification and not is_resent(ctx.headers or ()) and selects(ctx, "msg_id_created"):
        own = "message-id"
        created = session.ctx.expand(f"${{if def:h_{own}:{{${{address:$h_{own}:}}}}}}")
        parts += [f"id*={created}"] if created else []
    if state.has_subject and selects(ctx, "subject"):  # whatever ACLs have made of it
        parts.append(f'T="{_subject(ctx)}"')
    if not with_envelope:
        return " ".join(parts)
    if selects(ctx, "received_sender"):
        parts.append(f"from <{state.given_sender}>")
    recipients = [address for address in state.recipients if address]
    if recipients and selects(ctx, "received_recipients"):
        shown = state.given if len(state.given) == len(recipients) else recipients
        parts.append(f"for {' '.join(shown)}")
    return " ".join(parts)


def log_discarded(session: Session) -> None:
    """Log that nobody gets the message, if ACLs have wanted it so."""
    state = session.mail
    if state.discarded:
        why = f": {state.discarded_why}" if state.discarded_why and state.discarded != "MAIL" else ""
        session.ctx.log(f"=> blackhole ({state.discarded} ACL discarded recipients){why}")
        session.ctx.log("Completed")


def _subject(ctx: Context) -> str:
    """The subject as log lines show it: no more than its beginning, in which quotes are escaped."""
    text = ctx.expand("$h_subject:")[:LONGEST_SUBJECT]
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return logged(escaped, top_bit_prints=bool(ctx.options.get("print_topbitchars")))


def log(session: Session, size: int, *, chunks: bool) -> None:
    """Log that a message has come; who looks on sees less of its envelope."""
    ctx, text = session.ctx, line(session, size, chunks=chunks)
    if ctx.log_selected_with is None:
        ctx.log(text)
    else:
        ctx.log_selected(text, "", line(session, size, chunks=chunks, with_envelope=False))
