"""Addresses and texts as the parameters of SMTP commands have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed, ForcedFail
from drivers.api.remote import NOTIFIES
from drivers.values import idn

if TYPE_CHECKING:
    from collections.abc import Container

    from drivers.api.protocols import Context
    from drivers.api.remote import Sent
    from drivers.api.routing import Address, Transport

NEVER = 2


def in_ascii(address: str) -> str:
    """An address in ASCII, as it was where that cannot be."""
    local_part, at, domain = address.rpartition("@")
    if not at or address.isascii():
        return address
    try:
        made = idn.local_part_to_ascii(local_part), idn.domain_to_ascii(domain)
    except ValueError:
        return address
    return f"{made[0]}@{made[1]}"


def name_in_ascii(name: str) -> str:
    """The name of a host in ASCII. Raises `Failed` where that cannot be."""
    try:
        return idn.domain_to_ascii(name)
    except ValueError as problem:
        raise Failed(str(problem)) from None


def xtext(text: str) -> str:
    """A text in which characters that parameters cannot have are written as numbers."""
    return "".join(f"+{ord(each):02x}" if not "!" <= each <= "~" or each in "+=" else each for each in text)


def of_recipient(address: Address, offers: Container[str]) -> str:
    """What stands behind a recipient for a host with these extensions."""
    recipient = address.recipient
    text = " IGNOREQUOTA" if "IGNOREQUOTA" in offers else ""
    notify, original = getattr(recipient, "notify", 0), getattr(recipient, "original", "")
    if "DSN" in offers and not is_last_hop(address):
        if notify & NEVER:
            text += " NOTIFY=NEVER"
        elif notify:
            text += f" NOTIFY={','.join(word for flag, word in NOTIFIES if notify & flag)}"
        text += f" ORCPT={original}" if original else ""
    return text


def is_last_hop(address: Address) -> bool:
    """True if nobody behind the host is to know of notifications."""
    return address.router is not None and bool(address.router["dsn_lasthop"])


def authenticated_sender(ctx: Context, transport: Transport, sent: Sent) -> str:
    """Who the other host is told has sent the message (AUTH of MAIL), "" for nobody.

    Somebody is noted in ``sent``. Raises ``ExpansionError``. See "Authentication by an Exim client".
    """
    given = transport["authenticated_sender"]
    try:
        sender = ctx.expand(str(given)) if given else ctx.facts.get("authenticated_sender", "")
    except ForcedFail:
        return ""
    if not sender or not (sent.authenticator or transport["authenticated_sender_force"]):
        return ""
    sent.sender = sender
    return sender
