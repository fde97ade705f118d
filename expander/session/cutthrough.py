"""``control = cutthrough_delivery``: the message goes on to the next host before its client is answered.

See "ACL modifiers" in the manual, under that control.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.text import Tainted
from expander.acl.cutthrough import Held
from expander.acl.run import OMITTED, AclResult, Run
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.session.arrived import Arrived
    from expander.session.machine import Session

HANDED_ON_BY = "hands messages on"
"""Under this name the state has what sends a message over a connection that is held, where somebody can."""

NOT_ACCEPTED = "450 Onward transmission not accepted"
PATIENCE = 30


class Cutthrough(State):
    """The wish to hand a message on; ``passes`` lets the client have the other host's "not now"."""

    passes: bool = False
    held: Held = made_by(default_factory=Held)
    is_delivered: bool = False

    def ask(self, session: Session, address: str) -> AclResult | str | None:
        """What stands in the place of a verdict by which the recipient is taken; None if it stays taken.

        Else it is another verdict, or the other host's reply.
        """
        return _set_up(self, session, address)


def want(session: Session, options: str) -> None:
    """Obey the control. It counts for the first recipient; the others go on with what that one began."""
    state, facts = session.mail, session.ctx.facts
    in_the_way = {"queue", "freeze", "fakereject", "fakedefer"}.intersection(state.controls)
    if in_the_way or facts.get("prdr_requested") == "yes":
        return
    if session.is_test and not session.ctx.state.get(OMITTED):
        return  # a test that calls out does not deliver
    if state.cutthrough is None and state.rcpt_count == 1:
        state.cutthrough = Cutthrough(held=state.held or Held())
        state.cutthrough.held.may_begin = True
    if state.cutthrough is not None and "defer=pass" in options.split("/"):
        state.cutthrough.passes = True


def _set_up(cutthrough: Cutthrough, session: Session, address: str) -> AclResult | str | None:
    ctx, state = session.ctx, session.mail
    from expander.acl.callout import Callout
    from expander.acl.callout_options import CalloutOptions
    from expander.routing.verify import VerifyOptions, verify_address

    run = Run(ctx, "rcpt", _no_acl, session, traced=ctx.tell_checks is not None)
    how = "more" if state.rcpt_count > 1 else "start"
    run.debug(f"----------- {how} cutthrough setup ------------")
    held = cutthrough.held
    options = CalloutOptions(use_sender=True, uses_cache=False, patience=PATIENCE)
    callout = Callout(run, options, is_recipient=True, held=held)
    wanted = VerifyOptions(stops_at_redirect=True, callout=callout.ask)
    verified = verify_address(ctx, Tainted(address), is_recipient=True, options=wanted)
    run.debug("----------- end cutthrough setup ------------")
    held.may_begin = False
    if held.was_cancelled or verified.outcome != OK:
        held.cancel()
        state.cutthrough = None
    if verified.outcome == FAIL:
        return AclResult(FAIL)
    if verified.outcome == DEFER and cutthrough.passes:
        return callout.last_reply or AclResult(DEFER)
    return None


def _no_acl(_run: Run, _text: str) -> str:
    return OK


def begin_text(session: Session, *, in_chunks: bool) -> None:
    """The text of the message is about to come: tell the other host so."""
    cutthrough = session.mail.cutthrough
    if cutthrough is None or not cutthrough.held.client:
        return
    if in_chunks or HANDED_ON_BY not in session.ctx.state or not cutthrough.held.begin_text():
        cutthrough.held.cancel()


def hand_on(session: Session, arrived: Arrived) -> bool | None:
    """Hand on a message that is complete: true if it is gone, None if it is to be kept as any other.

    It is false where the client was told that it is not taken.
    """
    cutthrough = session.mail.cutthrough
    if cutthrough is None or cutthrough.held.client is None:
        return None
    work: Callable[[Held, Arrived], tuple[str, str]] = session.ctx.state[HANDED_ON_BY]
    code, text = work(cutthrough.held, arrived)
    cutthrough.held.cancel(is_lost=not text)
    if code == "2":
        cutthrough.is_delivered = True
        return True
    if code == "5" or cutthrough.passes:
        session.say(f"{text or NOT_ACCEPTED}\r\n")  # lines within it end as Exim keeps them
        return False
    return None


def log_end(session: Session) -> None:
    """A message that was handed on is done with."""
    cutthrough = session.mail.cutthrough
    if cutthrough is not None and cutthrough.is_delivered:
        session.ctx.log("Completed")
