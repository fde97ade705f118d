"""Taking an address apart before it is routed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.text import lower, tainted_like
from drivers.values.memberships import in_list
from expander.routing.copies import copy_of

if TYPE_CHECKING:
    from drivers.api.protocols import Context
    from drivers.api.routing import Address


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


def split(ctx: Context, address: Address) -> None:
    """Find the domain and the local part, and go by ``percent_hack_domains``.

    Where that makes another address, the old one becomes the parent. Raises `Deferred` for a list that
    cannot be matched.
    """
    head, _, tail = address.text.rpartition("@")
    domain, local_part = lower(tail), unquoted(head)
    hacked = ""
    hack = ctx.options.get("percent_hack_domains")
    if hack:
        hacked, local_part, domain = _hacked(ctx, str(hack), local_part, domain)
    address.domain = tainted_like(domain, address.text)
    if hacked:
        address.parent = copy_of(address)
        address.text = address.unique = tainted_like(hacked, address.text)
    address.cased = tainted_like(local_part, address.text)
    address.lowered = address.local_part = tainted_like(lower(local_part), address.text)


def _hacked(ctx: Context, domains: str, local_part: str, domain: str) -> tuple[str, str, str]:
    made = ""
    try:
        while "%" in local_part and in_list(ctx, "domain", domain, domains) is not None:
            local_part, _, tail = local_part.rpartition("%")
            made = f"{local_part}@{tail}"
            domain = lower(tail)
    except Deferred:
        raise Deferred("lookup defer in percent_hack_domains") from None
    return made, local_part, domain
