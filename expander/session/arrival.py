"""The lines that tell of a message that has come: ``Received:`` and the line of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.config.log_selector import is_on
from expander.session import logline

if TYPE_CHECKING:
    from expander.session.machine import Session


def received(session: Session, name: str) -> str:
    """The line ``Received:`` with its newline. Raises ``ExpansionError``."""
    facts, state = session.ctx.facts, session.mail
    kept = [address for address in state.recipients if address]
    only = kept[0] if len(kept) == 1 else ""
    facts["received_for"], facts["message_exim_id"] = only, name
    try:
        text = session.option("received_header_text")
        when = session.ctx.expand("$tod_full")
    finally:
        facts.pop("received_for")
    return f"{text};\n\t{when}\n" if text else ""


def line(session: Session, size: int, *, chunks: bool) -> str:
    """The line of the log for a message that has arrived, without its identification."""
    facts, state = session.ctx.facts, session.mail
    selected = str(session.ctx.options.get("log_selector") or "")
    parts = [f"{'(=' if 'fakereject' in state.controls else '<='} {state.sender or '<>'}"]
    parts.append(logline.client(session, labelled=True))
    parts.append(f"P={facts.get('received_protocol', '')}")
    if facts.get("sender_host_authenticated"):
        parts.append(f"A={facts['sender_host_authenticated']}")
    if chunks:
        parts.append("K")
    parts.append(f"S={size}")
    if is_on(selected, "8bitmime"):
        parts.append(f"M8S={state.body}")
    if facts.get("queue_name"):
        parts.append(f"Q={facts['queue_name']}")
    identification = state.identification
    if identification and is_on(selected, "msg_id", default=True):
        parts.append(f"id={identification}")
    if is_on(selected, "subject") and session.ctx.expand("${if def:h_subject:{y}}"):
        parts.append(f'T="{session.ctx.expand("$h_subject:")}"')
    if is_on(selected, "received_sender"):
        parts.append(f"from <{state.sender}>")
    if any(state.recipients) and is_on(selected, "received_recipients"):
        parts.append(f"for {' '.join(filter(None, state.recipients))}")
    return " ".join(parts)
