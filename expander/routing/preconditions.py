"""What has to hold before a router runs, in Exim's order. See "Router preconditions" in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.api.routing import EXPN, RECIPIENT, SENDER, TESTING
from drivers.values.memberships import in_list
from expander.routing import files
from expander.routing.truth import is_true

if TYPE_CHECKING:
    from drivers.api.outside import Account
    from drivers.api.routing import Address
    from expander.config.model import Instance
    from expander.expand.context import Context


class Skipped(Exception):
    """The router does not run for this address; the precondition that stopped it, and its value."""

    def __init__(self, condition: str, value: str = "") -> None:
        super().__init__(condition)
        self.condition = condition
        self.value = value


class Preconditions:
    """The preconditions of one router for one address.

    What they find goes to the variables. ``passed`` has the names of those that were there and held.
    """

    def __init__(
        self, ctx: Context, router: Instance, address: Address, purpose: str, *, is_test: bool
    ) -> None:
        self.ctx = ctx
        self.router = router
        self.address = address
        self.purpose = purpose
        self.is_test = is_test
        self.user: Account | None = None
        self.passed: list[str] = []

    def check(self) -> None:
        """Go through all of them. Raises `Skipped`, and `Deferred` where one cannot be decided."""
        self._purpose()
        self._domains()
        self._local_parts()
        self._local_user()
        self._home()
        self._senders()
        if self.ctx.debug_with is not None:
            self._debug_print()
        self._files()
        self._condition()

    def _purpose(self) -> None:
        router, purpose = self.router, self.purpose
        if purpose in {TESTING, EXPN} and router["verify_only"]:
            raise Skipped("verify_only")
        if self.is_test and not router["address_test"]:
            raise Skipped("address_test")
        if purpose == SENDER and not router["verify_sender"]:
            raise Skipped("verify_sender")
        if purpose == RECIPIENT and not router["verify_recipient"]:
            raise Skipped("verify_recipient")
        if purpose == EXPN and not router["expn"]:
            raise Skipped("expn")

    def _domains(self) -> None:
        value = self._in_list("domains", "domain", self.address.domain)
        if value is not None:
            self.ctx.facts["domain_data"] = value

    def _local_parts(self) -> None:
        address = self.address
        whole = address.cased
        start = len(address.prefix)
        cased = whole[start : start + len(address.local_part)]
        value = self._in_list("local_parts", "localpart", type(whole)(cased))
        if value is not None:
            self.ctx.facts["local_part_data"] = value

    def _in_list(self, option: str, kind: str, text: str) -> str | None:
        given = self.router[option]
        caseful = option == "local_parts" and bool(self.router["caseful_local_part"])
        if not self.router.options.is_set(option):
            return None
        try:
            value = in_list(self.ctx, kind, text, given, caseful=caseful)
        except Deferred as problem:
            raise Deferred(f"{option} check lookup or other defer") from problem
        if value is None:
            raise Skipped(option, given)
        self.passed.append(option)
        return value

    def _local_user(self) -> None:
        if not self.router["check_local_user"]:
            return
        name = self.address.local_part
        user = self.ctx.world.users.user(str(name)) if not name.isdigit() else None
        if user is None:
            raise Skipped("check_local_user")
        self.user = user
        facts = self.ctx.facts
        facts["local_part_data"] = user.login
        facts["home"] = user.home
        facts["local_user_uid"], facts["local_user_gid"] = str(user.uid), str(user.gid)
        self.passed.append("check_local_user")

    def _home(self) -> None:
        text = self.router["router_home_directory"]
        if not text:
            return
        try:
            self.ctx.facts["home"] = self.ctx.expand(text)
        except ForcedFail:
            return
        except ExpansionError as problem:
            raise Deferred(
                f'failed to expand "{text}" for router_home_directory: {problem.message}'
            ) from None

    def _senders(self) -> None:
        value = self._in_list("senders", "address", self.ctx.facts.get("sender_address", ""))
        if value is not None:
            self.ctx.facts["sender_data"] = value

    def _debug_print(self) -> None:
        text = self.router["debug_print"]
        if not text:
            return
        try:
            shown = self.ctx.expand(text)
        except ExpansionError as problem:
            shown = f'failed to expand debug_output "{text}": {problem.message}'
        if shown:
            self.ctx.debug(shown.removesuffix("\n"))

    def _files(self) -> None:
        given = self.router["require_files"]
        if not given:
            return
        failing = files.missing(self.ctx, given)
        if failing is not None:
            raise Skipped("require_files", failing)
        self.passed.append("require_files")

    def _condition(self) -> None:
        if not self.router.options.is_set("condition"):
            return
        text = self.router["condition"]
        try:
            holds = is_true(self.ctx, text, self.router.name)
        except Deferred:
            raise Deferred("condition check lookup defer") from None
        if not holds:
            raise Skipped("condition", text)
        self.passed.append("condition")
