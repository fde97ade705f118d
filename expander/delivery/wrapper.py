"""Delivery of a whole message at once or not at all: ``mua_wrapper``.

See "Using Exim as a non-queueing client" in the manual.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from drivers.api.text import printing
from expander.delivery import bounce, lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery

CANNOT = "mua_wrapper is set but recipients cannot all be delivered in one transaction"


def ends_behind_routing(delivery: Delivery, here: Sequence[Address]) -> bool:
    """True if a recipient does not go to another host: the message fails; ``here`` goes to this one."""
    failed, deferred = _failed_and_deferred(delivery)
    last = ("local", here[:1]), ("deferred", deferred[-1:]), ("failed", failed[-1:])
    for what, found in last:
        for address in map(lines.top, found):
            name = _shown(address)
            if what != "failed" or not address.message:
                delivery.ctx.log(f"** {name} routing yielded a {what} delivery")
            words = f"routing {name} yielded a {what} delivery"
            delivery.agent.give_up_with(f"{words}{f': {address.message}' if address.message else ''}")
            return True
    return False


def _failed_and_deferred(delivery: Delivery) -> tuple[Sequence[Address], Sequence[Address]]:
    """What failed and what waits; without a sender for bounces what failed waits as well."""
    if delivery.message.sender:
        return delivery.failed, delivery.deferred
    waits = [address for address in delivery.failed if bounce.why_ignored(delivery, address) is None]
    rest = [address for address in delivery.failed if not any(address is other for other in waits)]
    return rest, [*delivery.deferred, *waits]


def cannot_go_together(delivery: Delivery) -> None:
    """Some recipients need a transaction of their own: the message fails."""
    delivery.ctx.log(f"** {CANNOT}")
    delivery.agent.give_up_with("delivery to smarthost failed (configuration problem)")


def ends(delivery: Delivery) -> None:
    """Tell the caller if something was not delivered; nothing is kept, and nobody else is told."""
    failed, deferred = _failed_and_deferred(delivery)
    for address in reversed(deferred):
        delivery.ctx.log(f"** {_shown(address)} mua_wrapper forced failure for deferred delivery")
    order = [*failed, *reversed(deferred)]
    if order:
        delivery.agent.give_up_with(f"Delivery failed: {_why(order[-1])}")
    delivery.failed, delivery.deferred = [], []


def _shown(address: Address) -> str:
    return f"{address.local_part}@{address.domain}" if address.domain else str(address.text)


def _why(address: Address) -> str:
    """Why an address failed, in the order that Exim has for the caller."""
    why = os.strerror(address.number) if address.number > 0 else ""
    host = address.sent.host if address.sent is not None else None
    where = "" if host is None else f"H={host.name} [{host.address}]: "
    return f"{why}{where}{printing(address.message or '')}"
