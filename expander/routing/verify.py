"""Verifies addresses by routing them, for ``-bv``, for EXPN and for the ACL condition ``verify``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.routing import (
    DEFER,
    EXPN,
    FAIL,
    OK,
    RECIPIENT,
    SENDER,
    Address,
)
from drivers.values import mailbox
from expander.routing import rewriting, seen
from expander.routing.engine import Engine, Tried
from expander.routing.plan import sets_variables
from expander.routing.queues import Queues
from expander.routing.splitting import split
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context


class VerifyOptions(Record):
    """How to verify.

    ``qualifies`` adds the default domain to an address without one, which else fails. ``is_fake_sender``
    tells that the address, though no recipient, is not the sender of the message. ``stops_at_redirect`` takes
    a redirection to any number of addresses for a success. ``callout`` is called with the routed address once
    routing has succeeded: it gives an outcome, and leaves messages in the address.
    """

    qualifies: bool = False
    is_fake_sender: bool = False
    stops_at_redirect: bool = False
    callout: Callable[[Address], str] | None = None


PLAINLY = VerifyOptions()


class Verified(Record):
    """How a verification ended.

    ``outcome`` is "OK", "FAIL" or "DEFER". ``address`` is the address with a domain and rewritten.
    ``message`` is for the log, ``user_message`` for SMTP clients where there is one that may be told;
    ``error`` has the system's words for an error of its own. ``failure`` is what stands in
    ``$recipient_verify_failure`` and ``$sender_verify_failure``: "qualify", "route" or what the callout says.
    ``passes_message`` permits to tell ``message`` to the client as well. ``failed_routing`` tells routing
    that failed from all else. The data is that of the address where routing ended; ``variables`` are those of
    the form ``r_...`` without that.
    """

    outcome: str
    address: str
    message: str = ""
    user_message: str = ""
    error: str = ""
    failure: str = ""
    passes_message: bool = False
    failed_routing: bool = False
    address_data: str | None = None
    domain_data: str | None = None
    local_part_data: str | None = None
    variables: tuple[tuple[str, str], ...] = ()
    routed: Address | None = None

    @property
    def reason(self) -> str:
        """The system's words and the message, as logs show them one after the other."""
        return ": ".join(text for text in (self.error, self.message) if text)


def verify_address(
    ctx: Context, address: str, *, is_recipient: bool, options: VerifyOptions = PLAINLY
) -> Verified:
    """Verify an address as ACLs do: route it, and the child if it has exactly one.

    The variables of the context are as before afterwards, but for ``$sender_address`` if the sender was
    rewritten. Raises `Unsupported` for what is not imitated. See "Address verification" in the manual.
    """
    return Verification(ctx, is_recipient=is_recipient, options=options).verify(address)


class Verification:
    """One verification; ``say`` is told lines for standard output, if there are to be any.

    ``full`` shows all of the results (``-bt``, and ``-bv`` with debugging), ``tells_reasons`` is false where
    the reasons of failures are not for who asks. ``purpose`` is what routers are told, if it is not the usual
    one, and ``is_test`` whether this is a test of addresses. ``watch`` is told of every router that an
    address comes to. ``queues`` has what was taken, ``all_is_well`` is true if nothing went wrong and there
    was no pipe or file, ``text`` is the address as it was routed. ``routed``
    has all addresses that were, with their outcomes.
    """

    def __init__(
        self,
        ctx: Context,
        *,
        is_recipient: bool,
        options: VerifyOptions = PLAINLY,
        say: Callable[[str], None] | None = None,
        full: bool = False,
        purpose: str | None = None,
        is_test: bool = False,
        watch: Callable[[Address, Tried], None] | None = None,
    ) -> None:
        self.ctx = ctx
        self.is_recipient = is_recipient
        self.options = options
        self.full = full
        self.tells_reasons = True
        self.queues = Queues()
        self.all_is_well = True
        self.text = ""
        self.routed: list[tuple[Address, str]] = []
        self.purpose = (RECIPIENT if is_recipient else SENDER) if purpose is None else purpose
        self.is_test = is_test
        self._say = say or _say_nothing
        self._engine = Engine(
            ctx,
            purpose=self.purpose,
            is_test=is_test,
            verify=lambda found: errors_address(ctx, found),
            watch=watch,
        )

    def verify(self, text: str) -> Verified:
        """Verify the address; what is to be shown goes to ``say``."""
        prefix, given = "553 " if self.purpose == EXPN else "", text
        if not mailbox.has_domain(text):
            if not self.options.qualifies:
                self._tell(f'{prefix}A domain is required for "{text}"')
                return Verified(FAIL, text, failure="qualify")
            text = rewriting.completed(self.ctx, text, is_recipient=self.is_recipient, by_rules=False)
        rewritten = rewriting.by_global_rules(self.ctx, text, is_recipient=self.is_recipient)
        if rewritten is not text:
            text = rewritten
            if self.purpose != EXPN:
                self._tell(f"Address rewritten as: {text}")
        if not (self.is_recipient or self.options.is_fake_sender):
            self.ctx.facts["sender_address"] = text
        if not text:
            return Verified(OK, text)
        state, facts = self.ctx.state, self.ctx.facts
        before = seen.remembered(self.ctx)
        sets_none = seen.NONE_SET not in state and not (
            sets_variables(self.ctx) or seen.has_variables(before)
        )
        if sets_none:
            state[seen.NONE_SET] = True
        mode = facts.get("verify_mode")
        facts["verify_mode"] = "R" if self.is_recipient else "S"
        try:
            return self._verified(text, given)
        finally:
            seen.restore(self.ctx, before)
            if sets_none:
                del state[seen.NONE_SET]
            if mode is None:
                facts.pop("verify_mode", None)
            else:
                facts["verify_mode"] = mode

    def _verified(self, text: str, given: str) -> Verified:
        self.text = text
        waiting = self.queues.waiting
        waiting.append(Address(text, unique=given))
        result = OK
        kept: Verified | None = None
        while waiting:
            address = waiting.pop()
            if address.kind:
                self.all_is_well = False
                self.routed.append((address, ""))
                self._show_delivery(address)
                continue
            outcome, failure = self._route(address), ""
            if outcome in {FAIL, DEFER}:
                failure = "route"
            elif self.options.callout is not None:
                outcome = self.options.callout(address)
            self.routed.append((address, outcome))
            made = self._result(text, outcome, address, failure)
            if outcome in {FAIL, DEFER}:
                self.all_is_well = False
                self._show_problem(text, address, outcome)
                if not self.full:
                    return made
                kept = made if result == OK or outcome == FAIL else kept
                result = FAIL if FAIL in {outcome, result} else DEFER
            elif self.purpose == EXPN:
                self._show_members(text)
                return made
            elif not self.full and self._is_enough():
                self._tell(f"{text} {'is deliverable' if self.is_test else 'verified'}")
                return made
        return kept or Verified(result, text)

    def _is_enough(self) -> bool:
        """True unless the address has one child that is an address: that one is verified as well."""
        waiting = self.queues.waiting
        return len(waiting) != 1 or bool(waiting[0].kind) or self.options.stops_at_redirect

    def _route(self, address: Address) -> str:
        ctx = self.ctx
        sender = ctx.facts.get("sender_address")
        errors = address.inherited.errors_address
        ctx.facts["return_path"] = sender or "" if errors is None else errors
        try:
            split(ctx, address)
        except Deferred as problem:
            address.message = problem.message
            return DEFER
        if not self.is_recipient:
            ctx.facts["sender_address"] = ""
        try:
            return self._engine.route(address, self.queues)
        finally:
            if sender is None:
                ctx.facts.pop("sender_address", None)
            else:
                ctx.facts["sender_address"] = sender

    def _result(self, text: str, outcome: str, address: Address, failure: str) -> Verified:
        kept = address.inherited
        return Verified(
            outcome,
            text,
            address.message or "",
            address.user_message or "",
            address.error,
            failure,
            address.passes_message,
            failure == "route",
            kept.address_data,
            kept.domain_data,
            kept.local_part_data,
            tuple(kept.variables.items()),
            address,
        )

    def _tell(self, line: str) -> None:
        self._say(f"{line}\r\n" if self.purpose == EXPN else f"{line}\n")

    def _show_delivery(self, address: Address) -> None:
        parent = address.parent.text if address.parent is not None else ""
        what = f"mail {address.text[1:]}" if address.kind == "reply" else address.text
        self._say(f"{parent} -> {what}")
        if address.bad_transport:
            self._say(f"\n*** Error in setting up pipe, file, or autoreply:\n{address.message or '(null)'}\n")
        elif address.is_allowed and address.transport is not None:
            self._say(f"\n  transport = {address.transport.name}\n")
        else:
            self._say(" *** forbidden ***\n")

    def _show_problem(self, text: str, address: Address, outcome: str) -> None:
        shown = address.text if self.full else text
        how = "cannot be resolved at this time"
        if outcome == FAIL:
            how = "is undeliverable" if self.is_test or self.purpose == EXPN else "failed to verify"
        line = f"{shown} {how}"
        if self.purpose == EXPN:
            self._tell(f"553 {line}")
            return
        if self.tells_reasons:
            reasons = [text for text in (address.error or None, address.message) if text is not None]
            if not reasons and outcome == DEFER:
                reasons = ["unknown error"]
            line = ": ".join((line, *reasons))
        if self.full:
            line += "".join(f"\n    <-- {parent.text}" for parent in address.ancestors())
        self._tell(line)

    def _show_members(self, text: str) -> None:
        waiting = self.queues.waiting
        if not waiting:
            taken = self.queues.local or self.queues.remote
            self._tell(f"250 <{text}>" if taken else f"250 mail to <{text}> is discarded")
        while waiting:
            address = waiting.pop()
            self._tell(f"250{'-' if waiting else ' '}<{address.text}>")


def errors_address(ctx: Context, address: Address) -> str | None:
    """An address for errors, completed, if it can be verified as a recipient; None if not."""
    options = VerifyOptions(qualifies=True, is_fake_sender=True)
    verified = verify_address(ctx, address.text, is_recipient=True, options=options)
    return verified.address if verified.outcome == OK else None


def _say_nothing(_text: str) -> None:
    """Nobody wants to know."""
