"""The part of bounces and warnings that programs read: message/delivery-status."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery

_LARGEST = 1 << 31


def boundary(delivery: Delivery) -> str:
    """A text that is in no message."""
    world = delivery.agent.world
    return f"{int(world.clock.now())}-eximdsn-{world.random.below(_LARGEST)}"


def report(delivery: Delivery, group: Sequence[Address], action: str) -> str:
    """The whole part, with the empty lines that end it."""
    host = delivery.ctx.options["primary_hostname"]
    text = f"Content-type: message/delivery-status\n\nReporting-MTA: dns; {host}\n"
    if delivery.message.envelope_id:
        text += f"Original-Envelope-ID: {delivery.message.envelope_id}\n"
    for address in group:
        text += "\n" + _recipient(address, action)
    return text + "\n"


def _recipient(address: Address, action: str) -> str:
    shown = address
    while shown.kind and shown.parent is not None:
        shown = shown.parent
    text = f"Action: {action}\n"
    original = getattr(shown.recipient, "original", "")
    if original:
        text += f"Original-Recipient: {original}\n"
    code = {"failed": "5.0.0", "delayed": "4.0.0"}.get(action, "2.0.0")
    text += f"Final-Recipient: rfc822;{shown.text}\nStatus: {code}\n"
    if address.hosts and address.confirmation:
        text += f"Remote-MTA: dns; {address.hosts[0].name}\n"
    return text
