"""The copy of the message of a session that scanners and patterns look through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_bytes
from expander.message.mailbox_copy import MailboxCopy, headed

if TYPE_CHECKING:
    from expander.session.machine import Session


def copy_of(session: Session) -> MailboxCopy:
    """The copy of the message that is being received."""
    if session.copy is None:
        session.copy = MailboxCopy(session.ctx, session.message_id, lambda: _made(session))
    return session.copy


def _made(session: Session) -> str:
    state = session.mail
    assert session.reception is not None
    data = b"".join(session.reception.lines)
    found = data.find(b"\n\n")
    body = b"" if data.startswith(b"\n") or found < 0 else data[found + 2 :]
    if data.startswith(b"\n"):
        body = data[1:]
    recipients = ", ".join(address for address in state.recipients if address)
    return headed(session.ctx, state.sender or "", recipients) + from_bytes(body)


def remove(session: Session) -> None:
    """The copy is no longer wanted."""
    if session.copy is not None:
        session.copy.remove(keeps_files="no_mbox_unspool" in session.mail.controls)
        session.copy = None
