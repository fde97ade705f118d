"""What is noted of addresses that are dealt with, and of those that they come of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.routing import OF_ITSELF

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery


def note_done(delivery: Delivery, address: Address) -> list[str]:
    """An address is dealt with, and all whose last child it was: what the message's log tells of these."""
    message, spool = delivery.message, delivery.agent.spool
    told: list[str] = []
    current: Address | None = address
    while current is not None:
        name, parent = current.done_as or current.text, current.parent
        is_known = not name.startswith(OF_ITSELF)  # what comes of itself is known by its transport alone
        if is_known and (parent is None or current.unique):
            message.done[name] = None
        current.is_done = True
        if parent is None:
            message.done[current.text] = None
            spool.note_done(message.name, current.text)
            return told
        if is_known:
            spool.note_done(message.name, name)
        if _has_open_children(delivery, parent):
            return told
        if all(other.text != parent.text for other in parent.ancestors()):
            told.append(f"{parent.text}: children all complete")
        current = parent
    return told


def _has_open_children(delivery: Delivery, parent: Address) -> bool:
    return any(
        not other.is_done and parent in other.ancestors()
        for other in (*delivery.deferred, *delivery.failed, *delivery.known_open)
    )
