"""The part of bounces and warnings that programs read: message/delivery-status (RFC 3464)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import printing
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.remote import Sent
    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery
    from expander.queue.message import Message

_LARGEST = 1 << 31
_CODES = {"failed": "5.0.0", "delayed": "4.0.0"}
_REPLY = late_pattern(r"(?:SMTP|LMTP) error from remote mail server.*?: (\d\d\d.*)", re.DOTALL)
SMTP_PORT = 25
LONGEST = 900
EXTRA = "dsn_info"
"""The feature with which reports tell more of the remote host."""


def boundary(delivery: Delivery) -> str:
    """A text that is in no message."""
    world = delivery.agent.world
    return f"{int(world.clock.now())}-eximdsn-{world.random.below(_LARGEST)}"


def top(address: Address) -> Address:
    """The recipient that an address comes of."""
    while address.parent is not None:
        address = address.parent
    return address


def is_international(message: Message) -> bool:
    """True if the message has come with SMTPUTF8."""
    return message.facts.get("message_smtputf8") == "yes"


def beginning(delivery: Delivery, kind: str = "") -> str:
    """The lines about the message; ``kind`` begins the name of the part's type."""
    host = delivery.ctx.options["primary_hostname"]
    text = f"Content-type: message/{kind}delivery-status\n\nReporting-MTA: dns; {host}\n"
    if delivery.message.envelope_id:
        text += f"Original-Envelope-ID: {delivery.message.envelope_id}\n"
    return text


def report(delivery: Delivery, group: Sequence[Address], action: str) -> str:
    """The whole part for addresses that failed or wait, with the empty line that ends it."""
    is_global = action == "failed" and is_international(delivery.message)
    text = beginning(delivery, "global-" if is_global else "")
    extra = delivery.agent.profile.built_with(EXTRA)
    for address in group:
        text += f"\n{recipient(address, action, _CODES[action])}"
        text += "".join(f"{line}\n" for line in _remote(address, with_more=extra))
    return text + "\n"


def recipient(address: Address, action: str, code: str) -> str:
    """The lines about one recipient."""
    shown = top(address)
    original = getattr(address.recipient, "original", "")
    text = f"Original-Recipient: {original}\n" if original else ""
    return f"{text}Action: {action}\nFinal-Recipient: rfc822;{shown.text}\nStatus: {code}\n"


def _remote(address: Address, *, with_more: bool) -> Iterator[str]:
    """The lines about the host that an address was refused by, and what it said."""
    if address.sent is None or not address.sent.host.name:
        return
    yield f"Remote-MTA: dns; {address.sent.host.name}"
    if with_more:
        yield from _more(address, address.sent)
    said = address.message or "" if address.passes_message else ""
    reply = said.partition(": ")[2]
    if not address.passes_message and (found := _REPLY.search(address.user_message or "")):
        reply = found[1]
    if reply:
        yield f"Diagnostic-Code: smtp; {_folded(reply)}"


def _more(address: Address, sent: Sent) -> Iterator[str]:
    """Lines that the standard does not have: "DSN extra information" among the experimental features."""
    if sent.host.address:
        port = f":{sent.port}" if sent.port and sent.port != SMTP_PORT else ""
        yield f"Remote-MTA: X-ip; [{sent.host.address}]{port}"
    if sent.greeting:
        yield f"X-Remote-MTA-smtp-greeting: X-str; {printing(sent.greeting)[:LONGEST]}"
    if sent.hello:
        yield f"X-Remote-MTA-helo-response: X-str; {printing(sent.hello)[:LONGEST]}"
    if address.passes_message and address.message:
        yield f"X-Exim-Diagnostic: X-str; {address.message[:LONGEST]}"


def _folded(text: str) -> str:
    return text.replace("\\n", "\n ").replace("\n ", "\n").replace("\n", "\n ")
