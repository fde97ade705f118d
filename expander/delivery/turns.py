"""How many deliveries may run at the same time, by hints that all processes share: ``max_parallel``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.transports import PANIC, UNKNOWN, Failure
from drivers.values.integer import parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from drivers.api.routing import Address, Router
    from expander.delivery.deliver import Delivery
    from expander.queue.agent import Agent

DATABASE = "misc"
LASTING = 6 * 3600
"""After so many seconds a delivery that is said to run is taken to have been broken off."""
ALL_TAKEN, WORDS = -57, "concurrency limit reached for transport"


def begin(agent: Agent, key: str, most: int) -> bool:
    """Note that one more is running; False if so many are already."""
    now, may_run = int(agent.world.clock.now()), False

    def change(record: dict[str, Any] | None) -> dict[str, Any] | None:
        nonlocal may_run
        count = record["count"] if record is not None and now - record["time"] < LASTING else 0
        may_run = count < most
        return {"time": now, "count": count + 1} if may_run else record

    agent.hints.alter(DATABASE, key, change)
    return may_run


def end(agent: Agent, key: str) -> None:
    """Note that one of them has ended."""

    def change(record: dict[str, Any] | None) -> dict[str, Any] | None:
        if record is None or record["count"] <= 1:
            return None
        return record | {"count": record["count"] - 1}

    agent.hints.alter(DATABASE, key, change)


@contextmanager
def turn(delivery: Delivery, transport: Router, first: Address) -> Iterator[bool]:
    """A delivery by a transport: False if as many run as the option permits. Raises `Failure`."""
    most = _most(delivery, transport, first)
    key = f"tpt-serialize-{transport.name}"
    may_run = most <= 0 or begin(delivery.agent, key, most)
    try:
        yield may_run
    finally:
        if most > 0 and may_run:
            end(delivery.agent, key)


def _most(delivery: Delivery, transport: Router, first: Address) -> int:
    text = str(transport["max_parallel"] or "")
    if not text:
        return 0
    try:
        return parse(delivery.ctx.expand(text))
    except ExpansionError as problem:
        what = f"Failed to expand max_parallel option in {transport.name} transport"
        delivery.ctx.log(f"{what} ({first.text}): {problem.message}", panic=True)
        raise Failure(PANIC, UNKNOWN, problem.message) from None
