"""Addresses before they are routed: the default domain, and the rewriting rules."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from drivers.api.errors import Unsupported
from drivers.api.text import tainted_like

if TYPE_CHECKING:
    from drivers.api.protocols import Context

ENGINE = "expander.rewriting"
RULES = "rules for the envelope"


def has_domain(address: str) -> bool:
    """True if an address has a domain behind its local part, in which a quoted at sign does not count."""
    return "@" in address.rpartition('"')[2]


def completed(ctx: Context, address: str, *, is_recipient: bool, by_rules: bool) -> str:
    """The address with a domain, after the rewriting rules if they are wanted.

    Raises `Unsupported` where there are rules and no engine for them.
    """
    if not has_domain(address):
        domain = ctx.state.get("qualify_recipient") if is_recipient else None
        if domain is None:
            options = ctx.options
            domain = (options.get("qualify_recipient") if is_recipient else None) or options["qualify_domain"]
        address = tainted_like(f"{address}@{domain}", address)
    return by_global_rules(ctx, address, is_recipient=is_recipient) if by_rules else address


def by_global_rules(ctx: Context, address: str, *, is_recipient: bool) -> str:
    """The address after the rewriting rules of the configuration for the envelope."""
    config = getattr(ctx, "config", None)
    if config is None or not config.rewrite:
        return address
    if find_spec(ENGINE) is None:
        raise Unsupported("rewriting is not supported by eximulate yet")
    engine, where = import_module(f"{ENGINE}.address"), import_module(f"{ENGINE}.where")
    rules = ctx.state.get(RULES)
    if rules is None:
        rules = ctx.state[RULES] = where.rules_of(config.rewrite)
    place = where.ENVELOPE_TO if is_recipient else where.ENVELOPE_FROM
    found = engine.rewrite(ctx, address, place, rules, where.NAMES[place])
    rewritten: str = address if found is None else found.address
    return rewritten
