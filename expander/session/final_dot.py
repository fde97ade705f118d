"""Clients that are gone when their message has come: told nothing of it, they will send it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.session import arrival, logline

if TYPE_CHECKING:
    from expander.session.machine import Session


def not_taken(session: Session) -> None:
    """End the session: nobody is there to hear that the message was taken.

    A client that has sent anything behind its message, be it QUIT, counts as there.
    """
    session.end("connection-lost")
    who = logline.client(session, labelled=True)
    protocol = session.ctx.facts.get("received_protocol", "")
    session.ctx.log(f"SMTP connection lost after final dot {who} P={protocol}")
    arrival.log_discarded(session)
