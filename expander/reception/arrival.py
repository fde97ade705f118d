"""The lines that tell of a message that has come: ``Received:``, and those of the logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Fatal, Unsupported
from drivers.api.text import logged
from drivers.values.log_selector import selects
from drivers.values.peer import authenticated_of
from expander.message.qualify import identification_line
from expander.queue.envelope_file import kind
from expander.session.logline import since

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.expand.context import Context
    from expander.queue.message import Message


def received(ctx: Context, recipients: Sequence[str]) -> str:
    """The line ``Received:`` with its newline; "" if there is to be none. Raises `Fatal` where Exim ends."""
    facts = ctx.facts
    facts["received_for"] = recipients[0] if len(recipients) == 1 else ""
    try:
        text = ctx.expand(str(ctx.options.get("received_header_text") or ""))
        when = ctx.expand("$tod_full")
    except Unsupported:
        raise
    except ExpansionError as problem:
        option = ctx.options.get("received_header_text")
        words = f'Expansion of "{option}" (received_header_text) failed: {problem.message}'
        raise Fatal(words) from problem
    finally:
        facts.pop("received_for")
    return f"{text};\n\t{when}\n" if text else ""


def host_and_ident(ctx: Context) -> str:
    """The host and the user that a message comes from, as log lines show them, with a space behind."""
    facts = ctx.facts
    host, ident = facts.get("sender_fullhost", ""), facts.get("sender_ident", "")
    parts = [f"H={host}"] if host else []
    if host and facts.get("received_ip_address") and selects(ctx, "incoming_interface"):
        parts.append(f"I=[{facts['received_ip_address']}]:{facts.get('received_port', '0')}")
    if ident:
        parts.append(f"U={ident}")
    return "".join(f"{part} " for part in parts)


def line(
    ctx: Context,
    message: Message,
    recipients: Sequence[str],
    *,
    reference: str = "",
    sender: str | None = None,
    with_envelope: bool = True,
) -> str:
    """The line of the log for a message that has arrived, without its identification.

    ``recipients`` are those that it was given, as they were given; so is ``sender``, None for the message's.
    The message's own log has the line without what selectors add of the envelope.
    """
    facts = ctx.facts
    parts = [f"<= {message.sender or '<>'}"]
    if reference:
        parts.append(f"R={reference}")
    parts += [part for part in [host_and_ident(ctx).rstrip(" ")] if part]
    if facts.get("received_protocol"):
        parts.append(f"P={facts['received_protocol']}")
    parts += filter(None, [authenticated_of(ctx)])
    parts.append(f"S={message.size}")
    if selects(ctx, "8bitmime"):
        parts.append("M8S=0")
    if selects(ctx, "receive_time"):
        parts.append(f"RT={since(ctx, message.received)}")
    if facts.get("queue_name"):
        parts.append(f"Q={facts['queue_name']}")
    own = identification_line(ctx.headers or ())
    identification = ctx.expand(f"${{if def:h_{own}:{{${{address:$h_{own}:}}}}}}")
    was_given = not identification.startswith(f"E{message.name}")
    is_told = selects(ctx, "msg_id") if was_given else own == "message-id" and selects(ctx, "msg_id_created")
    if identification and is_told:
        parts.append(f"id{'' if was_given else '*'}={identification}")
    if selects(ctx, "subject") and ctx.expand("${if def:h_subject:{y}}"):
        parts.append(subject(ctx))
    if not with_envelope:
        return " ".join(parts)
    if selects(ctx, "received_sender"):
        parts.append(f"from <{message.sender if sender is None else sender}>")
    if recipients and selects(ctx, "received_recipients"):
        parts.append(f"for {' '.join(recipients)}")
    return " ".join(parts)


def subject(ctx: Context) -> str:
    """The subject in quotes, in one line."""
    text = logged(ctx.expand("$h_subject:").replace("\\", "\\\\").replace('"', '\\"'))
    return f'T="{text}"'


def reject_headers(ctx: Context, sender: str, recipients: Sequence[str]) -> str:
    """The envelope and the header as the reject log shows them."""
    lines = [f"Envelope-from: <{sender}>\n"]
    for number, address in enumerate(recipients):
        lines.append(f"{'Envelope-to:' if not number else '   '} <{address}>\n")
    headers = list(ctx.headers or ())
    resent = any(name.lower().startswith("resent-") for name, _ in headers)
    lines += [f"{kind(header, resent=resent)} {header[1]}" for header in headers]
    return "".join(lines)
