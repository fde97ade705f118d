"""Local deliveries: addresses in groups, one transport after the other. See "Batching" in the manual."""

from __future__ import annotations

import os
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import EximError, Refused
from drivers.api.text import SPACE, printing
from drivers.api.transports import BAD_TRANSPORT, DEFER, FAIL, OK, PANIC, UNKNOWN, Failure, PassedOn
from expander.delivery import dropped, retrying, turns
from expander.delivery.job import LocalJob, show_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.routing import Address, Router
    from drivers.api.transports import Deliver
    from expander.delivery.deliver import Delivery

ROOT = 0
BATCHING = frozenset({"appendfile", "pipe", "lmtp"})


def deliver(delivery: Delivery, addresses: list[Address]) -> None:
    """Deliver to all addresses of local transports, in their order."""
    waiting = list(addresses)
    while waiting:
        first = waiting.pop(0)
        group = [first, *_alike(delivery, first, waiting)]
        waiting = [address for address in waiting if not any(address is other for other in group)]
        delivery.wait_for(waiting)
        group = [address for address in group if _is_due(delivery, address)]
        if group:
            _deliver_group(delivery, group, full(delivery, first))


def _is_due(delivery: Delivery, address: Address) -> bool:
    """True if an address is to be delivered to now."""
    if address.done_as in delivery.message.done:
        return False
    if retrying.may_deliver(delivery, address):
        return True
    delivery.defer(address, routing=False)
    return False


def full(delivery: Delivery, address: Address) -> Router:
    """The transport of an address with all that is known of its options."""
    assert address.transport is not None
    name = address.transport.name
    found: Router = next(known for known in delivery.agent.config.transports if known.name == name)
    return found


def _alike(delivery: Delivery, first: Address, others: Sequence[Address]) -> list[Address]:
    """Those that can be delivered together with the first."""
    transport = full(delivery, first)
    if transport.driver not in BATCHING or first.kind == "reply":
        return []
    most = int(transport["batch_max"] or 1)
    if most <= 1:
        return []
    uses_domain, uses_local_part = _depends(transport, "domain"), _depends(transport, "local_part")
    found: list[Address] = []
    batch_id = _batch_id(delivery, transport, first)
    for address in others:
        if len(found) + 1 >= most:
            break
        same = (
            address.transport is first.transport
            and address.kind == first.kind
            and (not address.kind or address.text == first.text)
            and (address.uid, address.gid, address.home, address.directory)
            == (first.uid, first.gid, first.home, first.directory)
            and address.inherited.errors_address == first.inherited.errors_address
            and address.inherited.headers_add == first.inherited.headers_add
            and address.inherited.headers_remove == first.inherited.headers_remove
            and (not uses_domain or address.domain == first.domain)
            and (not uses_local_part or address.local_part == first.local_part)
            and [host.name for host in address.hosts] == [host.name for host in first.hosts]
        )
        if same and batch_id is not None:
            same = batch_id == _batch_id(delivery, transport, address)
        if same:
            found.append(address)
    return found


def _depends(transport: Router, variable: str) -> bool:
    """True if an option of the transport refers to a variable of an address."""
    settings = getattr(transport.options, "settings", {})
    texts = [str(setting.text) for setting in settings.values()]
    return any(f"${variable}" in text or f"${{{variable}" in text for text in texts)


def _batch_id(delivery: Delivery, transport: Router, address: Address) -> str | None:
    text = transport["batch_id"]
    if not text:
        return None
    show_addresses(delivery.ctx, [address])
    try:
        return delivery.ctx.expand(str(text))
    except EximError:
        return f"\0{id(address)}"


def _deliver_group(delivery: Delivery, group: list[Address], transport: Router) -> None:
    """Run a transport for addresses that are delivered together, and tell of each what came of it."""
    started = delivery.agent.world.clock.now()
    delivery.silence(transport)
    for address in group:
        address.result = OK
        address.message = None
        address.number = 0
    return_path, size = "", 0
    job: LocalJob | None = None
    try:
        job = _job(delivery, group, transport)
        return_path = job.return_path
        with turns.turn(delivery, transport, group[0]) as may_run:
            if not may_run:
                raise Failure(DEFER, turns.ALL_TAKEN, turns.WORDS)
            try:
                run(job)
            except PassedOn as other:
                job = _passed_on(delivery, group, str(other))
        size = job.written
        if job.warns_above is not None and size > job.warns_above:
            _warn_of_size(delivery, job)
    except Failure as failure:
        _spread(delivery, group, failure)
    for address in group:
        if address.result == OK:
            _shadow(delivery, address, transport)
    _look_at_output(delivery, group, transport)
    delivery.silence(None)
    took = delivery.agent.world.clock.now() - started
    mark = "="
    for address in group:
        if address.result == OK:
            retrying.delivered(address)
            delivery.delivered(address, mark, return_path=return_path, took=took, size=size)
            mark = "-"
        else:
            settle(delivery, address, return_path if job is not None and job.has_begun else None)


def _warn_of_size(delivery: Delivery, job: LocalJob) -> None:
    """Tell who the option ``quota_warn_message`` names that a mailbox has become large."""
    from drivers.api.text import to_bytes
    from drivers.api.transports import Submitted
    from expander.delivery import report

    text = str(job.transport["quota_warn_message"] or "")
    try:
        message = delivery.ctx.expand(text)
    except EximError as problem:
        what = f'Failed to expand "{text}" (warning message for {job.transport.name} transport)'
        delivery.ctx.log(f"{what}: {problem.message}", panic=True)
        return
    names = {line.partition(":")[0].strip(SPACE).lower() for line in message.partition("\n\n")[0].split("\n")}
    head = "" if "reply-to" in names else report.reply_line(delivery)
    head += "Auto-Submitted: auto-replied\n"
    if "from" not in names:
        head += f"From: {report.from_line(delivery)}\n"
    delivery.submit(Submitted("", (), to_bytes(head + message)), ROOT)


def _passed_on(delivery: Delivery, group: list[Address], name: str) -> LocalJob:
    """Deliver by another transport in the place of the first. Raises `Failure`."""
    found = next(known for known in delivery.agent.config.transports if known.name == name)
    for address in group:
        address.transport = found
    job = _job(delivery, group, found)
    run(job)
    return job


def _job(delivery: Delivery, group: Sequence[Address], transport: Router) -> LocalJob:
    """The delivery; why none can be made is told on a line of its own. Raises `Failure`."""
    try:
        return LocalJob(delivery, group, transport)
    except Failure as failure:
        delivery.ctx.log(failure.message, panic=True)
        raise Failure(DEFER, failure.number, failure.message) from None


def run(job: LocalJob) -> None:
    """Run the driver of a transport under the rights of the delivery. Raises `Failure`."""
    unit = registry.find("transport", job.transport.driver)
    if unit is None:
        words = f"the {job.transport.driver} transport is not supported by eximulate yet"
        raise Failure(DEFER, BAD_TRANSPORT, words)
    deliver: Deliver = unit.impl
    job.prepare()
    dropped.check(job)
    job.has_begun = not job.is_trial
    acting = job.ctx.world.storage.acting_as(job.uid, job.gid, with_groups=job.with_groups)
    try:
        with _cores(job), acting:
            deliver(job)
    except Refused as problem:
        raise Failure(DEFER, UNKNOWN, problem.message) from None


@contextmanager
def _cores(job: LocalJob) -> Iterator[None]:
    """While commands may leave core dumps, if the transport permits that: ``permit_coredump``."""
    if "permit_coredump" not in job.transport.options or not job.transport["permit_coredump"]:
        yield
        return
    with job.ctx.world.host.permitting_cores() as why:
        if why:
            job.ctx.log(f"delivery setrlimit(RLIMIT_CORE, RLIM_INFINITY) failed: {why}")
        yield


def _look_at_output(delivery: Delivery, group: list[Address], transport: Router) -> None:
    """Log what a command has written, and let it be returned, as the options want it."""
    address = group[0]
    if not address.output or transport.driver != "pipe":
        address.output = b""
        return
    is_logged = (
        transport["log_output"]
        or (address.result == FAIL and transport["log_fail_output"])
        or (address.result == DEFER and transport["log_defer_output"])
    )
    if is_logged:
        line = address.output.partition(b"\n")[0].decode("latin-1").rstrip(SPACE)
        shown = printing(line)
        delivery.ctx.log(f"<{address.text}>: {transport.name} transport output: {shown}")
    errors = address.inherited.errors_address
    is_wanted = bool(delivery.message.sender) or bool(errors)
    if is_wanted and transport["return_output"]:
        for other in group:
            other.result = FAIL
            if not other.number and not other.message:
                other.message = "return message generated"
    elif not (is_wanted and transport["return_fail_output"] and address.result == FAIL):
        address.output = b""
    for other in group[1:]:
        other.shares = address


def _spread(delivery: Delivery, group: Sequence[Address], failure: Failure) -> None:
    outcome = DEFER if failure.outcome == PANIC else failure.outcome
    for address in group:
        address.result = outcome
        address.number, address.more = failure.number, failure.more
        address.message = failure.message or None
        address.freezes = failure.freezes
        address.panics = failure.outcome == PANIC


def settle(delivery: Delivery, address: Address, return_path: str | None) -> None:
    """Tell of an address that was not delivered to."""
    if address.result == FAIL:
        retrying.delivered(address)
        delivery.fail(address, return_path=return_path)
        return
    if not address.panics:
        retrying.not_delivered(address)
    delivery.defer(address, routing=False)


def _shadow(delivery: Delivery, address: Address, transport: Router) -> None:
    """Deliver a copy by the shadow transport, if there is one and its condition holds."""
    name = transport["shadow_transport"]
    if not name:
        return
    condition = transport["shadow_condition"]
    if condition:
        from drivers.values.truth import holds

        if not holds(delivery.ctx, str(condition), f"{transport.name} transport", defers=False):
            return
    found = next((known for known in delivery.agent.config.transports if known.name == name), None)
    if found is None:
        return
    aside = copy(address)  # what is noted there is of no account
    aside.retried = []
    try:
        run(LocalJob(delivery, [aside], found))
        address.shadow = f" ST={name}"
    except Failure as failure:
        words = [os.strerror(failure.number)] if failure.number > 0 else []
        words += [failure.message] if failure.message else []
        address.shadow = f" ST={name} ({': '.join(words)})"
