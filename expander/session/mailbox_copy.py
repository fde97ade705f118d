"""The copy of a message that scanners and patterns look through."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import Refused
from drivers.api.text import from_bytes, to_bytes

if TYPE_CHECKING:
    from expander.session.machine import Session


def as_mailbox(session: Session) -> str:
    """The message as in a mailbox: its envelope, the header lines as they are now, the body.

    The first one who asks determines what all others see of the message. A file with it is left where
    scanners look for it, if files may be written there. See "Content scanning at ACL time".
    """
    if session.copy is None:
        session.copy = _made(session)
        with suppress(OSError, Refused):
            file_of(session)
    return session.copy


def folder(session: Session) -> str:
    """Where the copy and what is decoded of it belong."""
    spool = session.ctx.options.get("spool_directory") or ""
    return f"{spool}/scan/{session.message_id}"


def file_of(session: Session) -> str:
    """The path of the file that holds the copy, which is written if it is not there.

    Raises ``OSError`` or ``Refused`` where it cannot be written.
    """
    if session.copy is None:
        session.copy = _made(session)
    files, place = session.ctx.world.files, folder(session)
    path = f"{place}/{session.message_id}.eml"
    if not session.has_copy_file:
        files.make_folder(place)
        files.write(path, to_bytes(session.copy))
        session.has_copy_file = True
    return path


def _made(session: Session) -> str:
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
    """The copy is no longer wanted: it goes with all that was decoded of it, unless a control keeps them."""
    if session.copy is None:
        return
    session.copy = None
    files, place = session.ctx.world.files, folder(session)
    names = [f"{session.message_id}.eml"]
    if session.has_copy_file:
        session.has_copy_file = False
        with suppress(OSError):
            names = list(files.names(place))
    if "no_mbox_unspool" in session.mail.controls:
        return
    for name in names:
        session.ctx.debug(f"unspool_mbox(): unlinking '{place}/{name}'")
        with suppress(OSError, Refused):
            files.remove(f"{place}/{name}")
    with suppress(OSError, Refused):
        files.remove_folder(place)
