"""Ways through the routers: which of them are known to pass an address by before it comes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.routing.preconditions import UNKNOWN, answers, stopped_by_purpose
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.expand.context import Context
    from expander.routing.plan import Plan

WAYS = "ways through the routers"
"""Under this name a configuration has those that it alone decides, and the state all others."""

SHARED = "ways are shared"
"""Under this name a configuration has whether it alone decides them."""

MOST_WAYS = 1_000
"""So many are remembered."""


class Way(State):
    """What is known of the routers for a purpose and a domain.

    ``ends`` has by place 0 for a router that is to look at the address, else where the next one is that
    may have to: all up to there are not for the purpose, or not for the domain. If one takes affixes off, it
    is alone there.
    ``data`` has what the list of domains of a router says of the domain, None where it has to be asked.
    ``open`` are places where that is not known yet.
    """

    ends: Sequence[int]
    data: Sequence[str | None]
    open: Sequence[int]


def way_for(ctx: Context, plans: Sequence[Plan], purpose: str, domain: str, *, is_test: bool) -> Way:
    """The way of addresses of a domain, as far as it is known. Nobody must want to be told of it."""
    config = ctx.config
    key = purpose, is_test, domain, type(domain)
    ready = ctx.state
    if config is not None and ctx.options is config.options:
        shared = config.ready.get(SHARED)
        if shared is None:
            lists = [plan.domains for plan in plans if plan.domains is not None]
            shared = config.ready[SHARED] = all(one.is_settled or not one.is_steady for one in lists)
        ready = config.ready if shared else ready
    ways: dict[object, Way] | None = ready.get(WAYS)
    if ways is None:
        ways = ready.setdefault(WAYS, {})
    way = ways.get(key)
    if way is None or (way.open and any(_said(ctx, plans[at], domain) != UNKNOWN for at in way.open)):
        way = _made(ctx, plans, purpose, domain, is_test=is_test)
        if len(ways) >= MOST_WAYS:
            ways.clear()
        ways[key] = way
    return way


def _made(ctx: Context, plans: Sequence[Plan], purpose: str, domain: str, *, is_test: bool) -> Way:
    ends = [0] * len(plans)
    data: list[str | None] = [None] * len(plans)
    unknown: list[int] = []
    end = len(plans)
    for at in range(len(plans) - 1, -1, -1):
        plan = plans[at]
        said = _said(ctx, plan, domain)
        stops = bool(stopped_by_purpose(plan, purpose, is_test=is_test))
        if stops or (plan.domains is not None and plan.domains.is_steady and said is None):
            takes_none_off = plan.prefixes is None and plan.suffixes is None
            ends[at] = end if takes_none_off else at + 1
            if takes_none_off:
                continue
        elif said == UNKNOWN:
            unknown.append(at)
        else:
            data[at] = said
        end = at
    return Way(ends, data, unknown)


def _said(ctx: Context, plan: Plan, domain: str) -> str | None:
    """What a router's list of domains is known to say, `UNKNOWN` for nothing; None without a steady one."""
    option = plan.domains
    if option is None or not option.is_steady:
        return None
    return answers(ctx, option).get((option.kind, option.text, domain, type(domain), False), UNKNOWN)
