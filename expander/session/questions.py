"""VRFY and EXPN: questions about addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.routing import EXPN
from drivers.api.text import Tainted
from expander.routing.verify import Verification, VerifyOptions, verify_address
from expander.session import envelope, logline
from expander.session.judging import DEFER, OK

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
