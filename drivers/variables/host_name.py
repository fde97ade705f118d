"""The client's host name: found from its address when it is first wanted, and checked against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from drivers.api.unit import Example, variable
from drivers.values import ip
from drivers.values.findhost import leads_to, names_of
from drivers.values.log_selector import selects
from drivers.values.peer import describe
from drivers.variables.plain import CARRIED, SECTION

if TYPE_CHECKING:
    from drivers.api.protocols import Context

DONE = "host_lookup"
"""Under this name the state has the address that was looked up."""


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


def look_up(ctx: Context, address: str) -> None:
    """Find the name of the client with that address and set what follows from it.

    That is ``$sender_host_name``, ``$sender_fullhost`` and their like, or ``$host_lookup_failed``, or
    ``$host_lookup_deferred``.
    """
    ctx.state[DONE] = address
    parsed = ip.parse(address)
    if parsed is None:
        return
    if ctx.tell_checks is not None:
        ctx.tell_checks(f"looking up host name for {address}")
    found = names_of(ctx, parsed)
    if not found.names:
        if found.again:
            ctx.facts["host_lookup_deferred"] = "1"
        else:
            if selects(ctx, "host_lookup_failed"):
                ctx.log(f"no host name found for IP address {address}")
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
        _set(ctx, lead[0][0], secure=found.secure and lead[0][1])
        ctx.state[ALIASES] = [name for name, _ in lead[1:]]
        return
    if ctx.tell_checks is not None:
        ctx.tell_checks(f"{address} does not match any IP address for {found.names[0]}")
    ctx.facts["host_lookup_failed"] = "1"


def _set(ctx: Context, name: str, *, secure: bool) -> None:
    ctx.facts.update(sender_host_name=Tainted(name), sender_host_dnssec="yes" if secure else "no")
    describe(ctx)
