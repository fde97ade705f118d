"""Taking an address apart before it is routed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api.errors import Deferred
from drivers.api.text import lower, tainted_like
from expander.lists.remembered import resume
from expander.routing.copies import copy_of

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.expand.context import Context


OF_ROUTED = "routed"
"""Under this name is remembered what lists say of the domain of an address that is split."""


def unquoted(local_part: str) -> str:
    """A local part without quotes and the backslashes that quote."""
    if '"' not in local_part and "\\" not in local_part:
        return local_part
    out: list[str] = []
    at = 0
    while at < len(local_part):
        char = local_part[at]
        if char == "\\":
            at += 1
            out.append(local_part[at : at + 1])
        elif char != '"':
            out.append(char)
        at += 1
    return "".join(out)


class Parts(NamedTuple):
    """Of an address: the local part, unquoted and with its case, the domain, and what it was made to be."""

    local_part: str
    domain: str
    made: str


def split(ctx: Context, address: Address) -> None:
    """Find the domain and the local part, and go by ``percent_hack_domains``.

    Where that makes another address, the old one becomes the parent. Raises `Deferred` for a list that
    cannot be matched.
    """
    address.lists = {OF_ROUTED: {}, f"{OF_ROUTED} localpart": {}}
    resume(ctx, address.lists)
    parts = parts_of(ctx, address.text, scope=OF_ROUTED)
    address.domain = tainted_like(parts.domain, address.text)
    if parts.made:
        address.parent = copy_of(address)
        address.text = address.unique = tainted_like(parts.made, address.text)
    address.cased = tainted_like(parts.local_part, address.text)
    address.lowered = address.local_part = tainted_like(lower(parts.local_part), address.text)


def _is_set_to_nothing(ctx: Context) -> bool:
    return ctx.config is not None and ctx.config.options.is_set("percent_hack_domains")


def parts_of(ctx: Context, text: str, *, scope: str) -> Parts:
    """The parts of an address after ``percent_hack_domains`` was obeyed.

    What named lists say is remembered in the ``scope``, whatever domain they were asked about. Raises
    `Deferred` for a list that cannot be matched.
    """
    head, _, tail = text.rpartition("@")
    local_part, domain, made = unquoted(head), lower(tail), ""
    hack = ctx.options.get("percent_hack_domains")
    while hack or (ctx.tell_checks is not None and _is_set_to_nothing(ctx)):
        from expander.lists import conditions

        answer = conditions.domain_matches(
            ctx, domain, str(hack), option="percent_hack_domains", scope=scope, data=""
        )
        if answer.word == conditions.DEFER:
            raise Deferred("lookup defer in percent_hack_domains")
        if answer.word != conditions.OK or "%" not in local_part:
            break
        local_part, _, tail = local_part.rpartition("%")
        made = f"{local_part}@{tail}"
        domain = lower(tail)
    return Parts(local_part, domain, made)
