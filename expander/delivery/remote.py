"""Deliveries to other hosts, one transport after the other, and what is told of them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ExpansionError
from drivers.api.routing import Host
from drivers.api.transports import BAD_TRANSPORT, DEFER, FAIL, OK, PANIC, Failure
from drivers.values import listtext
from expander.delivery import local, size_limit, turns, wrapper
from expander.delivery.grouping import in_order, together
from expander.delivery.job import show_addresses
from expander.delivery.waiting_hosts import WaitingHosts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.remote import Carried, DeliverAfar, Sent
    from drivers.api.routing import Address, Router
    from expander.delivery.deliver import Delivery
    from expander.delivery.remote_job import RemoteJob
    from expander.expand.context import Context


def deliver(delivery: Delivery, addresses: Sequence[Address], *, is_fallback: bool = False) -> None:
    """Deliver to all addresses of remote transports; then those that fall back on other hosts."""
    waiting = in_order(delivery, [address for address in addresses if address.transport is not None])
    count = len(waiting)
    falling: list[Address] = []
    while waiting:
        first = waiting[0]
        transport = local.full(delivery, first)
        try:
            size_limit.check(_shown(delivery, first), transport, delivery.message.size)
            group = together(delivery, transport, waiting, count)
        except Failure as failure:
            first.user_message, first.sent = None, None
            waiting = waiting[1:]
            _spread([first], failure)
            _settle(delivery, first, None)
            continue
        waiting = [address for address in waiting if not any(address is other for other in group)]
        delivery.wait_for(waiting)
        if waiting and delivery.wraps:
            wrapper.cannot_go_together(delivery)
            return
        group = [address for address in group if address.done_as not in delivery.message.done]
        if group:
            falling += _deliver_group(delivery, group, transport, is_fallback=is_fallback)
    if falling:
        deliver(delivery, falling, is_fallback=True)


def _shown(delivery: Delivery, address: Address) -> Context:
    show_addresses(delivery.ctx, [address])
    return delivery.ctx


def _deliver_group(
    delivery: Delivery, group: list[Address], transport: Router, *, is_fallback: bool
) -> list[Address]:
    """Run a transport for addresses that go together: those of them for which there are other hosts."""
    started = delivery.agent.world.clock.now()
    for address in group:
        address.result, address.message, address.number = OK, None, 0
    return_path, size, has_begun = "", 0, False
    delivery.silence(transport)
    try:
        delivery.was_afar = True
        from expander.delivery.remote_job import RemoteJob

        job = RemoteJob(delivery, group, transport)
        return_path, delivery.domain_afar = job.return_path, job.ctx.facts["domain"]
        with turns.turn(delivery, transport, group[0]) as may_run:
            if not may_run:
                raise Failure(DEFER, turns.ALL_TAKEN, turns.WORDS)
            has_begun = True
            _run(job)
        size = job.written
    except Failure as failure:
        _spread(group, failure)
    delivery.silence(None)
    took = delivery.agent.world.clock.now() - started
    falling: list[Address] = []
    last: Sent | None = None
    for address in group:
        if address.result == OK:
            mark = "=" if last is None or address.sent is not last else "-"
            last = address.sent
            delivery.delivered(address, mark, return_path=return_path, took=took, size=size)
        elif (
            address.result == DEFER
            and not (is_fallback or delivery.wraps)
            and (others := _fallback_hosts(address, transport))
        ):
            address.hosts = others
            falling.insert(0, address)
        else:
            _settle(delivery, address, return_path if has_begun else None)
    return falling


def note_waiting(delivery: Delivery, address: Address) -> None:
    """Note for which hosts the message waits without any being tried for an address."""
    transport = local.full(delivery, address)
    if transport.driver != "smtp" or int(transport["connection_max_messages"]) == 1:
        return
    hosts = [host.name for host in address.hosts]
    if not hosts:
        with suppress(ExpansionError):
            text = _shown(delivery, address).expand(str(transport["hosts"] or ""))
            hosts = [each for each in listtext.elements(text) if each != "+"]
    WaitingHosts(delivery, transport).add(hosts)


def suitable(delivery: Delivery, carried: Carried, addresses: Sequence[Address]) -> list[Address]:
    """The addresses that go over a connection; the others wait."""
    found = []
    for address in addresses:
        known = address.transport is not None and address.transport.name == carried.transport
        if known and (not address.hosts or any(host.name == carried.host.name for host in address.hosts)):
            found.append(address)
        else:
            delivery.leave_silently([address])
    return found


def _settle(delivery: Delivery, address: Address, return_path: str | None) -> None:
    if address.result == FAIL or delivery.wraps:
        delivery.fail(address, return_path=return_path)
    else:
        delivery.defer(address, routing=False)


def _fallback_hosts(address: Address, transport: Router) -> list[Host]:
    """The hosts that the address falls back on: those of its router, else those of the transport."""
    own = str((address.router["fallback_hosts"] if address.router is not None else "") or "")
    if not own and address.local_host_removed:
        return []
    text = own or str(transport["fallback_hosts"] or "")
    return [Host(each) for each in listtext.elements(text) if each != "+"]


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
