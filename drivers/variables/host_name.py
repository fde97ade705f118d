"""The client's host name: found from its address when it is first wanted, and checked against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, lower
from drivers.api.unit import Example, variable
from drivers.values import ip, listtext
from drivers.values.dnsdata import AGAIN, FAIL, FORWARD, FOUND, reversed_name
from drivers.values.dnslookup import ask
from drivers.values.peer import Peer
from drivers.variables.plain import CARRIED, SECTION

if TYPE_CHECKING:
    from drivers.api.protocols import Context

DONE = "host_lookup"
"""Under this name the state has the address that was looked up."""


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
    ctx.state[DONE] = address
    look_up(ctx, address)
    return facts.get("sender_host_name", "")


def look_up(ctx: Context, address: str) -> None:
    """Find the name of the client with that address and set what follows from it.

    That is ``$sender_host_name``, ``$sender_fullhost`` and their like, or ``$host_lookup_failed``, or
    ``$host_lookup_deferred``.
    """
    parsed = ip.parse(address)
    if parsed is None:
        return
    names, secure, problem = _names(ctx, parsed)
    if not names:
        if problem:
            ctx.facts["host_lookup_deferred"] = "1"
        else:
            ctx.log(f"no host name found for IP address {address}")
            ctx.facts["host_lookup_failed"] = "1"
        return
    for name in names:
        leads_back, forward_secure, problem = _leads_back(ctx, name, parsed)
        if leads_back:
            _set(ctx, address, name, secure=secure and forward_secure)
            return
        if problem:
            ctx.facts["host_lookup_deferred"] = "1"
            return
    ctx.facts["host_lookup_failed"] = "1"


def _set(ctx: Context, address: str, name: str, *, secure: bool) -> None:
    facts = ctx.facts
    peer = Peer(address, name, facts.get("sender_helo_name", ""), facts.get("sender_ident", ""))
    facts.update(
        sender_host_name=Tainted(name),
        sender_host_dnssec="yes" if secure else "no",
        sender_fullhost=Tainted(peer.full_host),
        sender_rcvhost=Tainted(peer.received_host),
    )


def _names(ctx: Context, address: ip.Address) -> tuple[list[str], bool, bool]:
    """The names of an address, whether they are vouched for, and whether a problem may pass."""
    problem = False
    for way in listtext.elements(str(ctx.options.get("host_lookup_order") or "")):
        if way == "bydns":
            answer = ask(ctx, reversed_name(address), "PTR")
            found = [lower(record.data[0]) for record in answer.of("PTR") if record.data[0]]
            if answer.status == FOUND:
                return found, answer.authenticated, False
            problem = problem or answer.status in {AGAIN, FAIL}
        elif way == "byaddr":
            found = list(
                ctx.world.dns.system_names(
                    address.dotted() if address.version == ip.IPV4 else address.normal()
                )
            )
            if found:
                return found, False, False
    return [], False, problem


def _leads_back(ctx: Context, name: str, address: ip.Address) -> tuple[bool, bool, bool]:
    """Whether the DNS has the address for a name, vouched for or not, and whether a problem may pass."""
    secure = problem = False
    for kind in FORWARD.values():
        answer = ask(ctx, name, kind)
        if any(ip.parse(record.data[0]) == address for record in answer.of(kind)):
            return True, answer.authenticated, False
        secure = secure or answer.authenticated
        problem = problem or answer.status == AGAIN
    return False, secure, problem
