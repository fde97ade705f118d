"""The option ``one_time`` of redirections: what they come to is tried again, not the redirection itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.delivery.status import top
from expander.queue.message import Recipient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address
    from expander.queue.message import Message


def replace(message: Message, deferred: Sequence[Address]) -> None:
    """Put addresses that wait among the recipients, in the place of those that were redirected to them."""
    for address in reversed(deferred):
        found: Address | None = address
        while found is not None and not found.is_once:
            found = found.parent
        if found is None or found.parent is None:
            continue
        first = top(found)
        names = [recipient.address for recipient in message.recipients]
        if found.text in names or first.text not in names:
            continue
        given = message.recipients[names.index(first.text)]
        message.recipients.append(
            Recipient(
                str(found.text),
                errors_to=found.inherited.errors_address,
                parent=names.index(first.text),
                notify=given.notify,
                original=given.original,
            )
        )
        message.done[str(first.text)] = None
