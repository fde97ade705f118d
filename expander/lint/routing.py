"""What is known of routers without an address: when they run, and whether they let an address go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from expander.lint.beginnings import outcomes
from expander.lint.route_list import route_rules

if TYPE_CHECKING:
    from expander.config.model import Instance
    from expander.lint.survey import Survey

_LISTS = ("domains", "local_parts", "senders")
_AFFIXES = ("local_part_prefix", "local_part_suffix")
_FALSE = ("", "0", "no", "false")
_ENDS_HERE = (":fail:", ":defer:", ":blackhole:", ":freeze:")
_LETS_GO = ("decline", "pass", "ignore")

Preconditions = frozenset[tuple[str, str]]


def text_of(instance: Instance, name: str) -> str | None:
    """The text of an option that the configuration sets, None if it is not set."""
    setting = instance.setting(name) if instance.options.unit(name) is not None else None
    return None if setting is None else str(setting.value)


def constant_truth(text: str) -> bool | None:
    """What a condition of a router that is plain text comes to; None for one that is expanded."""
    return None if "$" in text else lower(text.strip(SPACE)) not in _FALSE


def preconditions(router: Instance) -> Preconditions:
    """The options of a router that keep it from running for some addresses, with their texts."""
    found: set[tuple[str, str]] = set()
    for name in _LISTS:
        text = text_of(router, name)
        if text is not None and text.strip(SPACE) != "*":
            found.add((name, " ".join(text.split())))
    for name in _AFFIXES:
        text = text_of(router, name)
        if text is not None and router[f"{name}_optional"] is not True:
            found.add((name, text))
    condition = text_of(router, "condition")
    if condition is not None and constant_truth(condition) is not True:
        found.add(("condition", condition))
    files = text_of(router, "require_files")
    if files is not None:
        found.add(("require_files", files))
    if router["check_local_user"] is True:
        found.add(("check_local_user", ""))
    return frozenset(found)


def affixes(router: Instance) -> tuple[str | None, ...]:
    """What a router takes off local parts before it looks at them."""
    return tuple(text_of(router, name) for name in _AFFIXES)


def chance(found: Preconditions) -> bool:
    """True if a condition may come out otherwise when it is asked again."""
    return any("rand" in text or "${run" in text or "perl" in text for _, text in found)


def for_all_work(router: Instance) -> bool:
    """True for a router that runs while verifying as well as for deliveries."""
    return (
        router["verify_sender"] is True
        and router["verify_recipient"] is True
        and router["verify_only"] is False
    )


def lets_nothing_pass(survey: Survey, router: Instance) -> bool:
    """True if an address that meets the router's preconditions surely gets to no later router."""
    if router["unseen"] is not False or router["address_test"] is not True or _may_decline_first(router):
        return False
    if router.driver == "accept":
        return True
    if router.driver == "redirect":
        return _always_ends(survey, router)
    if router["self"] == "pass" or router["pass_on_timeout"] is True:
        return False
    if router.driver == "manualroute" and _routes_all(survey, router):
        return not any(router[name] in _LETS_GO for name in ("host_find_failed", "host_all_ignored"))
    return router.driver == "dnslookup" and router["more"] is False


def _may_decline_first(router: Instance) -> bool:
    """True if a forced failure of what is expanded before the driver runs makes the router decline."""
    return any("fail" in (text_of(router, name) or "") for name in ("address_data", "set"))


def _always_ends(survey: Survey, router: Instance) -> bool:
    """True for data that can only make an address fail, wait or vanish."""
    text = survey.by_option.get(("router", router.name, "data"))
    found = () if text is None else outcomes(survey, text.source)
    return bool(found) and all(one.text.lstrip(SPACE).startswith(_ENDS_HERE) for one in found)


def _routes_all(survey: Survey, router: Instance) -> bool:
    """True if the routes are there for every domain."""
    if any(rule.pattern == "*" for rule in route_rules(router)):
        return True
    text = survey.by_option.get(("router", router.name, "route_data"))
    found = () if text is None else outcomes(survey, text.source)
    return bool(found) and all(one.text.strip(SPACE) for one in found)


def jump_targets(survey: Survey) -> frozenset[str]:
    """The routers that others hand addresses to by name."""
    named = (
        text_of(router, option)
        for router in survey.config.routers
        for option in ("pass_router", "redirect_router")
    )
    return frozenset(name for name in named if name is not None)
