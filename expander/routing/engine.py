"""Takes addresses through the routers. See "How Exim receives and delivers mail" in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import Deferred, ExpansionError, ForcedFail, Unsupported
from drivers.api.routing import (
    DECLINE,
    DEFER,
    DISCARD,
    FAIL,
    OK,
    PASS,
    RECIPIENT,
    REROUTED,
    SENDER,
    SILENT,
    Address,
    Refusal,
)
from drivers.api.text import lower
from drivers.values.telling import STEPS_SINCE
from expander.lists.remembered import resume
from expander.routing import affixes, seen
from expander.routing.copies import copy_of
from expander.routing.plan import Plan, plans
from expander.routing.preconditions import Preconditions, Skipped, stopped_by_purpose
from expander.routing.truth import late
from expander.routing.ways import Way, way_for
from expander.routing.work import Working
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.outside import Account
    from drivers.api.routing import Route, Router, Transport
    from expander.config.model import Config
    from expander.expand.context import Context
    from expander.routing.queues import Queues

MOST_ANCESTORS = 100
UNROUTEABLE = "Unrouteable address"
BETWEEN = ">" * 35


class Tried(State):
    """One router that had an address: which precondition stopped it, and what it said if it ran."""

    router: str
    stopped_by: str = ""
    value: str = ""
    passed: tuple[str, ...] = ()
    outcome: str = ""


class _Ended(Exception):
    """Routing of the address is over."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Engine:
    """Routes addresses by the routers of a configuration.

    ``verify`` verifies an errors address; it gives the address completed, or None. ``watch`` is told of every
    router that an address comes to.
    """

    def __init__(
        self,
        ctx: Context,
        *,
        purpose: str,
        is_test: bool = False,
        verify: Callable[[Address], str | None] = lambda _address: None,
        watch: Callable[[Address, Tried], None] | None = None,
    ) -> None:
        self.ctx = ctx
        self.config: Config | None = ctx.config
        self.routers = plans(ctx)
        self.transports: Sequence[Transport] = self.config.transports if self.config is not None else ()
        self.purpose = purpose
        self.is_test = is_test
        self.verify = verify
        cover = ctx.mode.cover
        self._watch = watch if cover is None else cover.watching(watch)
        self._errors_before: str | None = None
        self._tells = ctx.debug_with is not None
        self._steps = int(ctx.tell_checks is not None and ctx.profile.at_least(STEPS_SINCE))
        self._hidden: Plan | None = None
        self._domain_data: str | None = None

    def route(self, address: Address, queues: Queues) -> str:
        """Take one address through the routers: "OK", "FAIL", "DEFER" or "DISCARD".

        Messages are in the address, children wait in the queues. Raises `Unsupported` for a router that is
        not imitated.
        """
        resume(self.ctx, address.lists)
        if self._tells:
            self.ctx.debug_flat(BETWEEN)
            self.ctx.debug_flat(f"routing {address.text}")
        try:
            return self._through_routers(address, queues)
        except _Ended as ended:
            return ended.outcome
        except Deferred as problem:
            address.message = problem.message
            self._tell_deferred(address)
            return DEFER
        finally:
            seen.clear(self.ctx)
            self.ctx.state.pop(SILENT, None)

    def _through_routers(self, address: Address, queues: Queues) -> str:
        at = self._place(address.start) if address.start else 0
        state, routers = self.ctx.state, self.routers
        seen.show_variables(self.ctx, address)
        way = self._way(address)
        while at < len(routers):
            end = 0 if way is None else way.ends[at]
            at = end or at + 1
            plan = routers[at - 1]
            state.pop("search_message", None)
            address.router = plan.router
            state[SILENT] = plan.is_silent
            if self._watch is not None:
                outcome = self._watched(plan, address, queues)
            elif self._stopped_by(plan, address):
                continue
            else:
                if end or (way is None and stopped_by_purpose(plan, self.purpose, is_test=self.is_test)):
                    self._hidden = plan
                    continue
                self._hidden = None
                self._domain_data = None if way is None else way.data[at - 1]
                outcome = self._at_router(plan, address, queues)
            if outcome == "":
                continue
            if outcome not in {PASS, DECLINE}:
                return self._routed(plan, address, queues, outcome)
            if outcome == PASS:
                if plan.pass_router:
                    at = self._place(plan.pass_router)
            elif not late(self.ctx, plan.router, "more"):
                self.ctx.debug_flat('"more" is false: skipping remaining routers')
                break
        self.ctx.debug_flat("no more routers")
        if self._hidden is not None:  # it was passed by so quickly that the variables tell of one before
            seen.show(self.ctx, address, "")
        return self._unrouteable(address)

    def _place(self, name: str) -> int:
        return next(at for at, plan in enumerate(self.routers) if plan.name == name)

    def _way(self, address: Address) -> Way | None:
        """What is known of the routers, None where each has to be asked in its turn."""
        if self._watch is not None or self.ctx.tell_checks is not None:
            return None
        if address.parent is not None and len(address.ancestors()) > MOST_ANCESTORS:
            return None
        return way_for(self.ctx, self.routers, self.purpose, address.domain, is_test=self.is_test)

    def _stopped_by(self, plan: Plan, address: Address) -> str:
        """What stops an address because of what it is, "" for nothing. Raises `_Ended`."""
        if address.parent is not None and self._was_here(plan, address):
            return "repeat_use"
        wrong = affixes.strip(plan, address)
        return f"local_part_{wrong}" if wrong else ""

    def _watched(self, plan: Plan, address: Address, queues: Queues) -> str:
        """What `_at_router` gives and raises, which somebody is told of."""
        assert self._watch is not None
        tried, outcome = Tried(plan.name), DEFER  # unless something else is said
        try:
            tried.stopped_by = self._stopped_by(plan, address)
            outcome = "" if tried.stopped_by else self._at_router(plan, address, queues, tried)
        except _Ended as ended:
            outcome = ended.outcome
            raise
        finally:
            tried.outcome = outcome
            self._watch(address, tried)
        return outcome

    def _at_router(self, plan: Plan, address: Address, queues: Queues, tried: Tried | None = None) -> str:
        """What a router says of an address; "" if it does not run. Raises `_Ended` and `Deferred`.

        With ``tried`` it is not known yet that the router is for the purpose.
        """
        self.ctx.depth += self._steps
        try:
            seen.show(self.ctx, address, plan.name)
            conditions = Preconditions(self.ctx, plan, address, self._domain_data)
            unwanted = tried and stopped_by_purpose(plan, self.purpose, is_test=self.is_test)
            skipped = Skipped(unwanted) if unwanted else conditions.check()
            if tried is not None:
                tried.passed = tuple(conditions.passed)
            if skipped is None:
                return self._run(plan, address, queues, conditions.user)
            if tried is not None:
                tried.stopped_by, tried.value = skipped
            self.ctx.facts["router_name"] = ""
            return ""
        finally:
            self.ctx.depth -= self._steps

    def _run(self, plan: Plan, address: Address, queues: Queues, user: Account | None) -> str:
        """What a router says whose preconditions hold. Raises `_Ended` and `Deferred`."""
        self.ctx.state.pop("search_message", None)
        if plan.settings and not self._variables(plan, address):
            return DECLINE
        if plan.address_data is not None and not self._address_data(plan, plan.address_data, address):
            return DECLINE
        address.local_host_removed = False
        work = Working(self, plan.router, address, queues, user)
        self._errors_before = address.inherited.errors_address
        address.inherited = address.inherited.copied()
        if self._tells:
            self.ctx.debug_flat(f"calling {plan.name} router")
        try:
            outcome = _driver(plan.router)(work)
        except Refusal as refusal:
            outcome = refusal.outcome
        self.ctx.facts["router_name"] = ""
        if self._tells:
            self._tell(plan, address, outcome)
        if outcome == FAIL:
            raise _Ended(FAIL)
        if outcome in {OK, PASS} and self._fails_verification(plan):
            address.message = f"{plan.name} router forced verify failure"
            queues.forget(address)
            raise _Ended(FAIL)
        if plan.translation and outcome == OK and address.hosts:
            from expander.routing.translation import translate

            translate(work, plan.translation)
        return outcome

    def _tell(self, plan: Plan, address: Address, outcome: str) -> None:
        """Tell what a router has said, as far as that is no matter of what follows."""
        if outcome in {PASS, DECLINE}:
            said = "passed" if outcome == PASS else "declined"
            self.ctx.debug_flat(f"{plan.name} router {said} for {address.text}")
        elif outcome == FAIL:
            self.ctx.debug_flat(f"{plan.name} router forced address failure")
        elif outcome == DEFER:
            self.ctx.depth -= self._steps
            self._tell_deferred(address)
            self.ctx.depth += self._steps

    def _tell_deferred(self, address: Address) -> None:
        name = address.router.name if address.router is not None else ""
        self.ctx.debug_flat(f"{name} router: defer for {address.text}")
        self.ctx.debug_flat(f"  message: {address.message or '<none>'}")

    def _fails_verification(self, plan: Plan) -> bool:
        return (self.purpose == SENDER and plan.fail_verify_sender) or (
            self.purpose == RECIPIENT and plan.fail_verify_recipient
        )

    def _was_here(self, plan: Plan, address: Address) -> bool:
        """True if an ancestor was routed here, the same one if the router is for repeated use.

        Raises `_Ended` for one with too many ancestors.
        """
        count, parent = 0, address.parent
        while parent is not None:
            if parent.router is plan.router and (plan.is_for_once or _same(plan, parent, address)):
                return True
            count += 1
            if count > MOST_ANCESTORS + 1:
                self.ctx.log(f"routing loop for {address.text}", panic=True)
                raise _Ended(DEFER)
            parent = parent.parent
        return False

    def _variables(self, plan: Plan, address: Address) -> bool:
        """Give the variables of the option ``set`` their values; False if the router declines.

        Raises `_Ended`.
        """
        from expander.routing.settings import assigned

        kept = address.inherited.copied()
        address.inherited = kept
        try:
            return assigned(self.ctx, plan.router, kept.variables, plan.settings)
        except Deferred as problem:
            # Exim forgets to say that it could not go on: the address is done with.
            address.message = problem.message
            raise _Ended(OK) from None

    def _address_data(self, plan: Plan, text: str, address: Address) -> bool:
        """Set the data of the address; False if the router declines. Raises `Deferred`."""
        try:
            value = self.ctx.expand(text)
        except ForcedFail:
            return False
        except Unsupported:
            raise
        except ExpansionError as problem:
            words = f'expansion of "{text}" failed in {plan.name} router: {problem.message}'
            raise Deferred(words) from None
        address.inherited = address.inherited.copied()
        address.inherited.address_data = value
        self.ctx.facts["address_data"] = value
        return True

    def _unrouteable(self, address: Address) -> str:
        if not address.message:
            message = UNROUTEABLE
            router = address.router
            if router is not None and router.options.is_set("cannot_route_message"):
                try:
                    message = self.ctx.expand(router["cannot_route_message"])
                except ForcedFail:
                    pass
                except ExpansionError as problem:
                    what = f"failed to expand cannot_route_message in {router.name} router"
                    self.ctx.log(f"{what}: {problem.message}", panic=True)
            address.user_message = address.message = message
        address.router = None
        return FAIL

    def _routed(self, plan: Plan, address: Address, queues: Queues, outcome: str) -> str:
        if outcome in {DEFER, DISCARD}:
            return outcome
        assert outcome in {OK, REROUTED}
        unseen = plan.unseen is not False and late(self.ctx, plan.router, "unseen")
        if self._tells and outcome == REROUTED and queues.waiting:
            self.ctx.debug_flat(f"re-routed to {queues.waiting[-1].text}")
        elif self._tells:
            self.ctx.debug_flat(f"routed by {plan.name} router{' (unseen)' if unseen else ''}")
        address.message = None
        if unseen and plan is not self.routers[-1]:
            self._replicate(plan, address, queues)
        return OK

    def _replicate(self, plan: Plan, address: Address, queues: Queues) -> None:
        """``unseen``: a copy of the address goes on behind this router; both have the same parent."""
        parent = copy_of(address)
        parent.hosts, parent.transport = [], None
        parent.inherited = address.inherited.copied()
        parent.inherited.errors_address = None
        address.parent = parent
        copied = Address(address.text, parent=parent)
        copied.recipient = address.recipient
        copied.unique = str(address.text)  # as it is by now, rewritten or not
        address.unique = f"{address.unique}/{plan.name}"
        copied.start = self.routers[self._place(plan.name) + 1].name
        kept = address.inherited
        copied.inherited.address_data = kept.address_data
        copied.inherited.errors_address = self._errors_before
        copied.inherited.variables = dict(kept.variables)
        queues.waiting.append(copied)


def _same(plan: Plan, parent: Address, address: Address) -> bool:
    if lower(parent.text) != lower(address.text):
        return False
    if not plan.is_caseful:
        return True
    length = address.text.rfind("@")
    return parent.text[:length] == address.text[:length]


def _driver(router: Router) -> Route:
    unit = registry.find("router", router.driver)
    if unit is None:
        raise Unsupported(f'the router driver "{router.driver}" is not supported by eximulate yet')
    route: Route = unit.impl
    return route
