"""How sessions begin and end in the log, and the mistakes there, as far as log_selector asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from drivers.api.text import logged
from drivers.values.log_selector import selects
from drivers.values.peer import authenticated_of, connection_of, secured_of
from expander import events
from expander.session import crowding, logline
from expander.session.judging import ERROR
from expander.session.reception import in_chunks

if TYPE_CHECKING:
    from expander.session.machine import Session

MOST_HISTORY = 20
"""How many commands are remembered."""

BAD_SEQUENCE = 503
BY_QUIT = "closed by QUIT"
Kind = Literal["protocol", "syntax"]
"""What is wrong with a command: its place, or its form."""


def opened(session: Session) -> None:
    """A client has connected."""
    if session.logs_connection:
        line = f"SMTP connection from {_host(session)}{crowding.connected(session)}"
        session.ctx.log_selected(line, "smtp_connection")


def closed(session: Session, how: str) -> None:
    """The connection is over, and how it came to that; of a batch that is told unless it says so itself."""
    if session.logs_connection and not (session.is_batch and how == BY_QUIT):
        session.ctx.log_selected(f"SMTP connection from {_host(session)} {how}", "smtp_connection")


def notquit(session: Session, reason: str) -> str:
    """Run the ACL for sessions that end without QUIT: what it says to the client."""
    session.ctx.facts["smtp_notquit_reason"] = reason
    verdict = session.judge("notquit")
    if verdict.word == ERROR:
        session.ctx.log(f"ACL for not-QUIT returned ERROR: {verdict.log_message or 'NULL'}", panic=True)
    return verdict.message


def told_nobody(session: Session) -> None:
    """Under TLS, a client may be gone before it has heard the reply to QUIT."""
    ctx = session.ctx
    if not session.has_tls or session.is_reset_with is None or not selects(ctx, "protocol_detail"):
        return
    if session.is_reset_with():
        address = ctx.facts["sender_host_address"]
        ctx.log(f"[{address}] after QUIT, client reset TCP before SMTP response and TLS close\n")


def without_mail(session: Session) -> None:
    """The session, if it is over, was one without MAIL."""
    ctx = session.ctx
    if not session.closed or session.mails or not session.has_greeted or not selects(ctx, "smtp_no_mail"):
        return
    parts = [f"no MAIL in SMTP connection from {logline.client(session)}"]
    parts.append(f"D={logline.since(ctx, session.started)}")
    parts += filter(None, [authenticated_of(ctx)])
    parts += secured_of(ctx)
    if session.history:
        parts.append(_last_commands(session))
    ctx.log(" ".join(parts))


def incomplete(session: Session, what: str) -> None:
    """A message is given up before it came."""
    state, ctx = session.mail, session.ctx
    if state.sender is None or not selects(ctx, "smtp_incomplete_transaction"):
        return
    whom = [address for address in state.recipients if address]
    to = f" for {' '.join(whom)}" if whom else ""
    who = logline.client(session, labelled=True)
    ctx.log(f"{who} incomplete transaction ({what}) from <{state.sender}>{to}")


def wrong(session: Session, kind: Kind, text: str) -> None:
    """A command is refused for its form or for its place."""
    ctx = session.ctx
    events.of_main(ctx, f"smtp:fail:{kind}", text)
    if selects(ctx, f"smtp_{kind}_error") and not session.is_batch:
        top_bit_prints = bool(ctx.options.get("print_topbitchars"))
        command = logged(ctx.facts.get("smtp_command", ""), top_bit_prints=top_bit_prints)
        who = logline.client(session, labelled=True)
        ctx.log(f'SMTP {kind} error in "{command}" {who} {text}')


def _last_commands(session: Session) -> str:
    """The last commands as the log has them; dots stand before as many as are remembered, or more."""
    more = "..." if len(session.history) >= MOST_HISTORY else ""
    return f"C={more}{','.join(session.history[-MOST_HISTORY:])}"


def too_many_errors(session: Session) -> None:
    """The client has made more mistakes than it may."""
    if session.is_batch:
        return
    history = f",  {_last_commands(session)}" if session.history else ", NULL"
    top_bit_prints = bool(session.ctx.options.get("print_topbitchars"))
    last = logged(session.ctx.facts.get("smtp_command", ""), top_bit_prints=top_bit_prints)
    words = f'too many syntax or protocol errors (last command was "{last}"{history})'
    logline.log_refusal(session, f"SMTP call from {logline.client(session)} dropped: {words}")


def mistake(
    session: Session, code: int, text: str, about: str | None, *, kind: Kind | None, logged: str
) -> None:
    """Refuse a command for its form or its place: see `Session.error`."""
    wrong(session, kind or ("protocol" if code == BAD_SEQUENCE else "syntax"), logged or text)
    session.errors += 1
    ends = session.errors > session.number("smtp_max_synprot_errors")
    mark = "-" if ends and not logged else " "
    session.say(f"{code}{mark}{'' if about is None or session.is_batch else f'{about}: '}{text}\r\n")
    if ends:
        too_many_errors(session)
        if not logged:
            session.say(f"{code} Too many syntax or protocol errors\r\n")
        give_up(session)


def give_up(session: Session) -> None:
    """End a session with too many mistakes; between chunks that is as if the client were gone.

    There Exim looks at the number of mistakes no earlier than at the second one.
    """
    if not in_chunks(session) or (session.reception is not None and session.reception.is_refused):
        session.end()
        return
    if session.reception is not None and session.reception.only_reset:
        from expander.session import broken_off

        broken_off.quits(session)


def _host(session: Session) -> str:
    return connection_of(session.ctx)
