"""The commands of a session, and what does the work of each.

What messages and questions about addresses need is loaded when one comes: most sessions that are
tests have neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.session import authentication, envelope, hello, others, tls

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.session.machine import Session


def _begin_data(session: Session, argument: str) -> None:
    from expander.session import message

    session.took_message = True
    message.begin_data(session, argument)


def _begin_chunk(session: Session, argument: str) -> None:
    from expander.session import message

    session.took_message = True
    message.begin_chunk(session, argument)


def _question(name: str) -> Callable[[Session, str], None]:
    def answer(session: Session, argument: str) -> None:
        from expander.session import questions

        command: Callable[[Session, str], None] = getattr(questions, name)
        command(session, argument)

    return answer


def _etrn(session: Session, argument: str) -> None:
    from expander.session import etrn

    etrn.etrn(session, argument)


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
    "HELP": others.helps,
    "AUTH": authentication.auth,
    "STARTTLS": tls.starttls,
    "WELLKNOWN": _wellknown,
    "XCLIENT": _xclient,
}
"""What does the work of each command."""
