"""Which addresses of other hosts share a delivery. See "Address batching" of the smtp transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, EximError
from drivers.api.transports import PANIC, UNKNOWN, Failure
from drivers.values import listtext
from drivers.values.memberships import in_list
from expander.delivery.job import show_addresses
from expander.routing.truth import late

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address, Host, Router
    from expander.delivery.deliver import Delivery

NO_LIMIT = 999_999


def in_order(delivery: Delivery, addresses: list[Address]) -> list[Address]:
    """The addresses in the order that ``remote_sort_domains`` wants."""
    wanted = str(delivery.ctx.options.get("remote_sort_domains") or "")
    found: list[Address] = []
    for pattern in listtext.elements(wanted) if len(addresses) > 1 else ():
        one = pattern.replace(":", "::")
        found += [each for each in addresses if in_list(delivery.ctx, "domain", each.domain, one) is not None]
        addresses = [address for address in addresses if not any(address is other for other in found)]
    return [*found, *addresses]


def together(delivery: Delivery, transport: Router, waiting: Sequence[Address], count: int) -> list[Address]:
    """The first address with those that go with it. Raises `Failure`, for the first alone."""
    first = waiting[0]
    most = _most(delivery, transport, first, count)
    with_domains = _takes_domains(delivery, transport, [first])
    found = [first]
    for at, address in enumerate(waiting[1:], 1):
        if len(found) >= most:
            break
        if (
            address.transport is first.transport
            and (with_domains or address.domain == first.domain)
            and _same_hosts(first.hosts, address.hosts)
            and address.inherited.errors_address == first.inherited.errors_address
            and address.inherited.headers_add == first.inherited.headers_add
            and address.inherited.headers_remove == first.inherited.headers_remove
            and (address.uid, address.gid) == (first.uid, first.gid)
            and (not with_domains or _also_takes_domains(delivery, transport, waiting[at:]))
        ):
            found.append(address)
    return found


def _most(delivery: Delivery, transport: Router, first: Address, count: int) -> int:
    """How many addresses go together at the most.

    More than go in one message if there are many for the number of deliveries at once, as long as one
    connection takes them.
    """
    if delivery.wraps:
        return NO_LIMIT
    show_addresses(delivery.ctx, [first])
    try:
        most = int(delivery.ctx.expand(str(transport["max_rcpt"] or "0")) or 0)
    except (EximError, ValueError):
        most = 0
    most = most or NO_LIMIT
    share = count // max(int(delivery.ctx.options.get("remote_max_parallel") or 1), 1)
    if most in {1, NO_LIMIT} or most >= share:
        return most
    messages = int(transport["connection_max_messages"] or 0)
    return min(share, most * messages) if messages > 0 else share


def _also_takes_domains(delivery: Delivery, transport: Router, rest: Sequence[Address]) -> bool:
    """The same for another address; Exim lets variables tell of all that are left then."""
    try:
        return _takes_domains(delivery, transport, rest)
    except Failure:
        return False


def _takes_domains(delivery: Delivery, transport: Router, addresses: Sequence[Address]) -> bool:
    """True if a delivery may be to several domains. Raises `Failure`."""
    show_addresses(delivery.ctx, addresses)
    try:
        return late(delivery.ctx, transport, "multi_domain", "transport")
    except Deferred as problem:
        raise Failure(PANIC, UNKNOWN, problem.message) from None


def _same_hosts(one: Sequence[Host], other: Sequence[Host]) -> bool:
    """True for the same hosts, if in another order among those with the same preference."""
    if len(one) != len(other):
        return False
    kept = [(host.preference, host.name, host.address, host.port) for host in one]
    rest = [(host.preference, host.name, host.address, host.port) for host in other]
    if kept == rest:
        return True
    return all(host.preference is not None for host in (*one, *other)) and sorted(kept, key=str) == sorted(
        rest, key=str
    )
