"""Cutthrough delivery: a message goes on over a connection that is there by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.remote import Sent
from drivers.api.text import logged
from drivers.api.transports import OK, Failure
from expander.session import logline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.routing import Address
    from expander.acl.cutthrough import Held
    from expander.delivery.deliver import Delivery
    from expander.queue.agent import Agent
    from expander.queue.message import Message
    from expander.session.machine import Session

REFUSED = {"4": "tmp-reject from cutthrough after DATA", "5": "rejected after DATA"}

AROUND, AFTERWARDS = len("DATA\r\n.\r\n"), len("QUIT\r\n")
"""Bytes that count beside the text: those around it, and what was sent once the first line was logged."""


class _Counted:
    """The pieces of a text; ``size`` is how many bytes were taken by now."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            yield piece


def hand_on(agent: Agent, session: Session, message: Message, held: Held) -> tuple[str, str]:
    """Send the message: the first digit of the reply and its text, both "" where there was none."""
    from drivers.transports import smtp_body
    from expander.delivery import local
    from expander.delivery.deliver import Delivery
    from expander.delivery.remote_job import RemoteJob

    assert held.client is not None, "there is no connection"
    assert held.host is not None, "there is no connection"
    delivery = Delivery(agent, message)
    delivery.show_message()
    started = agent.world.clock.now()
    sent = held.client.line.sent
    further = Sent(sent.host, sent.port, sent.own_address, sent.own_port)  # of these Exim tells less
    try:
        job = RemoteJob(delivery, held.addresses, local.full(delivery, held.addresses[0]))
        written = _Counted(smtp_body.pieces(job, doubles_dots=True))
        reply = held.client.text(written)
    except Failure:
        return "", ""
    size = written.size + AROUND + (0 if reply.code == "2" else AFTERWARDS)
    took = agent.world.clock.now() - started
    first = held.addresses[0]
    for address in reversed(held.addresses if reply.code else ()):
        address.sent, address.result = sent if address is first else further, OK
        address.confirmation = logged(reply.text) if reply.code == "2" else reply.text
        _tell(delivery, session, address, reply.code, size, took)
        size = written.size + AROUND + AFTERWARDS
    return reply.code, reply.text


def _tell(delivery: Delivery, session: Session, address: Address, code: str, size: int, took: float) -> None:
    """Write the line about a recipient."""
    from expander.delivery import lines, told_events

    line = lines.delivered(address, delivery.told_now(), ">", return_path=None, took=took, size=size)
    if code == "2":
        session.ctx.log(line)
        told_events.delivered(delivery, address)
        return
    _, mark, rest = line.partition(" R=")
    who = logline.client(session, labelled=True)
    what = REFUSED.get(code, REFUSED["4"])
    session.ctx.log(f"{who} {address.text} F=<{session.mail.sender}> {what}:{mark}{rest}")
