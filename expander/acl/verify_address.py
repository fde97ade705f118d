"""``verify`` for addresses: the sender, the recipient, and the senders that header lines name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.errors import Failed
from drivers.api.text import SPACE, Tainted, lower
from drivers.values import mailbox
from drivers.values.listtext import pieces
from expander.acl.callout import Callout
from expander.acl.callout_options import CalloutOptions, callout_options
from expander.acl.cutthrough import Held
from expander.acl.verify_quota import QuotaOptions, quota_options
from expander.acl.verify_quota import verified as verified_quota
from expander.routing.verify import Verified, VerifyOptions, verify_address
from grammar.record import Record, replaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expander.acl.run import Run
    from expander.session.transaction import Envelope

END = "----------- end verify ------------"
"""What is told at the end of a verification, but of header lines."""

SENDER_LINES = ("sender", "reply-to", "from")
"""The header lines that name the sender, the first of them that there is first."""


class Options(Record):
    """The options of address verification; ``callout`` has those of a callout, if there is to be one."""

    defer_ok: bool = False
    no_details: bool = False
    stops_at_redirect: bool = False
    callout: CalloutOptions | None = None


class SenderVerified(Record):
    """What is known of a sender that was verified, and whether the client was told."""

    address: str
    word: str
    reason: str
    details: bool
    message: str
    failure: str = ""


@lru_cache(maxsize=64)
def _options(text: str) -> Options:
    """The options of a text."""
    words = {lower(word.strip(SPACE)) for word in list(pieces(text, "/"))[1:]}
    asked = callout_options(text)
    return Options("defer_ok" in words, "no_details" in words, "success_on_redirect" in words, asked)


def _verified(
    run: Run, address: str, options: Options, *, is_recipient: bool, is_fake: bool = False
) -> Verified:
    """Route the address, and call out if that is wanted."""
    callout = None
    if options.callout:
        held = _held(run, holds=options.callout.holds) if is_recipient else None
        callout = Callout(run, options.callout, is_recipient=is_recipient, held=held)
    wanted = VerifyOptions(
        stops_at_redirect=options.stops_at_redirect,
        is_fake_sender=is_fake,
        callout=callout.ask if callout else None,
    )
    verified = verify_address(run.ctx, address, is_recipient=is_recipient, options=wanted)
    return replaced(verified, failure=callout.failure) if callout and callout.failure else verified


def _held(run: Run, *, holds: bool) -> Held | None:
    """The connection that callouts for recipients of a message leave open and use, if there may be one."""
    mail: Envelope | None = getattr(run.transaction, "mail", None)
    if mail is None:
        return None
    if mail.cutthrough is not None:
        return mail.cutthrough.held
    if mail.held is None and holds:
        mail.held = Held()
    if mail.held is not None:
        mail.held.may_begin = holds and mail.rcpt_count == 1
    return mail.held


def recipient(run: Run, text: str) -> str:
    """True if the recipient can be routed."""
    options, ctx = _options(text), run.ctx
    facts = ctx.facts
    address = Tainted(getattr(run.transaction, "recipient", "") or _recipient_told(facts))
    quota = _quota(text)
    if quota is not None:
        return _with_quota(run, address, quota)
    verified = _verified(run, address, options, is_recipient=True)
    run.debug(END)
    facts["recipient_verify_failure"] = verified.failure
    facts["address_data"] = verified.address_data or ""
    word = _overridden(run, verified.outcome, options)
    if word == OK:
        if verified.outcome == OK:
            facts["domain_data"] = verified.domain_data or facts.get("domain_data", "")
            facts["local_part_data"] = verified.local_part_data or facts.get("local_part_data", "")
        return OK
    run.message = verified.user_message or verified.message
    run.log_message = verified.reason or run.message
    run.is_detailed = verified.passes_message
    return word


def _recipient_told(facts: Mapping[str, str]) -> str:
    return f"{facts.get('local_part', '')}@{facts.get('domain', '')}"


@lru_cache(maxsize=64)
def _quota(text: str) -> QuotaOptions | None:
    return quota_options(text)


def _with_quota(run: Run, address: str, options: QuotaOptions) -> str:
    """True if there is room for a message to the recipient; no other option counts beside this one."""
    found = verified_quota(run, address, options)
    run.ctx.facts["recipient_verify_failure"] = found.failure
    if found.outcome == OK:
        return OK
    run.log_message = found.reason
    if run.ctx.options.get("smtp_return_error_details"):
        run.message = f"Rejected after RCPT: {found.reason}"
        run.is_detailed = found.outcome == DEFER
    return found.outcome


def _overridden(run: Run, word: str, options: Options) -> str:
    if word == DEFER and options.defer_ok:
        run.debug("verify defer overridden by defer_ok")
        return OK
    if word == DEFER and options.callout is not None and options.callout.defer_ok:
        run.debug("verify defer overridden by callout_defer_ok")
        return OK
    return word


def sender(run: Run, text: str) -> str:
    """True if the sender of the message, or the address that is given, can be routed."""
    options, ctx = _options(text), run.ctx
    head = next(iter(pieces(text, "/")), "")
    _, equals, given = head.partition("=")
    address = given.strip(SPACE) if equals else ctx.facts.get("sender_address", "")
    if not address:
        if equals:
            _nobody_is_verified(run, options)
        return OK
    verified, known = _verified_sender(run, address, options, is_own=not equals)
    word = _overridden(run, verified.outcome, options)
    ctx.facts["sender_verify_failure"] = verified.failure
    if word == OK:
        if verified.outcome == OK:
            ctx.facts["sender_address_data"] = verified.address_data or ""
        return OK
    how = "Sender verify failed" if word == FAIL else "Could not complete sender verify"
    if word == DEFER and verified.passes_message and options.callout is not None:
        how, run.is_detailed = f"{how} callout", True
    run.message = run.log_message = how
    if not known:
        reason, told = verified.reason, verified.user_message or verified.message
        details = not options.no_details
        _remember(run, SenderVerified(address, word, reason, details, told, verified.failure))
    return word


def _nobody_is_verified(run: Run, options: Options) -> None:
    """An empty address that was given is fine, and is remembered as others are."""
    kept: dict[str, Verified] = getattr(run.transaction, "senders_verified", {})
    if "" in kept and options.callout is None:
        run.debug("using cached sender verify result")
    kept[""] = Verified(OK, "")


def _verified_sender(run: Run, address: str, options: Options, *, is_own: bool) -> tuple[Verified, bool]:
    """How the verification ends, and whether that was known from before, for the message in hand."""
    kept: dict[str, Verified] = getattr(run.transaction, "senders_verified", {})
    if address in kept and options.callout is None:
        run.debug("using cached sender verify result")
        return kept[address], True
    verified = _verified(run, address, options, is_recipient=False, is_fake=not is_own)
    run.debug(END)
    kept[address] = verified
    return verified, False


def _remember(run: Run, known: SenderVerified) -> None:
    """For the refusal that follows, which tells the log and the client of it once."""
    if known.details and run.transaction is not None:
        run.transaction.sender_failed = known


def header_sender(run: Run, text: str) -> str:
    """True if one of the header lines for senders has an address that verifies as a sender."""
    options, ctx = _options(text), run.ctx
    word, why = FAIL, ""
    for wanted in SENDER_LINES:
        for name, line in ctx.headers or ():
            if lower(name.rstrip()) != wanted:
                continue
            for outcome in mailbox.parse_each(line.partition(":")[2].lstrip(SPACE)):
                if isinstance(outcome, Failed) or not outcome.address:
                    continue
                run.debug(f"verifying {name.rstrip()}: header address {outcome.address}")
                written = Tainted(outcome.address)
                verified = _verified(run, written, options, is_recipient=False, is_fake=True)
                found = _overridden(run, verified.outcome, options)
                if found == OK:
                    return OK
                if found == DEFER:
                    word, why = DEFER, "all attempts to verify a sender in a header line deferred"
    run.log_message = why or "there is no valid sender in any header line"
    return word
