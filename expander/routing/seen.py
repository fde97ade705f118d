"""What expansions see of the address that is being routed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import tainted_like

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.api.routing import Address
    from expander.expand.context import Context

NAMES = (
    "address_data", "address_file", "address_pipe", "domain", "domain_data", "home", "host", "host_address",
    "local_part", "local_part_data", "local_part_prefix", "local_part_prefix_v", "local_part_suffix",
    "local_part_suffix_v", "local_user_gid", "local_user_uid", "original_domain", "original_local_part",
    "parent_domain", "parent_local_part", "return_path", "router_name", "self_hostname", "sender_address",
    "sender_data",
)  # fmt: skip
"""The variables that routing changes."""

_NAMES = frozenset(NAMES)
CHANGED = tuple(name for name in NAMES if name not in {"sender_address", "return_path"})
UNSET = dict.fromkeys(CHANGED, "") | {"local_user_uid": "4294967295", "local_user_gid": "4294967295"}
VARIABLE = "r_"
NONE_SET = "no variables of routers"
"""Under this name the state says that there are none of the form ``r_...``, and that no router sets one."""


def remembered(ctx: Context) -> dict[str, str]:
    """The values of all variables that routing changes."""
    facts = ctx.facts
    names = _NAMES.intersection(facts)
    if NONE_SET not in ctx.state:
        names = names.union(_variables(facts))
    return {name: facts[name] for name in names}


def has_variables(names: Iterable[str]) -> bool:
    """True if one of the names is of the form ``r_...``."""
    return any(name.startswith(VARIABLE) for name in names)


def restore(ctx: Context, values: dict[str, str]) -> None:
    """Give the variables the values back that `remembered` has found."""
    facts = ctx.facts
    for name in _NAMES.intersection(facts).difference(values):
        del facts[name]
    if NONE_SET not in ctx.state:
        _forget_variables(facts)
    facts.update(values)


def clear(ctx: Context) -> None:
    """No address is being routed; the sender and the return path stay."""
    facts = ctx.facts
    facts.update(UNSET)
    if NONE_SET not in ctx.state:
        _forget_variables(facts)


def _forget_variables(facts: dict[str, str]) -> None:
    for name in _variables(facts):
        del facts[name]


def _variables(facts: dict[str, str]) -> list[str]:
    """The names of the form ``r_...``; that there is none, which is usual, is seen at a glance."""
    if f" {VARIABLE}" not in f" {' '.join(facts)}":
        return []
    return [name for name in facts if name.startswith(VARIABLE)]


def show(ctx: Context, address: Address, router: str) -> None:
    """Let the variables tell of the address at a router, whose affixes are off its local part.

    Those of the form ``r_...`` are as `show_variables` has left them.
    """
    facts, kept, parent = ctx.facts, address.inherited, address.parent
    facts.update(UNSET)
    facts["router_name"] = router
    facts["domain"] = address.domain
    facts["local_part"] = address.local_part or ""  # nothing comes from nobody: it is not tainted
    if parent is None:
        facts["original_domain"], facts["original_local_part"] = address.domain, whole_local_part(address)
    else:
        first = parent
        while first.parent is not None:
            first = first.parent
        facts["original_domain"], facts["original_local_part"] = first.domain, whole_local_part(first)
        facts["parent_domain"], facts["parent_local_part"] = parent.domain, whole_local_part(parent)
    if address.prefix:
        facts["local_part_prefix"], facts["local_part_prefix_v"] = address.prefix, address.prefix_v
    if address.suffix:
        facts["local_part_suffix"], facts["local_part_suffix_v"] = address.suffix, address.suffix_v
    if address.self_hostname:
        facts["self_hostname"] = address.self_hostname
    if kept.address_data:
        facts["address_data"] = kept.address_data
    if kept.domain_data:
        facts["domain_data"] = kept.domain_data
    if kept.local_part_data:
        facts["local_part_data"] = kept.local_part_data
    if address.hosts:
        facts["host"], facts["host_address"] = address.hosts[0].name, address.hosts[0].address


def show_variables(ctx: Context, address: Address) -> None:
    """Let the variables of the form ``r_...`` tell what routers have set for the address, and no other."""
    facts = ctx.facts
    if NONE_SET in ctx.state:
        return
    _forget_variables(facts)
    for name, value in address.inherited.variables.items():
        facts[VARIABLE + name] = value


def whole_local_part(address: Address) -> str:
    """The local part with its affixes, in the case that the router which had the address last wants."""
    router = address.router
    if router is None:
        return address.local_part
    chosen = address.cased if router["caseful_local_part"] else address.lowered
    return chosen if chosen.__class__ is address.text.__class__ else tainted_like(chosen, address.text)
