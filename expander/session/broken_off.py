"""Messages that do not come to their end: the client is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.peer import connection_of
from expander.message.headers import read_message
from expander.session import arrival, headerlimits, logline, message
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from expander.session.machine import Session
    from expander.session.reception import Reception


_HEADER_ALONE = late_pattern(rb"(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*+)++")

IN_HEADER = " (after header)"
NAMES_SINCE = "4.99"
"""Since this release the log tells the name of a message whose body is broken off."""


def quits(session: Session) -> None:
    """QUIT between chunks: Exim takes what has whole header lines alone for a message, and goes on."""
    reception = session.reception
    assert reception is not None
    if not reception.held and _HEADER_ALONE.fullmatch(reception.lines.in_memory()):
        reception.chunks = False  # nor does the log tell of chunks
        message.complete(session)
    else:
        lost(session)


def goes_on(session: Session, problem: str) -> bool:
    """True if the client that is gone in a message is told of that message, and then lost as behind it.

    So it is with one that is too long, and with header lines in chunks behind which the connection broke.
    """
    reception = session.reception
    assert reception is not None
    data = reception.lines.in_memory()
    if reception.is_too_big:
        message.complete(session)
        return True
    if not reception.chunks and headerlimits.exceeded(session, read_message(data, dot_ends=False).headers):
        session.next_message()
        return True
    if (
        not problem
        or not reception.chunks
        or session.wants != "command"
        or _place(reception, data) != IN_HEADER
    ):
        return False
    who = connection_of(session.ctx)
    name = message.identification(session)
    session.ctx.log(
        f"{name} Message abandoned: Input read error ({problem}) while receiving message from {who}"
    )
    session.next_message()
    return True


def lost(session: Session) -> None:
    """The client is gone before the message has ended."""
    reception = session.reception
    assert reception is not None
    data = reception.lines.in_memory()
    if b"\n" in data[1:]:
        arrival.ask_of_from_line(session, reception)
    session.say("421 Lost incoming connection\r\n")
    facts, place = session.ctx.facts, _place(reception, data)
    who = connection_of(session.ctx) or facts.get("sender_ident", "")
    if not place and session.ctx.profile.at_least(NAMES_SINCE):
        session.message_id = message.identification(session)  # the header is whole: it is a message
    logline.log_lost(session, f"SMTP connection from {who} lost while reading message data{place}")
    session.end("connection-lost")


def _place(reception: Reception, data: bytes) -> str:
    """How far a message has come, for the log: nothing is said where the body had begun."""
    rest = data[sum(len(text) for _, text in read_message(data, dot_ends=False).headers) :]
    if not data or (b"\n" not in rest and (reception.in_line or reception.held)):
        return " (header)"
    body_has_begun = rest.startswith(b"\n") or b"\n" in (rest if reception.chunks else rest[:-1])
    return "" if body_has_begun else IN_HEADER
