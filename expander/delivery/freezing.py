"""Messages are frozen where nobody can be told what is wrong with them; the option ``freeze_tell``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from drivers.api.text import printing, to_bytes
from drivers.api.transports import Submitted
from expander.delivery import report
from expander.delivery.references import references
from expander.reception import generated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery

ERROR_MESSAGE = "(delivery error message)"
NO_SENDER = "(message created with -f <>)"


def keep(delivery: Delivery, group: Sequence[Address]) -> bool:
    """There is nobody to send a bounce to: keep the message, unless errors of bounces are ignored by now.

    False if they are.
    """
    message = delivery.message
    ignore = delivery.ctx.options.get("ignore_bounce_errors_after")
    age = delivery.agent.world.clock.now() - message.received
    if not message.sender and ignore is not None and age >= int(ignore):
        for address in group:
            parent = f" <{address.parent.text}>" if address.parent is not None else ""
            delivery.ctx.log(f"{address.text}{parent}: error ignored")
        return False
    delivery.deferred += reversed(group)
    if not message.frozen:
        freeze(delivery, ERROR_MESSAGE if message.is_local_error or not message.is_local else NO_SENDER)
    return True


def unsendable(delivery: Delivery, recipient: str, group: list[Address]) -> None:
    """The bounce was not taken: keep the message, which is frozen as it is."""
    delivery.deferred += reversed(group)
    delivery.message.frozen = int(delivery.agent.world.clock.now())
    delivery.is_stuck = True
    text = f"Process failed (1) when writing error message to {recipient} (frozen)"
    delivery.agent.spool.log(delivery.message.name, text)  # without an end of the line, as in Exim
    delivery.ctx.log(text)


def freeze(delivery: Delivery, why: str = "") -> None:
    """Keep the message until somebody looks at it; `tell` is to be called when all is done."""
    delivery.message.frozen = int(delivery.agent.world.clock.now())
    delivery.frozen_because = why


def tell(delivery: Delivery) -> None:
    """If the message was frozen, tell whoever ``freeze_tell`` names, and the logs."""
    why = delivery.frozen_because
    if why is None:
        return
    told = delivery.ctx.options.get("freeze_tell")
    if told and not delivery.message.is_local_error:
        _report(delivery, str(told), f" {why}" if why else "")
    text = f"Frozen{' ' if why else ''}{printing(why)}"
    delivery.agent.spool.log(delivery.message.name, f"*** {text}\n")
    delivery.ctx.log(text)


def _report(delivery: Delivery, told: str, why: str) -> None:
    """Hand in a message that tells of the message that was frozen."""
    message = delivery.message
    text = f"Auto-Submitted: auto-replied\nFrom: {report.from_line(delivery)}\nTo: {told}\n"
    text += f"{references(delivery.ctx)}Subject: Message frozen\n\n"
    text += f"Message {message.name} has been frozen{why}.\nThe sender is <{message.sender}>.\n\n"
    text += "The following address(es) have yet to be delivered:\n"
    for address in reversed(delivery.deferred):
        text += f"  {address.text}"
        text += f" <{address.parent.text}>" if address.parent is not None else ""
        text += f": {os.strerror(address.number)}" if address.number > 0 else ""
        text += f": {address.message}\n" if address.message else "\n"
    generated.submit(delivery.agent, Submitted("", (), to_bytes(text)), reference=message.name)
