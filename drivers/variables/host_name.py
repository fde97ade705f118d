"""The client's host name: found from its address when it is first wanted, and checked against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from drivers.api.unit import Example, variable
from drivers.values import ip
from drivers.values.findhost import leads_to, names_of
from drivers.values.log_selector import selects
from drivers.values.peer import describe
from drivers.values.telling import STEPS_SINCE, tell_flat
from drivers.variables.plain import CARRIED, SECTION

if TYPE_CHECKING:
    from drivers.api.protocols import Context

DONE = "host_lookup"
"""Under this name the state has the address that was looked up."""


WHY = "host_lookup_msg"
"""Under this name the state has why no host name was found."""

ALIASES = "host_aliases"
"""Under this name the state has the client's further names that lead back to it."""


@variable(
    "sender_host_name",
    syntax="$sender_host_name",
    section=SECTION,
    kind="host_lookup",
    taint=CARRIED,
    examples=[
        Example(
            "${if match_domain{$sender_host_name}{*.example.org}{ours}{theirs}}",
            "ours",
            given={"sender_host_name": "mail.example.org"},
        )
    ],
)
def sender_host_name(ctx: Context) -> str:
    """The client's host name as the DNS gives it for the address, if the name leads back to the address.

    Using it asks the DNS where that was not yet done, in the ways that ``host_lookup_order`` lists.
    Empty where no such name was found: see ``$host_lookup_failed`` and ``$host_lookup_deferred``.
    """
    facts = ctx.facts
    address = facts.get("sender_host_address", "")
    name = facts.get("sender_host_name", "")
    if name or not address or ctx.state.get(DONE) == address:
        return name
    look_up(ctx, address)
    return facts.get("sender_host_name", "")


def look_up(ctx: Context, address: str, *, describes: bool = True) -> None:
    """Find the name of the client with that address and set what follows from it.

    ``describes`` is false where the description of the client in log lines stays as it was. Otherwise that
    is set along with ``$sender_host_name``, or ``$host_lookup_failed`` or ``$host_lookup_deferred`` is.
    """
    ctx.state[DONE] = address
    parsed = ip.parse(address)
    if parsed is None:
        return
    if ctx.tell_checks is not None:
        tell_flat(ctx, ctx.tell_checks, f"looking up host name for {address}")
    steps = ctx.profile.at_least(STEPS_SINCE)
    ctx.depth += steps
    try:
        _find(ctx, address, parsed, describes=describes)
    finally:
        ctx.depth -= steps


def _find(ctx: Context, address: str, parsed: ip.Address, *, describes: bool) -> None:
    found = names_of(ctx, parsed)
    if not found.names:
        if found.again:
            ctx.facts["host_lookup_deferred"] = "1"
        else:
            if selects(ctx, "host_lookup_failed"):
                ctx.log(f"no host name found for IP address {address}")
            ctx.state[WHY] = "failed to find host name from IP address"
            ctx.facts["host_lookup_failed"] = "1"
        return
    lead: list[tuple[str, bool]] = []
    for name in found.names:
        back = leads_to(ctx, name, parsed, wants_secure=found.secure)
        if back.again:
            ctx.facts["host_lookup_deferred"] = "1"
            return
        if back.matches:
            lead.append((name, back.secure))
    if lead:
        ctx.facts.update(
            sender_host_name=Tainted(lead[0][0]),
            sender_host_dnssec="yes" if found.secure and lead[0][1] else "no",
        )
        if describes:
            describe(ctx)
        ctx.state[ALIASES] = [name for name, _ in lead[1:]]
        return
    ctx.state[WHY] = f"{address} does not match any IP address for {found.names[0]}"
    if ctx.tell_checks is not None:
        tell_flat(ctx, ctx.tell_checks, ctx.state[WHY])
    ctx.facts["host_lookup_failed"] = "1"
