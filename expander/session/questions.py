"""VRFY, EXPN and ETRN: questions about addresses, and the wish that waiting mail be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, Unsupported
from drivers.api.routing import EXPN
from drivers.api.text import Tainted, is_tainted
from drivers.values.log_selector import selects
from expander.routing.verify import Verification, VerifyOptions, verify_address
from expander.session import envelope, logline
from expander.session.judging import DEFER, OK
from expander.session.replies import reply

if TYPE_CHECKING:
    from expander.session.machine import Session


def vrfy(session: Session, argument: str) -> None:
    """VRFY: tell whether there is such an address. See "The VRFY and EXPN commands"."""
    if not argument:
        session.say("501 empty address\r\n")
        return
    try:
        address = envelope.address_in(session, argument, null=False)
    except Failed as problem:
        session.say(f"501 {problem.message}\r\n")
        return
    qualified = envelope.qualified_recipient(session, address, argument, what="verify")
    if qualified is None:
        return
    facts = session.ctx.facts
    verdict = envelope.judge_address(session, "vrfy", qualified)
    facts.pop("local_part", None)
    facts.pop("domain", None)
    if verdict.word != OK:
        session.refuse("vrfy", argument, verdict)
        return
    verified = verify_address(session.ctx, Tainted(qualified), is_recipient=True)
    if verified.outcome == OK:
        session.say(f"250 <{verified.address}> is deliverable\r\n")
    elif verified.outcome == DEFER:
        told = verified.user_message
        words = (
            f"<{verified.address}> {told}" if told else f"Cannot resolve <{verified.address}> at this time"
        )
        session.say(f"451 {words}\r\n")
    else:
        told = verified.user_message or verified.message
        session.say(f"550 <{verified.address}> {told}\r\n")
        session.ctx.log(f"VRFY failed for {argument} {logline.client(session, labelled=True)}")


def expn(session: Session, argument: str) -> None:
    """EXPN: tell who is behind an address."""
    verdict = session.judge("expn")
    if verdict.word != OK:
        session.refuse("expn", argument, verdict)
        return
    question = Verification(
        session.ctx,
        is_recipient=True,
        options=VerifyOptions(qualifies=True),
        say=session.say,
        purpose=EXPN,
    )
    question.verify(Tainted(argument))


def etrn(session: Session, argument: str) -> None:
    """ETRN: start a run of the queue, or the command that the configuration has for it.

    In a test of what a session would be, neither is done.
    """
    ctx = session.ctx
    if session.mail.sender is not None:
        session.error(503, "ETRN is not permitted inside a transaction")
        return
    if selects(ctx, "etrn"):
        ctx.log(f"ETRN {argument} received from {logline.client(session)}")
    verdict = session.judge("etrn")
    if verdict.word != OK:
        session.refuse("etrn", argument, verdict)
        return
    command = str(ctx.options.get("smtp_etrn_command") or "")
    if not command:
        if not argument.startswith("#"):
            session.error(501, "argument must begin with #")
            return
        ctx.debug("ETRN command is: exim -R\nETRN command execution skipped")
        session.reply(250, verdict.message or "OK")
        return
    ctx.facts["domain"] = Tainted(argument)
    try:
        expanded = ctx.expand(command)
    except Unsupported:
        raise
    except ExpansionError as problem:
        ctx.log(f"failed to set up ETRN command: {problem.message}", panic=True)
        session.say("458 Internal failure\r\n")
        return
    finally:
        ctx.facts.pop("domain")
    if is_tainted(expanded):
        words = expanded.split()
        at, word = next((at, word) for at, word in enumerate(words) if word in argument or argument in word)
        shown = argument if argument in expanded else word
        ctx.log(f"failed to set up ETRN command: Tainted arg {at} for ETRN processing command: '{shown}'")
        session.say("458 Internal failure\r\n")
        return
    ctx.debug(f"ETRN command is: {command}\nETRN command execution skipped")
    session.say(reply("250", verdict.message or "OK"))
