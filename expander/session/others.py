"""Commands that carry no mail, refusals, and how sessions end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.log_selector import selects
from drivers.values.peer import authenticated_of, secured_of
from expander.session import authentication, ending, logline
from expander.session.hostcheck import client_in, setting_of
from expander.session.judging import DEFER, DISCARD, DROP, ERROR, AclResult
from expander.session.reception import in_chunks
from expander.session.replies import OWN_CODE, reply

if TYPE_CHECKING:
    from expander.session.machine import Session

MAIL_COMMANDS = frozenset({"MAIL", "RCPT", "DATA", "BDAT", "QUIT"})
"""Commands of which there may be many: they bring mail forward, or end the session."""

_CODES = {"auth": "503", "vrfy": "252", "etrn": "458"}
"""The codes of refusals that are not 550."""

LONGEST_ARGUMENT = 100
"""So much of a command's argument is told of a refusal."""

WITH_SENDER = frozenset({"rcpt", "data", "mime"})
"""The phases whose refusals are logged with the sender."""


EXPLAINED = {
    "mail": (
        "Callback setup failed while verifying",
        (
            "\nThe initial connection, or a HELO or MAIL FROM:<> command was\n"
            "rejected. Refusing MAIL FROM:<> does not help fight spam, disregards\n"
            "RFC requirements, and stops you from receiving standard bounce\n"
            "messages. This host does not accept mail from domains whose servers\n"
            "refuse bounces."
        ),
    ),
    "postmaster": (
        "Postmaster verification failed while checking",
        (
            "\nSeveral RFCs state that you are required to have a postmaster\n"
            "mailbox for each mail domain. This host does not accept mail\n"
            "from domains whose servers reject the postmaster address."
        ),
    ),
}
"""What the client is told before and behind the reason why a callout for its sender failed."""


OF_MESSAGES = frozenset({"data", "mime", "dkim", "prdr"})
"""The ACLs that judge a message that has come."""


def refuse(session: Session, where: str, what: str, verdict: AclResult) -> None:
    """Tell the client and the log that an ACL has refused; a ``drop`` ends the session."""
    for_now = verdict.word in {DEFER, DISCARD, ERROR}
    code = "451" if for_now else _CODES.get(where, "550")
    default = "Temporary local problem - please try later" if for_now else "Administrative prohibition"
    told = verdict.message
    if told:
        right = session.with_right_code(int(code), told)
        if verdict.log_message == told:
            verdict = verdict._replace(log_message=right)
        told = right
    if for_now and not verdict.is_detailed:  # of what is not to be told the code counts all the same
        own = OWN_CODE.match(told)
        told = f"{own[0]}{default}" if own is not None else ""
    words = told or default
    if "no_multiline_responses" in session.controls:
        words = words.partition("\n")[0]
    text = reply(code, words)
    details = _sender_details(session, where, code, is_refused=not for_now)
    if verdict.log_targets:
        _log_refusal(session, where, what, verdict, for_now=for_now)
    is_all = details and details.rstrip("\r\n").rpartition("\n")[2][3:4] == " "
    if details and "no_multiline_responses" in session.controls:
        details = reply(code, details.partition("\r\n")[0][4:]) if is_all else ""
    session.say(details if is_all else details + text)
    if verdict.word == DROP:
        session.ends_well = where not in OF_MESSAGES
        ending.closed(session, "closed by DROP in ACL")
        session.end("acl-drop")


def _sender_details(session: Session, where: str, code: str, *, is_refused: bool) -> str:
    """Log why the sender did not verify, and give the lines that tell the client: once for a message."""
    known = session.sender_failed
    if known is None or where not in {"mail", "rcpt", "predata", "data"}:
        return ""
    session.sender_failed = None
    how = "defer" if known.word == DEFER else "fail"
    if selects(session.ctx, "sender_verify_fail"):
        who = logline.client(session, labelled=True)
        why = f": {known.reason}" if known.reason else ""
        logline.log_refusal(session, f"{who} sender verify {how} for <{known.address}>{why}")
    if how == "defer":
        wanted = session.ctx.options.get("smtp_return_error_details") and known.message
        return reply(code, f"{known.reason}\n{known.message}") if wanted else ""
    if not known.message or not is_refused:
        return ""
    head, tail = EXPLAINED.get(known.failure, ("Verification failed for", ""))
    return reply(code, f"{head} <{known.address}>\n{known.message}{tail}", goes_on=True)


def _log_refusal(session: Session, where: str, what: str, verdict: AclResult, *, for_now: bool) -> None:
    named = {
        "connect": 'connection in "connect" ACL',
        "helo": f"EHLO or HELO {what}",
        "predata": "DATA",
        "data": "after DATA",
        "mime": "during MIME ACL checks",
        "auth": f"AUTH {what.partition(' ')[0]}",
    }.get(where, f"{where.upper()} {what[:LONGEST_ARGUMENT]}")
    who = " ".join([logline.client(session, labelled=True), *secured_of(session.ctx)])
    authenticated = authenticated_of(session.ctx)
    sender = f" F=<{session.mail.sender}> {authenticated}".rstrip() if where in WITH_SENDER else ""
    line = verdict.log_message.partition("\n")[0]
    how = "temporarily rejected" if for_now else "rejected"
    text = f"{who}{sender} {how} {named}{f': {line}' if verdict.log_message else ''}"
    selector = "connection_reject" if where == "connect" else ""
    names = set(verdict.log_targets)
    if selector and not selects(session.ctx, selector):
        names.discard("main")
        if session.write_with is None:
            return
    logline.to_logs(session, text, names, with_header=where in {"data", "mime"})


def rset(session: Session, _argument: str) -> None:
    """RSET: forget the message."""
    ending.incomplete(session, "RSET")
    session.say("250 Reset OK\r\n")
    if in_chunks(session):
        from expander.session import chunks

        chunks.give_up(session)
        return
    session.reset()


def noop(session: Session, _argument: str) -> None:
    """NOOP: nothing."""
    session.say("250 OK\r\n")


def quits(session: Session, _argument: str) -> None:
    """QUIT: the end."""
    session.ends_well = True
    ending.incomplete(session, "QUIT")
    verdict = session.judge("quit")
    if verdict.word == ERROR:
        session.ctx.log(f"ACL for QUIT returned ERROR: {verdict.log_message or 'NULL'}", panic=True)
    host = session.ctx.expand("$smtp_active_hostname")
    session.say(reply("221", verdict.message or f"{host} closing connection"))
    if in_chunks(session):
        from expander.session import broken_off

        broken_off.quits(session)
        return
    ending.told_nobody(session)
    ending.closed(session, "closed by QUIT")
    session.end()


def helps(session: Session, _argument: str) -> None:
    """HELP: the commands that there are."""
    offers_tls = client_in(session.ctx, "tls_advertise_hosts", if_open=True)
    words = ["AUTH", *(["STARTTLS"] if offers_tls else [])]
    words += ["HELO", "EHLO", "MAIL", "RCPT", "DATA", "BDAT", "NOOP", "QUIT", "RSET", "HELP"]
    if setting_of(session.ctx, "acl_smtp_atrn") is not None:
        from expander.session import atrn

        words += ["ATRN"] if atrn.is_offered(session.ctx) else []
    words += [
        word
        for word in ("ETRN", "EXPN", "VRFY")
        if setting_of(session.ctx, f"acl_smtp_{word.lower()}") is not None
    ]
    session.say(f"214-Commands supported:\r\n214 {' '.join(words)}\r\n")


def lost(session: Session, problem: str = "") -> None:
    """The client is gone in the middle of a message, or of the session: see `Session.lost`."""
    while session.conversation is not None:
        authentication.respond(session, "")
    if session.reception is not None and not session.reception.is_refused:
        from expander.session import broken_off

        if not broken_off.goes_on(session, problem):
            broken_off.lost(session)
            return
    if session.closing_words:
        session.end()
        return
    ending.incomplete(session, "connection lost")
    host = session.ctx.expand("$smtp_active_hostname")
    said = ending.notquit(session, "connection-lost")
    session.say(reply("421", said or f"{host} lost input connection"))
    passed = f"D={logline.since(session.ctx, session.started)}"
    if problem:
        passed = f"(error: {problem}) {passed}"
    if session.mail.sender is None and not session.mail.recipients:
        ending.closed(session, f"lost {passed}")
    else:
        words = "unexpected disconnection while reading SMTP command from"
        logline.log_lost(session, f"{words} {logline.client(session)} {passed}")
    session.end()
