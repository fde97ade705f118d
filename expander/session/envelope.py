"""MAIL and RCPT: the addresses of the envelope and their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, Failed
from drivers.api.text import Tainted, lower
from drivers.values import mailbox
from expander.lists import conditions
from expander.reception import space
from expander.rewriting.section import smtp_rewrite
from expander.routing.splitting import parts_of
from expander.session import crowding, logline, timeouts
from expander.session.hostcheck import client_in
from expander.session.judging import DEFER, DISCARD, OK, AclResult
from expander.session.parameters import LARGEST, mail_parameters, rcpt_parameters
from expander.session.sizes import size_limit
from expander.session.slowing import slow_down

if TYPE_CHECKING:
    from expander.session.machine import Session


def address_in(session: Session, text: str, *, null: bool) -> str:
    """The address in the text. Raises ``Failed`` with Exim's words."""
    return mailbox.parse(
        text, mailbox.permitted(session.ctx.options, null=null, utf8=session.takes_utf8)
    ).address


def mail(session: Session, argument: str) -> None:
    """MAIL: the sender."""
    _mail(session, argument)
    session.is_refused_mail = session.mail.sender is None


def _mail(session: Session, argument: str) -> None:
    ctx, facts = session.ctx, session.ctx.facts
    session.mails += 1
    if not session.hello_seen and (session.helo_required or client_in(ctx, "hosts_require_helo")):
        session.say("503 HELO or EHLO required\r\n")
        logline.log_refusal(session, f"rejected MAIL from {logline.client(session)}: no HELO/EHLO given")
        return
    if session.mail.sender is not None:
        session.error(503, "sender already given")
        return
    if not argument:
        session.error(501, "MAIL must have an address operand", kind="protocol")
        return
    most = crowding.most_messages(session)
    if most and session.mails > most:
        who = logline.client(session, labelled=True)
        session.say("421 too many messages in this connection\r\n")
        words = f"rejected MAIL command {who}: too many messages in one connection"
        logline.log_refusal(session, words)
        return
    session.reset()  # even if there will be no message
    facts["prdr_requested"] = "no"
    _in_ascii_again(facts)
    text = mail_parameters(session, argument) if session.esmtp else argument
    if text is None:
        return
    slow_down(session, "smtp_ratelimit_mail", session.mails)
    try:
        address = address_in(session, smtp_rewrite(ctx, Tainted(text)), null=True)
    except Failed as problem:
        session.error(501, problem.message, text)
        return
    size, limit = session.mail.size, size_limit(session)
    if limit and size > limit:
        session.say("552 Message size exceeds maximum permitted\r\n")
        logline.log_refusal(
            session,
            f"rejected MAIL FROM:<{address}> {logline.client(session, labelled=True)}: "
            f"message too big: size{'>=' if size == LARGEST else '='}{size} max={limit}",
            selector="size_reject",
        )
        session.reset()
        return
    if _lacks_space(session, size):
        return
    if address and not mailbox.has_domain(address):
        if not _may_be_unqualified(session, address, text):
            return
        address = f"{address}@{ctx.options['qualify_domain']}"
    session.mail.sender = address
    facts["sender_address"] = Tainted(address) if address else ""
    facts["message_size"] = str(size)
    verdict = session.judge("mail")
    if verdict.word in {OK, DISCARD}:
        if verdict.word == DISCARD:
            session.mail.discarded, session.mail.discarded_why = "MAIL", verdict.log_message
        if timeouts.has_gone_on(session):
            return
        wants_each = ", PRDR Requested" if facts.get("prdr_requested") == "yes" else ""
        session.reply(250, verdict.message or f"OK{wants_each}")
        return
    session.refuse("mail", text, verdict)
    session.mail.sender = None
    facts["sender_address"] = ""


def _may_be_unqualified(session: Session, address: str, text: str) -> bool:
    """True if the client may give a sender without a domain; otherwise a reply refuses it."""
    if not session.takes_unqualified_senders:
        _log_unqualified(session, "sender", address)
        session.say(f"501 {text}: sender address must contain a domain\r\n")
    return bool(session.takes_unqualified_senders)


def _lacks_space(session: Session, size: int) -> bool:
    """True if the disks have no room for a message of that size, which a reply has told."""
    checks_size = size and session.ctx.options.get("smtp_check_spool_space", True)
    if not space.is_short(session.ctx, size + space.OVERHEAD if checks_size else 0):
        return False
    session.say("452 Space shortage, please try later\r\n")
    return True


def _in_ascii_again(facts: dict[str, str]) -> None:
    """What a message before had in other alphabets says nothing of the next one."""
    if facts.pop("message_smtputf8", None):
        facts["received_protocol"] = facts.get("received_protocol", "").removeprefix("utf8")


def rcpt(session: Session, argument: str) -> None:
    """RCPT: a recipient. Its reply is remembered for DATA."""
    state = session.mail
    replies = len(session._replies)  # noqa: SLF001 - the replies of this very command
    state.rcpt_count += 1
    session.ctx.facts["rcpt_count"] = str(state.rcpt_count)
    _rcpt(session, argument)
    said = "".join(session._replies[replies:]).rstrip("\r\n")  # noqa: SLF001 - see above
    is_refused, state.rcpt_refused = state.rcpt_refused, False
    if is_refused:  # such a reply is remembered without its code
        said = "\r\n".join(line[4:] for line in said.split("\r\n"))
    if state.rcpt_reply is None:
        state.rcpt_reply = said
    elif said != state.rcpt_reply or (state.rcpt_reply_told and not is_refused):
        # Once told, Exim knows a reply no more by its end, which those of ACLs are kept without.
        state.rcpt_replies_same = False
    session.count()


def _rcpt(session: Session, argument: str) -> None:
    ctx, state = session.ctx, session.mail
    if state.sender is None:
        if "PIPELINING" in session.advertised and session.after_refused_mail:
            # The client could not know that MAIL would be refused.
            session.say("503 sender not yet given\r\n")
            session.is_refused_mail = True
        else:
            session.error(503, "sender not yet given")
            session.is_rcpt = False
        state.rcpt_fail_count += 1
        return
    if not argument:
        session.error(501, "RCPT must have an address operand")
        state.rcpt_fail_count += 1
        return
    text = rcpt_parameters(session, argument) if session.esmtp else argument
    if text is None:
        return
    try:
        address = address_in(session, smtp_rewrite(ctx, Tainted(text)), null=False)
    except Failed as problem:
        session.error(501, problem.message, text)
        state.rcpt_fail_count += 1
        return
    qualified = qualified_recipient(session, address, text)
    if qualified is None:
        state.rcpt_fail_count += 1
        return
    address = qualified
    most = session.number("recipients_max")
    if 0 < most < state.rcpt_count and not _within(session):
        return
    slow_down(session, "smtp_ratelimit_rcpt", state.rcpt_count)
    _judge_recipient(session, address, text)


def qualified_recipient(session: Session, address: str, text: str, *, what: str = "recipient") -> str | None:
    """A recipient's address with a domain; None if it has none and must have one, which a reply has told.

    ``what`` is the word for it in the log.
    """
    options = session.ctx.options
    if mailbox.has_domain(address):
        return address
    if not session.takes_unqualified_recipients and lower(address) != "postmaster":
        _log_unqualified(session, what, address)
        session.say(f"501 {text}: recipient address must contain a domain\r\n")
        return None
    return f"{address}@{options['qualify_recipient'] or options['qualify_domain']}"


def _log_unqualified(session: Session, what: str, address: str) -> None:
    who = logline.client(session, labelled=True)
    is_lost = session.ctx.facts.get("host_lookup_failed") == "1"
    why = " (failed to find host name from IP address)" if is_lost else ""
    words = f"unqualified {what} rejected: <{address}> {who}{why}"
    logline.log_refusal(session, words, selector="smtp_syntax_error")


def judge_address(session: Session, where: str, address: str) -> AclResult:
    """What the ACL of a phase decides of an address, which is ``$local_part`` and ``$domain`` then."""
    facts = session.ctx.facts
    conditions.new_recipient(session.ctx)
    try:
        parts = parts_of(session.ctx, address, scope=conditions.OF_DOMAIN)
    except Deferred:
        return AclResult(DEFER, "", "defer in percent_hack_domains check")
    session.local_part, session.recipient = parts.local_part, address
    facts["local_part"], facts["domain"] = Tainted(lower(parts.local_part)), Tainted(parts.domain)
    return session.judge(where)


def _judge_recipient(session: Session, address: str, text: str) -> None:
    facts, state = session.ctx.facts, session.mail
    argument = facts["smtp_command_argument"]
    if state.discarded:
        who = logline.client(session, labelled=True)
        session.reply(250, "Accepted")
        why = f": {state.discarded_why}" if state.discarded_why else ""
        logline.log_refusal(
            session, f"{who} F=<{state.sender}> RCPT {argument}: discarded by {state.discarded} ACL{why}"
        )
        session.discards_some = True
        state.recipients.append("")
        return
    verdict = judge_address(session, "rcpt", address)
    facts.pop("domain_data", None)
    hands_on = state.cutthrough if verdict.word == OK else None
    onward = None if hands_on is None else hands_on.ask(session, address)
    if isinstance(onward, str):
        _refuse_for(session, text, onward)
        return
    verdict = onward or verdict
    if verdict.word in {OK, DISCARD} and timeouts.has_gone_on(session):
        return
    if verdict.word == OK:
        session.reply(250, verdict.message or "Accepted")
        state.recipients.append(address)
        state.wishes.append(state.wish)
    elif verdict.word == DISCARD:
        session.reply(250, verdict.message or "Accepted")
        who = logline.client(session, labelled=True)
        said = f": {verdict.log_message}" if verdict.log_message else ""
        logline.log_refusal(session, f"{who} F=<{state.sender}> RCPT {argument}: discarded by RCPT ACL{said}")
        session.discards_some = True
        state.recipients.append("")
    else:
        if verdict.word == DEFER:
            state.rcpt_defer_count += 1
        else:
            state.rcpt_fail_count += 1
        session.refuse("rcpt", text, verdict)
        state.rcpt_refused = True


def _refuse_for(session: Session, text: str, reply: str) -> None:
    """Pass on what the next host has said of a recipient, which it does not take for now."""
    session.mail.rcpt_defer_count += 1
    session.mail.rcpt_refused = True
    session.say(f"{reply.rpartition(chr(10))[2]}\r\n")  # of several lines Exim has the last one at hand
    who = logline.client(session, labelled=True)
    logline.log_refusal(session, f"{who} F=<{session.mail.sender}> temporarily rejected RCPT {text}")


def _within(session: Session) -> bool:
    """Refuse a recipient beyond the limit; what that does to all of them, DATA says."""
    state, who = session.mail, logline.client(session, labelled=True)
    rejects = bool(session.ctx.options.get("recipients_max_reject"))
    if rejects:
        session.say("552 too many recipients\r\n")
        state.rcpt_fail_count += 1
    else:
        session.say("452 too many recipients\r\n")
        state.rcpt_defer_count += 1
    if not state.told_too_many:
        how = "message rejected" if rejects else "excess temporarily rejected"
        logline.log_refusal(session, f"too many recipients: {how}: sender=<{state.sender}> {who}")
    state.told_too_many = True
    return False
