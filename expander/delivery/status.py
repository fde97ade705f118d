"""The part of bounces and warnings that programs read: message/delivery-status."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.remote import Sent
    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery

_LARGEST = 1 << 31
SMTP = 25
LONGEST = 900


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
    with_facts = delivery.agent.profile.built_with("dsn_info")
    for address in group:
        text += "\n" + _recipient(address, action, with_facts=with_facts)
    return text + "\n"


def _recipient(address: Address, action: str, *, with_facts: bool) -> str:
    shown = address
    while shown.kind and shown.parent is not None:
        shown = shown.parent
    text = f"Action: {action}\n"
    original = getattr(shown.recipient, "original", "")
    if original:
        text += f"Original-Recipient: {original}\n"
    code = {"failed": "5.0.0", "delayed": "4.0.0"}.get(action, "2.0.0")
    text += f"Final-Recipient: rfc822;{shown.text}\nStatus: {code}\n"
    if address.sent is not None:
        text += f"Remote-MTA: dns; {address.sent.host.name}\n"
        if with_facts:
            text += _facts(address, address.sent)
        text += _diagnostic(address)
    return text


def _facts(address: Address, sent: Sent) -> str:
    """Lines that tell more of the host than the standard has."""
    port = f":{sent.port}" if sent.port != SMTP else ""
    text = f"Remote-MTA: X-ip; [{sent.host.address}]{port}\n"
    said = address.message if address.passes_message else ""
    for name, value in (
        ("X-Remote-MTA-smtp-greeting", sent.greeting),
        ("X-Remote-MTA-helo-response", sent.hello),
        ("X-Exim-Diagnostic", said),
    ):
        if value:
            text += f"{name}: X-str; {value[:LONGEST]}\n"
    return text


def _diagnostic(address: Address) -> str:
    """What the host has said, as far as it may be told."""
    _, mark, said = ((address.message if address.passes_message else "") or "").partition(": ")
    return f"Diagnostic-Code: smtp; {said}\n".replace("\\n", "\n ") if mark else ""
