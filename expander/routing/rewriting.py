"""Addresses before they are routed: the default domain, and the rewriting rules."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from drivers.api.text import tainted_like
from drivers.values import mailbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context


def completed(ctx: Context, address: str, *, is_recipient: bool, by_rules: bool) -> str:
    """The address with a domain, after the rewriting rules if they are wanted."""
    if not mailbox.has_domain(address):
        domain = ctx.state.get("qualify_recipient") if is_recipient else None
        if domain is None:
            options = ctx.options
            domain = (options.get("qualify_recipient") if is_recipient else None) or options["qualify_domain"]
        address = tainted_like(f"{address}@{domain}", address)
    return by_global_rules(ctx, address, is_recipient=is_recipient) if by_rules else address


def by_global_rules(ctx: Context, address: str, *, is_recipient: bool) -> str:
    """The address after the rewriting rules of the configuration for the envelope."""
    if ctx.config is None or not ctx.config.rewrite:
        return address
    return _rewriter()(ctx, address, is_recipient=is_recipient)


@cache
def _rewriter() -> Callable[..., str]:
    """What applies the rules: imported when there are some."""
    from expander.rewriting.section import rewrite_envelope

    return rewrite_envelope
