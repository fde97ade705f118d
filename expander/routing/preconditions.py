"""What has to hold before a router runs, in Exim's order. See "Router preconditions" in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.api.routing import EXPN, RECIPIENT, SENDER, TESTING
from drivers.values.accounts import account
from drivers.values.memberships import in_list
from drivers.values.telling import STEPS_SINCE
from drivers.values.truth import holds
from expander.routing import files
from expander.routing.splitting import OF_ROUTED
from expander.routing.telling import print_debug

if TYPE_CHECKING:
    from drivers.api.outside import Account
    from drivers.api.routing import Address
    from expander.expand.context import Context
    from expander.routing.plan import ListOption, Plan


Known = dict[tuple[str, str, str, type, bool], str | None]
"""What lists have said, None for no match: by kind, list, text and its type, and whether the case counted."""

STEADY = "what steady lists have said"
"""Under this name the state has such answers, and a configuration those that are the same for all."""

UNKNOWN = "\0"
MOST_KNOWN = 10_000
"""So many are remembered."""


def answers(ctx: Context, option: ListOption) -> Known:
    """What lists like this one have said."""
    config = ctx.config
    shared = option.is_settled and config is not None and ctx.options is config.options
    found: Known = (config.ready if shared and config is not None else ctx.state).setdefault(STEADY, {})
    return found


def stopped_by_purpose(plan: Plan, purpose: str, *, is_test: bool) -> str:
    """The option by which a router is not for what an address is routed for, "" if it is."""
    if is_test and not plan.address_test:
        return "verify_only" if plan.verify_only and purpose in {TESTING, EXPN} else "address_test"
    if purpose == RECIPIENT:
        return "" if plan.verify_recipient else "verify_recipient"
    if purpose == SENDER:
        return "" if plan.verify_sender else "verify_sender"
    if plan.verify_only:
        return "verify_only"
    return "expn" if purpose == EXPN and not plan.expn else ""


class Skipped(NamedTuple):
    """The router does not run for this address; the precondition that stopped it, and its value."""

    condition: str
    value: str = ""


class Preconditions:
    """The preconditions of one router for one address.

    What they find goes to the variables. ``passed`` has the names of those that were there and held.
    ``domain_data`` is what the list of domains is known to say, None if it has to be asked.
    """

    __slots__ = ("address", "ctx", "domain_data", "passed", "plan", "user")

    def __init__(self, ctx: Context, plan: Plan, address: Address, domain_data: str | None) -> None:
        self.ctx = ctx
        self.plan = plan
        self.address = address
        self.domain_data = domain_data
        self.user: Account | None = None
        self.passed: list[str] = []

    def check(self) -> Skipped | None:
        """The first that does not hold; the purpose is not among them.

        Raises `Deferred` where one is undecided.
        """
        plan, facts = self.plan, self.ctx.facts
        if self.domain_data is not None:
            facts["domain_data"] = self.domain_data
            self.passed.append("domains")
        elif plan.domains is not None:
            found = self._in_list(plan.domains, self.address.domain)
            if found is None:
                return Skipped(plan.domains.name, plan.domains.text)
            facts["domain_data"] = found
        if plan.local_parts is not None:
            found = self._in_list(plan.local_parts, self._cased())
            if found is None:
                return Skipped(plan.local_parts.name, plan.local_parts.text)
            facts["local_part_data"] = found
        if plan.check_local_user and not self._local_user():
            return Skipped("check_local_user")
        if plan.home:
            self._home(plan.home)
        if plan.senders is not None:
            found = self._in_list(plan.senders, facts.get("sender_address", ""))
            if found is None:
                return Skipped(plan.senders.name, plan.senders.text)
            facts["sender_data"] = found
        if plan.debug_print:
            print_debug(self.ctx, plan.debug_print)
        if plan.require_files:
            failing = files.missing(self.ctx, plan.require_files)
            if failing is not None:
                return Skipped("require_files", failing)
            self.passed.append("require_files")
        if plan.condition is not None and not self._condition(plan.condition):
            return Skipped("condition", plan.condition)
        return None

    def _cased(self) -> str:
        """The local part without its affixes, with its letters as they came."""
        address = self.address
        start = len(address.prefix)
        return type(address.cased)(address.cased[start : start + len(address.local_part)])

    def _in_list(self, option: ListOption, text: str) -> str | None:
        """The value that a list has for the text, None where it does not have it. Raises `Deferred`."""
        caseful = option.kind == "localpart" and self.plan.is_caseful
        if not option.is_steady or self.ctx.tell_checks is not None:
            value = self._matched(option, text, caseful=caseful)
        else:
            known = answers(self.ctx, option)
            key = option.kind, option.text, text, type(text), caseful
            value = known.get(key, UNKNOWN)
            if value == UNKNOWN:
                if len(known) >= MOST_KNOWN:
                    known.clear()
                value = known[key] = self._matched(option, text, caseful=caseful)
        if value is not None:
            self.passed.append(option.name)
        return value

    def _is_known_to_fail(self, option: ListOption) -> bool:
        """True if the expansion of a list is known to be forced to fail, at which nobody looks."""
        ctx = self.ctx
        made = ctx.kept.get(option.text)
        if made is None or made.fails_unless is None or ctx.tell_checks is not None:
            return False
        return ctx.trace is None and ctx.narrator is None and not made.fails_unless(ctx)

    def _matched(self, option: ListOption, text: str, *, caseful: bool) -> str | None:
        if self._is_known_to_fail(option):
            self.ctx.captures = []
            return None
        try:
            shown, scope = "", OF_ROUTED if option.kind == "domain" else f"{OF_ROUTED} {option.kind}"
            if self.ctx.tell_checks is None:
                scope = "" if option.kind == "address" else scope
            elif self.ctx.profile.at_least(STEPS_SINCE):
                shown = option.name
            return in_list(
                self.ctx, option.kind, text, option.text, caseful=caseful, option=shown, scope=scope
            )
        except Deferred as problem:
            raise Deferred(f"{option.name} check lookup or other defer") from problem
        finally:
            self.ctx.captures = []

    def _local_user(self) -> bool:
        name = str(self.address.local_part)
        user = account(self.ctx, name) if not name.isdigit() else None
        if user is None:
            return False
        self.user = user
        facts = self.ctx.facts
        facts["local_part_data"] = user.login
        facts["home"] = user.home
        facts["local_user_uid"], facts["local_user_gid"] = str(user.uid), str(user.gid)
        self.passed.append("check_local_user")
        return True

    def _home(self, text: str) -> None:
        try:
            self.ctx.facts["home"] = self.ctx.expand(text)
        except ForcedFail:
            return
        except ExpansionError as problem:
            raise Deferred(
                f'failed to expand "{text}" for router_home_directory: {problem.message}'
            ) from None

    def _condition(self, text: str) -> bool:
        try:
            found = holds(self.ctx, text, f"{self.plan.name} router")
        except Deferred:
            raise Deferred("condition check lookup defer") from None
        if found:
            self.passed.append("condition")
        return found
