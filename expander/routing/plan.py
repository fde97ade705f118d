"""What routing asks of each router again and again, read from its options once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Router
    from expander.config.model import Config, Instance
    from expander.expand.context import Context

PLANS = "plans of the routers"
"""Under this name a configuration has the plans that were made."""


SETS_VARIABLES = "routers set variables"
"""Under this name it has whether one of them gives variables to addresses."""


class ListOption(Record):
    """A list that an option gives; ``is_steady`` if what it says of a text is the same on one host always.

    ``is_settled`` if it is the same on all hosts, as far as the configuration goes.
    """

    name: str
    kind: str
    text: str
    is_steady: bool
    is_settled: bool


class Ready(dict[str, Any]):
    """A router with the values of its options as they were asked for: a configuration changes no more.

    All else is that of the router itself.
    """

    __slots__ = ("_router", "driver", "name", "options")

    def __init__(self, router: Instance) -> None:
        super().__init__()
        self._router = router
        self.name, self.driver, self.options = router.name, router.driver, router.options

    def __missing__(self, name: str) -> Any:
        value = self[name] = self.options[name]
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._router, name)


class Plan(Record):
    """The options of one router; lists and texts that are not set are None."""

    router: Router
    name: str
    is_caseful: bool
    is_for_once: bool
    is_silent: bool
    prefixes: str | None
    prefix_optional: bool
    suffixes: str | None
    suffix_optional: bool
    verify_only: bool
    address_test: bool
    verify_sender: bool
    verify_recipient: bool
    expn: bool
    fail_verify_sender: bool
    fail_verify_recipient: bool
    domains: ListOption | None
    local_parts: ListOption | None
    senders: ListOption | None
    check_local_user: bool
    home: str
    debug_print: str
    require_files: str
    condition: str | None
    settings: str
    address_data: str | None
    pass_router: str
    more: bool | str
    unseen: bool | str
    translation: str


def plans(ctx: Context) -> Sequence[Plan]:
    """The plans of all routers of the configuration, in their order; they are kept there."""
    config = ctx.config
    if config is None:
        return ()
    made: Sequence[Plan] | None = config.ready.get(PLANS)
    if made is None:
        made = config.ready[PLANS] = tuple(_plan(config, router) for router in config.routers)
    return made


def sets_variables(ctx: Context) -> bool:
    """True if one of the routers of the configuration may give variables to addresses."""
    config = ctx.config
    if config is None:
        return False
    found: bool | None = config.ready.get(SETS_VARIABLES)
    if found is None:
        found = config.ready[SETS_VARIABLES] = any(plan.settings for plan in plans(ctx))
    return found


def _plan(config: Config, router: Instance) -> Plan:
    options = router.options

    def text(name: str) -> str | None:
        return options[name] if options.is_set(name) else None

    def listed(name: str, kind: str) -> ListOption | None:
        given = text(name)
        if given is None:
            return None
        from expander.lists.steady import is_settled, is_steady

        steady, settled = is_steady(config, kind, given), is_settled(config, kind, given)
        return ListOption(name, kind, given, steady, settled)

    def value(name: str, default: Any) -> Any:
        return options.get(name, default)

    return Plan(
        Ready(router),
        router.name,
        options["caseful_local_part"],
        not value("repeat_use", default=True),
        options["disable_logging"],
        options["local_part_prefix"] if options.is_set("local_part_prefix") else None,
        options["local_part_prefix_optional"],
        options["local_part_suffix"] if options.is_set("local_part_suffix") else None,
        options["local_part_suffix_optional"],
        options["verify_only"],
        options["address_test"],
        options["verify_sender"],
        options["verify_recipient"],
        options["expn"],
        options["fail_verify_sender"],
        options["fail_verify_recipient"],
        listed("domains", "domain"),
        listed("local_parts", "localpart"),
        listed("senders", "address"),
        options["check_local_user"],
        options["router_home_directory"],
        options["debug_print"],
        options["require_files"],
        text("condition"),
        value("set", ""),
        text("address_data"),
        options["pass_router"],
        options["more"],
        options["unseen"],
        value("translate_ip_address", ""),
    )
