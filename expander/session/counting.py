"""Commands that a session does not serve: unknown ones, too many of a kind, all where it closes down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, Tainted
from expander.session import ending, logline, others
from expander.session.hostcheck import client_in

if TYPE_CHECKING:
    from expander.session.machine import Session

FREE_OF_CHARGE = {"RSET", "HELO", "EHLO", "STARTTLS"}
"""Commands that bring no mail forward, but of which there may be one with each message."""

NO_NUL = "501 NUL characters are not allowed in SMTP commands\r\n"

_HELLO = {"HELO", "EHLO"}
_USED_UP: dict[str, set[str]] = {"HELO": _HELLO, "EHLO": _HELLO, "STARTTLS": set()}
"""What else is not free any more after one of them. STARTTLS is free until it is permitted."""


def _log_drop(session: Session, words: str) -> None:
    if not session.is_batch:  # whoever sends a batch is told
        logline.log_refusal(session, f"SMTP call from {logline.client(session)} dropped: {words}")


def unknown(session: Session) -> None:
    """A command that is not known; after too many of these the session ends."""
    session.unknown += 1
    if session.unknown <= session.number("smtp_max_unknown_commands"):
        session.error(500, "unrecognized command")
        return
    ending.wrong(session, "syntax", "unrecognized command")
    ending.incomplete(session, "unrecognized command")
    last = session.ctx.facts["smtp_command"]
    words = f'too many unrecognized commands (last was "{last}")'
    session.say("500 Too many unrecognized commands\r\n")
    session.ends_well = True  # as Exim has it, other than with too many mistakes
    session.end("bad-commands")
    _log_drop(session, words)


def with_nul(session: Session, text: str) -> None:
    """A command with NULs in it, which are shown as question marks."""
    shown = text.replace("\0", "?").rstrip(SPACE)
    session.ctx.facts["smtp_command"] = Tainted(shown)
    ending.wrong(session, "syntax", "NUL character(s) present (shown as '?')")
    session.errors += 1
    ends = session.errors > session.number("smtp_max_synprot_errors")
    if ends:
        ending.too_many_errors(session)
    session.say(NO_NUL)
    if ends:
        session.end()


def too_many_nonmail(session: Session, name: str, text: str) -> bool:
    """Count a command that brings no mail forward; True if it was one too many."""
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
    ending.incomplete(session, "too many non-mail commands")
    session.say("554 Too many nonmail commands\r\n")
    words = f'too many nonmail commands (last was "{text.partition(" ")[0]}")'
    _log_drop(session, words)
    session.end("bad-commands")
    return True


def closing_down(session: Session, name: str, text: str) -> None:
    """Answer a command of a client that is served no longer."""
    if name and name not in others.MAIL_COMMANDS and too_many_nonmail(session, name, text):
        return
    if name == "QUIT":
        session.say(f"221 {session.ctx.expand('$smtp_active_hostname')} closing connection\r\n")
        session.closed = True
    elif name == "RSET":
        session.say("250 Reset OK\r\n")
    else:
        session.say(f"421 {session.closing_words}\r\n")
