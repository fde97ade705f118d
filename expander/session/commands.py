"""The commands of a session, and what does the work of each.

What messages and questions about addresses need is loaded when one comes: most sessions that are
tests have neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from expander.session import (
    authentication,
    command_line,
    counting,
    ending,
    envelope,
    hello,
    late,
    others,
    proxied,
    tls,
)
from expander.session.reception import in_chunks

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.session.machine import Session


def _begin_data(session: Session, argument: str) -> None:
    session.took_message = True
    late.message().begin_data(session, argument)


def _begin_chunk(session: Session, argument: str) -> None:
    session.took_message = True
    late.message().begin_chunk(session, argument)


def _question(name: str) -> Callable[[Session, str], None]:
    def answer(session: Session, argument: str) -> None:
        from expander.session import questions

        command: Callable[[Session, str], None] = getattr(questions, name)
        command(session, argument)

    return answer


def _etrn(session: Session, argument: str) -> None:
    from expander.session import etrn

    etrn.etrn(session, argument)


def _atrn(session: Session, argument: str) -> None:
    from expander.session import atrn

    atrn.atrn(session, argument)


def _wellknown(session: Session, argument: str) -> None:
    from expander.session import wellknown

    wellknown.wellknown(session, argument)


def _xclient(session: Session, argument: str) -> None:
    from expander.session import xclient

    xclient.xclient(session, argument)


COMMANDS: dict[str, Callable[[Session, str], None]] = {
    "HELO": hello.helo,
    "EHLO": hello.ehlo,
    "MAIL": envelope.mail,
    "RCPT": envelope.rcpt,
    "DATA": _begin_data,
    "BDAT": _begin_chunk,
    "RSET": others.rset,
    "NOOP": others.noop,
    "QUIT": others.quits,
    "VRFY": _question("vrfy"),
    "EXPN": _question("expn"),
    "ETRN": _etrn,
    "ATRN": _atrn,
    "HELP": others.helps,
    "AUTH": authentication.auth,
    "STARTTLS": tls.starttls,
    "WELLKNOWN": _wellknown,
    "XCLIENT": _xclient,
}
"""What does the work of each command."""

WITHOUT_ARGUMENT = frozenset({"DATA", "QUIT", "RSET", "STARTTLS"})


def obey(session: Session, text: str) -> None:
    """Carry out a line of a client: a command, or an answer in an exchange."""
    if session.conversation is not None:
        authentication.respond(session, text)
        return
    ctx = session.ctx
    name, argument = command_line.split(text, ctx.profile)
    if session.proxy_has_failed and name != "QUIT":
        session.say(proxied.REFUSAL)
        return
    if session.closing_words:
        counting.closing_down(session, "" if argument and name in WITHOUT_ARGUMENT else name)
        return
    session.after_rcpt, session.is_rcpt = session.is_rcpt, name == "RCPT"
    session.after_refused_mail, session.is_refused_mail = session.is_refused_mail, False
    facts = ctx.facts
    facts["smtp_command"] = Tainted(text)
    facts["smtp_command_argument"] = Tainted(argument)
    is_whole = not argument or name not in WITHOUT_ARGUMENT
    is_chunk = session.reception is not None and in_chunks(session)
    if is_chunk:
        if counting.between_chunks(session, name, is_whole=is_whole):
            return
    elif not is_whole:
        session.error(501, "unexpected argument data")
        return
    elif name and name not in others.MAIL_COMMANDS and counting.too_many_nonmail(session, name, text):
        return
    if not name:
        counting.unknown(session)
        return
    history = session.history
    if name != "BDAT" or not in_chunks(session):
        history.append(name)
    if len(history) > ending.MOST_HISTORY:
        history = history[-ending.MOST_HISTORY :]
    facts["smtp_command_history"] = ",".join(history)
    COMMANDS[name](session, argument)
