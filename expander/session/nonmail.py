"""Commands that bring no mail forward: of these there may be only so many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.session import logline
from expander.session.hostcheck import client_in

if TYPE_CHECKING:
    from expander.session.machine import Session

FREE_OF_CHARGE = {"RSET", "HELO", "EHLO", "STARTTLS"}
"""Those of which there may be one with each message."""

_HELLO = {"HELO", "EHLO"}
_USED_UP: dict[str, set[str]] = {"HELO": _HELLO, "EHLO": _HELLO, "STARTTLS": set()}
"""What else is not free any more after one of them. STARTTLS is free until it is permitted."""


def are_too_many(session: Session, name: str, text: str) -> bool:
    """Count a command; True, and the session is over, if it was one too many."""
    if name in session.free_of_charge:
        session.free_of_charge -= _USED_UP.get(name, {name})
        return False
    if session.counts_nonmail is None:
        session.counts_nonmail = client_in(session.ctx, "smtp_accept_max_nonmail_hosts", if_open=True)
    if not session.counts_nonmail:
        return False
    session.nonmail += 1
    if session.nonmail <= session.number("smtp_accept_max_nonmail"):
        return False
    session.say("554 Too many nonmail commands\r\n")
    words = f'too many nonmail commands (last was "{text.partition(" ")[0]}")'
    logline.log_refusal(session, f"SMTP call from {logline.client(session)} dropped: {words}")
    session.end("bad-commands")
    return True
