"""Commands that a session does not serve: unknown ones, too many of a kind, all where it closes down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, logged
from expander.session import ending, logline, others, proxied
from expander.session.hostcheck import client_in
from expander.session.reception import in_chunks
from expander.session.replies import reply

if TYPE_CHECKING:
    from expander.session.machine import Session

NULS = "NUL character(s) present (shown as '?')"
FREE_OF_CHARGE = {"RSET", "HELO", "EHLO", "STARTTLS"}
"""Commands that bring no mail forward, but of which there may be one with each message."""


_HELLO = {"HELO", "EHLO"}
_USED_UP: dict[str, set[str]] = {"HELO": _HELLO, "EHLO": _HELLO, "STARTTLS": set()}
"""What else is not free any more after one of them. STARTTLS is free until it is permitted."""


def unknown(session: Session) -> None:
    """A command that is not known; after too many of these the session ends."""
    session.unknown += 1
    if session.unknown <= session.number("smtp_max_unknown_commands"):
        session.error(500, "unrecognized command")
        return
    ending.wrong(session, "syntax", "unrecognized command")
    ending.incomplete(session, "unrecognized command")
    top_bit_prints = bool(session.ctx.options.get("print_topbitchars"))
    last = logged(session.ctx.facts["smtp_command"], top_bit_prints=top_bit_prints)
    words = f'too many unrecognized commands (last was "{last}")'
    said = ending.notquit(session, "bad-commands")
    session.say(reply("500", said or "Too many unrecognized commands"))
    session.ends_well = True  # as Exim has it, other than with too many mistakes
    session.end()
    _log_drop(session, words)


def _log_drop(session: Session, words: str) -> None:
    if not session.is_batch:  # whoever sends a batch is told
        logline.log_refusal(session, f"SMTP call from {logline.client(session)} dropped: {words}")


def too_many_nonmail(session: Session, name: str, text: str) -> bool:
    """Count a command that brings no mail forward; True if it was one too many."""
    if not _one_too_many(session, name):
        return False
    ending.incomplete(session, "too many non-mail commands")
    _log_drop(session, f'too many nonmail commands (last was "{text.partition(" ")[0]}")')
    session.say(reply("554", ending.notquit(session, "bad-commands") or "Too many nonmail commands"))
    session.end()
    return True


def _one_too_many(session: Session, name: str) -> bool:
    if name in session.free_of_charge:
        session.free_of_charge -= _USED_UP.get(name, {name})
        return False
    if session.counts_nonmail is None:
        session.counts_nonmail = client_in(session.ctx, "smtp_accept_max_nonmail_hosts", if_open=True)
    if not session.counts_nonmail:
        return False
    session.nonmail += 1
    return session.nonmail > session.number("smtp_accept_max_nonmail")


def closing_down(session: Session, name: str) -> None:
    """Answer a command of a client that is served no longer; one that is unknown has no name."""
    if name and name not in others.MAIL_COMMANDS and _one_too_many(session, name):
        name = ""
    if name == "QUIT":
        session.say(f"221 {session.ctx.expand('$smtp_active_hostname')} closing connection\r\n")
        session.closed = True
    elif name == "RSET":
        session.say("250 Reset OK\r\n")
    else:
        session.say(f"421 {session.closing_words}\r\n")


def too_long(session: Session, text: str) -> None:
    """Answer a piece of a line that is too long for a command."""
    if session.closing_words:
        closing_down(session, "")
        return
    session.ctx.facts["smtp_command"] = Tainted(text)
    if not in_chunks(session) or not between_chunks(session, ""):
        unknown(session)


def with_nul(session: Session, text: str) -> None:
    """Refuse a line with NULs in it, for which question marks stand in ``text``."""
    if session.proxy_has_failed:
        session.say(proxied.REFUSAL)
    elif session.closing_words:
        session.say(f"421 {session.closing_words}\r\n")
    else:
        session.after_rcpt = session.is_rcpt = session.after_refused_mail = session.is_refused_mail = False
        session.ctx.facts["smtp_command"] = Tainted(text)
        if not in_chunks(session) or not between_chunks(session, ""):
            session.error(501, "NUL characters are not allowed in SMTP commands", logged=NULS)


def between_chunks(session: Session, name: str, *, is_whole: bool = True) -> bool:
    """Refuse a command that may not come between chunks; True if that was done."""
    from expander.session import chunks

    if is_whole and name and name not in others.MAIL_COMMANDS and _one_too_many(session, name):
        name = ""
    return chunks.refused(session, name, is_whole=is_whole)
