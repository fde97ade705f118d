"""Deliveries to other hosts: which addresses go together, and what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import EximError
from drivers.api.transports import BAD_TRANSPORT, DEFER, FAIL, OK, PANIC, Failure
from drivers.values import listtext
from drivers.values.memberships import in_list
from expander.delivery import local
from expander.delivery.remote_job import RemoteJob

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.remote import DeliverAfar, Sent
    from drivers.api.routing import Address, Host, Router
    from expander.delivery.deliver import Delivery

NO_LIMIT = 999_999


def deliver(delivery: Delivery, addresses: Sequence[Address], *, is_fallback: bool = False) -> None:
    """Deliver to all addresses of remote transports; then those that fall back on other hosts."""
    waiting = _sorted(delivery, [address for address in addresses if address.transport is not None])
    count = len(waiting)
    falling: list[Address] = []
    while waiting:
        first = waiting[0]
        transport = local.full(delivery, first)
        group = _group(delivery, transport, waiting, count)
        waiting = [address for address in waiting if not any(address is other for other in group)]
        delivery.wait_for(waiting)
        group = [address for address in group if address.done_as not in delivery.message.done]
        if group:
            falling += _deliver_group(delivery, group, transport, is_fallback=is_fallback)
    if falling:
        deliver(delivery, falling, is_fallback=True)


def _sorted(delivery: Delivery, addresses: list[Address]) -> list[Address]:
    """The addresses in the order that ``remote_sort_domains`` wants."""
    wanted = str(delivery.ctx.options.get("remote_sort_domains") or "")
    found: list[Address] = []
    for pattern in listtext.elements(wanted) if len(addresses) > 1 else ():
        one = pattern.replace(":", "::")
        found += [each for each in addresses if in_list(delivery.ctx, "domain", each.domain, one) is not None]
        addresses = [address for address in addresses if not any(address is other for other in found)]
    return [*found, *addresses]


def _group(delivery: Delivery, transport: Router, waiting: Sequence[Address], count: int) -> list[Address]:
    """The first address with those that go with it. See "Address batching" of the smtp transport."""
    first = waiting[0]
    most = _most(delivery, transport, first, count)
    together = _is_true(delivery, transport, first, "multi_domain")
    found = [first]
    for address in waiting[1:]:
        if len(found) >= most:
            break
        if (
            address.transport is first.transport
            and (together or address.domain == first.domain)
            and _same_hosts(first.hosts, address.hosts)
            and address.inherited.errors_address == first.inherited.errors_address
            and address.inherited.headers_add == first.inherited.headers_add
            and address.inherited.headers_remove == first.inherited.headers_remove
            and (address.uid, address.gid) == (first.uid, first.gid)
        ):
            found.append(address)
    return found


def _most(delivery: Delivery, transport: Router, first: Address, count: int) -> int:
    """How many addresses go together at the most.

    More than go in one message if there are many for the number of deliveries at once, as long as one
    connection takes them.
    """
    _show(delivery, first)
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


def _is_true(delivery: Delivery, transport: Router, first: Address, option: str) -> bool:
    value = transport[option]
    if not isinstance(value, str):
        return bool(value)
    _show(delivery, first)
    try:
        return delivery.ctx.expand(value) in {"1", "yes", "true"}
    except EximError:
        return False


def _show(delivery: Delivery, address: Address) -> None:
    facts = delivery.ctx.facts
    facts["domain"], facts["local_part"] = address.domain, address.local_part


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


def _deliver_group(
    delivery: Delivery, group: list[Address], transport: Router, *, is_fallback: bool
) -> list[Address]:
    """Run a transport for addresses that go together: those of them for which there are other hosts."""
    started = delivery.agent.world.clock.now()
    for address in group:
        address.result, address.message, address.number = OK, None, 0
    return_path, size = "", 0
    try:
        delivery.was_afar = True
        job = RemoteJob(delivery, group, transport, is_fallback=is_fallback)
        return_path = job.return_path
        _run(job)
        size = job.written
    except Failure as failure:
        _spread(group, failure)
    took = delivery.agent.world.clock.now() - started
    falling = []
    last: Sent | None = None
    for address in group:
        if address.result == OK:
            mark = "=" if last is None or address.sent is not last else "-"
            last = address.sent
            delivery.delivered(address, mark, return_path=return_path, took=took, size=size)
        elif address.result == DEFER and not is_fallback and transport["fallback_hosts"]:
            falling.append(address)
        elif address.result == FAIL:
            delivery.fail(address)
        else:
            delivery.defer(address, routing=False)
    return falling


def _run(job: RemoteJob) -> None:
    unit = registry.find("transport", job.transport.driver)
    if unit is None:
        words = f"the {job.transport.driver} transport is not supported by eximulate yet"
        raise Failure(DEFER, BAD_TRANSPORT, words)
    job.prepare()
    work: DeliverAfar = unit.impl
    facts = job.ctx.facts
    before = dict(facts)
    try:
        with job.ctx.world.storage.acting_as(job.uid, job.gid):
            work(job)
    finally:  # what variables tell of hosts is for the transport alone
        facts.clear()
        facts.update(before)


def _spread(group: Sequence[Address], failure: Failure) -> None:
    for address in group:
        address.result = DEFER if failure.outcome == PANIC else failure.outcome
        address.number, address.more = failure.number, failure.more
        address.message = failure.message or None
        address.panics = failure.outcome == PANIC
        if failure.outcome == FAIL:
            address.user_message = None
