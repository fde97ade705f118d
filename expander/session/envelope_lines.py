"""Lines ``From ...`` before the messages of clients: ``ignore_fromline_hosts``, ``ignore_fromline_local``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from expander.message import envelope_line
from expander.session.hostcheck import client_in

if TYPE_CHECKING:
    from expander.session.machine import Session
    from expander.session.reception import Reception


def without_envelope_lines(session: Session, reception: Reception, data: bytes) -> bytes:
    """The message without lines ``From ...`` before it, if they are ignored: the last one has the sender."""
    ctx = session.ctx
    if ctx.facts.get("sender_host_address"):
        ignores = client_in(ctx, "ignore_fromline_hosts")
    else:
        ignores = bool(ctx.options.get("ignore_fromline_local"))
    lines = envelope_line.leading(ctx, data) if ignores else []
    if not lines:
        return data
    address = envelope_line.address_in(ctx, lines[-1].decode("latin-1"))
    if address is not None and (session.is_trusted or envelope_line.may_set(ctx, address)):
        session.mail.sender = address
        ctx.facts["sender_address"] = Tainted(address)
    count = sum(map(len, lines))
    reception.lines.forget_beginning(count)
    reception.size -= count
    return data[count:]
