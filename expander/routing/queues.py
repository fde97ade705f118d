"""What routing fills: addresses that are still to be routed, and those that were."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.routing import Address, Transport


@cache
def _is_local() -> Callable[[Transport], bool]:
    """What knows local transports; asking for it with ``import`` each time would cost something."""
    from drivers.routers.finishing import is_local

    return is_local


class Queues(State):
    """What routing fills: addresses that wait (the last one is next), and those that were taken."""

    waiting: list[Address] = made_by(default_factory=list)
    local: list[Address] = made_by(default_factory=list)
    remote: list[Address] = made_by(default_factory=list)

    def take(self, address: Address) -> None:
        """Put an address in the queue of its transport."""
        is_here = address.transport is not None and _is_local()(address.transport)
        (self.local if is_here else self.remote).append(address)

    def forget(self, address: Address) -> None:
        """Take an address back."""
        for queue in (self.local, self.remote):
            if queue and queue[-1] is address:
                queue.pop()
