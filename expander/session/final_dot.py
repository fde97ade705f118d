"""Clients that are gone when their message has come: told nothing of it, they will send it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.session import arrival, logline, others

if TYPE_CHECKING:
    from expander.session.machine import Session


def client_is_gone(session: Session) -> bool:
    """True if nobody is there to hear that the message was taken, which ends the session.

    A client that has sent anything behind its message, be it QUIT, counts as there.
    """
    reception = session.reception
    if session.ahead_with is None or (reception is not None and reception.has_more):
        return False
    if session.ahead_with() is not None:
        return False
    others.notquit(session, "connection-lost")
    who = logline.client(session, labelled=True)
    protocol = session.ctx.facts.get("received_protocol", "")
    session.ctx.log(f"SMTP connection lost after final dot {who} P={protocol}")
    arrival.log_discarded(session)
    session.end()
    return True
