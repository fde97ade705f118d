"""Lines ``From ...`` before the messages of clients: ``ignore_fromline_hosts``, ``ignore_fromline_local``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from expander.message import envelope_line
from expander.session.hostcheck import client_in

if TYPE_CHECKING:
    from expander.expand.context import Context
    from expander.session.machine import Session
    from expander.session.reception import Reception


def without_envelope_lines(session: Session, reception: Reception, data: bytes) -> bytes:
    """The message without lines ``From ...`` before it, if they are ignored: the last one has the sender."""
    ctx = session.ctx
    lines: list[bytes] = []
    at = 0
    while (end := data.find(b"\n", at) + 1) > at + 1 and _ignores(ctx):
        if envelope_line.sender_in(ctx, data[at:end].decode("latin-1")) is None:
            break
        lines.append(data[at:end])
        at = end
    if not lines:
        return data
    address = envelope_line.address_in(ctx, lines[-1].decode("latin-1"))
    if address is not None and (session.is_trusted or envelope_line.may_set(ctx, address)):
        session.mail.sender = address
        ctx.facts["sender_address"] = Tainted(address)
    reception.lines.forget_beginning(at)
    reception.size -= at
    return data[at:]


def _ignores(ctx: Context) -> bool:
    """True if the client's lines of that kind are none of its messages: it is asked before each line."""
    if ctx.facts.get("sender_host_address"):
        return client_in(ctx, "ignore_fromline_hosts")
    return bool(ctx.options.get("ignore_fromline_local"))
