"""What becomes of clients that are silent too long, or speak before it is their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.options import seconds
from drivers.api.text import from_bytes, logged
from expander.session import ending, logline

if TYPE_CHECKING:
    from expander.session.machine import Session
    from expander.session.reception import Reception

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


def command_timeout(session: Session) -> None:
    """No command has come for ``smtp_receive_timeout``."""
    host = session.ctx.expand("$smtp_active_hostname")
    session.say(f"421 {host}: SMTP command timeout - closing connection\r\n")
    kind = "TLS connection" if session.has_tls else "connection"
    logline.log_lost(
        session, f"SMTP command timeout on {kind} from {logline.client(session)}{_passed(session)}"
    )
    session.end("command-timeout")
    session.has_greeted = False  # nor does the log tell that there was no MAIL


def data_timeout(session: Session) -> None:
    """Nothing of the message under way has come for ``smtp_receive_timeout``."""
    host = session.ctx.expand("$smtp_active_hostname")
    session.say(f"421 {host} SMTP incoming data timeout - closing connection.\r\n")
    if session.reception is not None and not _is_too_long(session, session.reception):
        name_reception(session, session.reception)
    client = logline.client(session) if session.ctx.facts.get("sender_host_address") else "local process"
    sender = session.mail.sender if session.text_sender_with is None else session.text_sender_with()
    who = f"{client} F=<{sender or ''}>{_passed(session)}"
    logline.log_lost(session, f"SMTP data timeout (message abandoned) on connection from {who}")
    session.end("data-timeout")


def _is_too_long(session: Session, reception: Reception) -> bool:
    """True if the header is longer than it may be, which the log has been told then."""
    if reception.chunks:
        return False
    from expander.message.headers import read_message
    from expander.session import headerlimits

    headers = read_message(reception.lines.in_memory(), dot_ends=False).headers
    return bool(headerlimits.log_excess(session, headers))


def name_reception(session: Session, reception: Reception) -> None:
    """Give a message that is broken off its name in the log, if its header is whole."""
    if b"\n\n" in b"\n" + reception.lines.in_memory():
        from expander.session import message

        session.message_id = message.identification(session)


def is_too_soon(session: Session, name: str) -> bool:
    """True if a client may not send anything behind a command of that name before it has the reply."""
    if name in ALWAYS or session.conversation is not None or not _is_enforced(session):
        return False
    if (
        session.can_pipe_connect
    ):  # who may speak before the greeting need not wait either, up to its first DATA
        return False
    return name not in PIPELINED or "PIPELINING" not in session.advertised


def has_gone_on(session: Session) -> bool:
    """True if the client has not waited for the reply to MAIL or RCPT, as it must without PIPELINING.

    That is looked at again once the ACL has permitted the command, and ends the session.
    """
    if session.ahead_with is None or "PIPELINING" in session.advertised or not _is_enforced(session):
        return False
    further = session.ahead_with()
    if further:
        out_of_step(session, session.ctx.facts["smtp_command"], from_bytes(further))
    return bool(further)


def _is_enforced(session: Session) -> bool:
    """True if clients have to wait for replies; under TLS Exim does not look."""
    if session.has_tls or "no_enforce_sync" in session.controls:
        return False
    return "enforce_sync" in session.controls or bool(session.ctx.options.get("smtp_enforce_sync"))


def out_of_step(session: Session, command: str, further: str) -> None:
    """The client has sent more behind a command whose reply it had to wait for."""
    offered = "was" if "PIPELINING" in session.advertised else "was not"
    said = f"next input sent too soon: pipelining {offered} advertised"
    who = logline.client(session, labelled=True)
    shown = logged(further[:MOST_SHOWN])
    ending.incomplete(session, "sync failure")
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
