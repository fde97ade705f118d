"""Messages that do not come to their end: the client is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.message.headers import read_message
from expander.session.hostcheck import client_in

if TYPE_CHECKING:
    from expander.session.machine import Session
    from expander.session.reception import Reception


def lost(session: Session) -> None:
    """The client is gone before the message has ended."""
    reception = session.reception
    assert reception is not None
    data = reception.lines.in_memory()
    if b"\n" in data[1:]:
        client_in(session.ctx, "ignore_fromline_hosts")
    session.say("421 Lost incoming connection\r\n")
    who = session.ctx.facts["sender_fullhost"]
    session.ctx.log(f"SMTP connection from {who} lost while reading message data{_place(reception, data)}")
    session.end("connection-lost")


def _place(reception: Reception, data: bytes) -> str:
    """How far a message has come, for the log: nothing is said where the body had begun."""
    rest = data[sum(len(text) for _, text in read_message(data, dot_ends=False).headers) :]
    if not data or (b"\n" not in rest and (reception.in_line or reception.held)):
        return " (header)"
    body_has_begun = rest.startswith(b"\n") or b"\n" in rest[:-1]
    return "" if body_has_begun else " (after header)"
