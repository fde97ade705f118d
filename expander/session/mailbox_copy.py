"""The copy of a message that scanners and patterns look through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_bytes

if TYPE_CHECKING:
    from expander.session.machine import Session


def as_mailbox(session: Session) -> str:
    """The message as in a mailbox: its envelope, the header lines as they are now, the body.

    See "Content scanning at ACL time", where the format is told.
    """
    session.has_copy = True
    ctx, state = session.ctx, session.mail
    assert session.reception is not None
    data = b"".join(session.reception.lines)
    found = data.find(b"\n\n")
    body = b"" if data.startswith(b"\n") or found < 0 else data[found + 2 :]
    if data.startswith(b"\n"):
        body = data[1:]
    recipients = ", ".join(address for address in state.recipients if address)
    head = f"From MAILER-DAEMON {ctx.expand('$tod_bsdinbox')}\nX-Envelope-From: <{state.sender}>\n"
    head += f"X-Envelope-To: {recipients}\n"
    lines = "".join(line for _, line in ctx.headers or ())
    return f"{head}{lines}\n{from_bytes(body)}"


def remove(session: Session) -> None:
    """The copy is no longer wanted: tell of that, as Exim does of its file."""
    if not session.has_copy:
        return
    session.has_copy = False
    spool = session.ctx.options.get("spool_directory") or ""
    name = session.message_id
    if "no_mbox_unspool" not in session.mail.controls:
        session.ctx.debug(f"unspool_mbox(): unlinking '{spool}/scan/{name}/{name}.eml'")
