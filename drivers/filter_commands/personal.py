"""What makes mail personal: "Details of the personal condition"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import mailbox

if TYPE_CHECKING:
    from drivers.api.filters import Filtering

_LIST_FIELDS = ("id", "help", "subscribe", "unsubscribe", "post", "owner", "archive")
_ROBOT = re.compile(
    r"server@|daemon@|root@|listserv@|majordomo@|.*?-request@|owner-[^@]+@", re.ASCII | re.IGNORECASE
)
_BULK = ("bulk", "list", "junk")


def is_personal(run: Filtering, aliases: Sequence[str]) -> bool:
    """True for mail that is addressed to the user, or one of ``aliases``, and comes from a person."""
    if run.is_system or not run.ctx.facts.get("sender_address"):
        return False  # nobody is the user of the system's filter
    if any(run.header_values(f"list-{field}") for field in _LIST_FIELDS):
        return False
    if any(lower(text.strip()) != "no" for text in run.header_values("auto-submitted")):
        return False
    own = {lower(address) for address in (run.address, run.local_address, *aliases)}
    if not any(lower(address) in own for address in _addresses(run, "to")):
        return False
    if any(lower(address) in own or _ROBOT.match(address) for address in _addresses(run, "from")):
        return False
    return not any(word in lower(text) for text in run.header_values("precedence") for word in _BULK)


def _addresses(run: Filtering, name: str) -> Iterator[str]:
    for text in run.header_values(name):
        for found in mailbox.parse_each(text):
            if isinstance(found, mailbox.Mailbox):
                yield found.address
