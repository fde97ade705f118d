"""What becomes of clients that are silent too long, or speak before it is their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.options import seconds
from drivers.api.text import logged
from drivers.values.log_selector import selects
from expander.session import logline

if TYPE_CHECKING:
    from expander.session.machine import Session

TELLS_DURATION = "4.99"
MOST_SHOWN = 150
"""So much of what came too soon is shown in the log."""

PIPELINED = frozenset({"MAIL", "RCPT", "RSET"})
"""Commands that more may follow at once where PIPELINING is on offer."""

ALWAYS = frozenset({"BDAT", "AUTH", "QUIT", "HELP"})
"""Commands that more may follow at once in any case."""


def patience(session: Session) -> float:
    """How many seconds the client may be silent: the option ``smtp_receive_timeout``, 0 for ever."""
    given = session.ctx.options.get("smtp_receive_timeout")
    if not isinstance(given, str):
        return float(given or 0)
    try:
        return float(max(seconds(session.ctx.expand(given)), 0))
    except ExpansionError as problem:
        session.ctx.log(f"expansion of smtp_receive_timeout failed: {problem.message}", panic=True)
        return 0.0


def _passed(session: Session) -> str:
    """How long the session has lasted, where the log tells that."""
    if not session.ctx.profile.at_least(TELLS_DURATION):
        return ""
    return f" D={logline.since(session.ctx, session.started)}"


def _log(session: Session, text: str) -> None:
    if selects(session.ctx, "lost_incoming_connection"):
        session.ctx.log(text)


def command_timeout(session: Session) -> None:
    """No command has come for ``smtp_receive_timeout``."""
    host = session.ctx.expand("$smtp_active_hostname")
    session.say(f"421 {host}: SMTP command timeout - closing connection\r\n")
    _log(session, f"SMTP command timeout on connection from {logline.client(session)}{_passed(session)}")
    session.end("command-timeout")


def data_timeout(session: Session) -> None:
    """Nothing of the message under way has come for ``smtp_receive_timeout``."""
    host = session.ctx.expand("$smtp_active_hostname")
    session.say(f"421 {host} SMTP incoming data timeout - closing connection.\r\n")
    if session.reception is not None and b"\n\n" in b"\n" + session.reception.lines.in_memory():
        from expander.session import message

        session.message_id = message.identification(session)  # the header is whole: it is a message
    client = logline.client(session) if session.ctx.facts.get("sender_host_address") else "local process"
    sender = session.mail.sender if session.text_sender_with is None else session.text_sender_with()
    who = f"{client} F=<{sender or ''}>{_passed(session)}"
    _log(session, f"SMTP data timeout (message abandoned) on connection from {who}")
    session.end("data-timeout")


def is_too_soon(session: Session, name: str) -> bool:
    """True if a client may not send anything behind a command of that name before it has the reply."""
    enforced = bool(session.ctx.options.get("smtp_enforce_sync"))
    if "no_enforce_sync" in session.controls:
        enforced = False
    elif "enforce_sync" in session.controls:
        enforced = True
    if not enforced or name in ALWAYS or session.conversation is not None:
        return False
    return name not in PIPELINED or "PIPELINING" not in session.advertised


def out_of_step(session: Session, command: str, further: str) -> None:
    """The client has sent more behind a command whose reply it had to wait for."""
    offered = "was" if "PIPELINING" in session.advertised else "was not"
    said = f"next input sent too soon: pipelining {offered} advertised"
    who = logline.client(session, labelled=True)
    shown = logged(further[:MOST_SHOWN])
    session.say("554 SMTP synchronization error\r\n")
    session.ctx.log(
        f'SMTP protocol synchronization error ({said}): rejected "{command}" {who} next input="{shown}"'
    )
    session.end("synchronization-error")


def before_greeting(session: Session, given: str) -> None:
    """The client has not waited for the greeting."""
    who = logline.client(session, labelled=True)
    session.say("554 SMTP synchronization error\r\n")
    session.ctx.log(
        "SMTP protocol synchronization error (input sent without waiting for greeting): rejected "
        f'connection from {who} input="{logged(given[:MOST_SHOWN])}"'
    )
    session.end()
