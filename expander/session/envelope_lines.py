"""Lines ``From ...`` before the messages of clients: ``ignore_fromline_hosts``, ``ignore_fromline_local``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from expander.message import envelope_line
from expander.session.arrival import ignores_from_lines

if TYPE_CHECKING:
    from expander.session.machine import Session
    from expander.session.reception import Reception


def without_envelope_lines(session: Session, reception: Reception, data: bytes) -> bytes:
    """The message without lines ``From ...`` before it, if they are ignored: the last one has the sender."""
    ctx = session.ctx
    lines: list[bytes] = []
    at, ignores = 0, reception.ignores_from_line
    while ignores and (end := data.find(b"\n", at) + 1) > at + 1:
        if envelope_line.sender_in(ctx, data[at:end].decode("latin-1")) is None:
            break
        lines.append(data[at:end])
        at, ignores = end, ignores_from_lines(ctx)  # it is asked before each line
    if not lines:
        return data
    address = envelope_line.address_in(ctx, lines[-1].decode("latin-1"))
    if address is not None and (session.is_trusted or envelope_line.may_set(ctx, address)):
        session.mail.sender = address
        ctx.facts["sender_address"] = Tainted(address)
    reception.lines.forget_beginning(at)
    reception.size -= at
    return data[at:]
