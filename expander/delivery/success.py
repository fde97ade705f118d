"""Messages that tell the sender that addresses were delivered to, as they asked for (RFC 3461)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import to_bytes
from drivers.api.transports import Submitted
from expander.delivery import status
from expander.queue.message import SUCCESS

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery

TITLE = " ----- The following addresses had successful delivery notifications -----\n"


def send(delivery: Delivery) -> None:
    """Notify the sender, if anybody was delivered to for whom that is wanted."""
    told: dict[str, Address] = {}
    for address in (*_replaced(delivery), *delivery.succeeded):
        if _is_wanted(address):
            told.setdefault(str(address.text), address)
    if told:
        from expander.reception import generated

        text = _text(delivery, list(told.values()))
        generated.submit(delivery.agent, text, reference=delivery.message.name)


def _replaced(delivery: Delivery) -> list[Address]:
    """The recipients that others were put in the place of, which is a success by itself."""
    found: dict[int, Address] = {}
    for address in (*delivery.succeeded, *delivery.failed, *delivery.deferred, *delivery.duplicates):
        for parent in address.ancestors():
            if parent.text != address.text:
                found[id(parent)] = parent
    return list(found.values())


def _is_wanted(address: Address) -> bool:
    """True unless the sender does not ask for it, or another host will do it."""
    notify = getattr(address.recipient, "notify", 0)
    if not notify & SUCCESS:
        return False
    return _is_last(address) or address.sent is None or not address.sent.knows_dsn


def _is_last(address: Address) -> bool:
    return address.router is not None and bool(address.router["dsn_lasthop"])


def _text(delivery: Delivery, group: list[Address]) -> Submitted:
    from expander.delivery import report
    from expander.delivery.references import references

    boundary = status.boundary(delivery)
    text = report.reply_line(delivery)
    text += f"From: {report.from_line(delivery)}\nAuto-Submitted: auto-generated\n"
    text += f"To: {delivery.message.sender}\nSubject: Delivery Status Notification\n"
    text += references(delivery.ctx)
    text += f"Content-Type: multipart/report; report-type=delivery-status; boundary={boundary}\n"
    text += f"MIME-Version: 1.0\n\n{report.text_part(boundary)}{report.CREATED}{TITLE}"
    for address in group:
        text += f"<{status.top(address).text}> (relayed {_way(address)})\n\n"
    text += f"--{boundary}\n{status.beginning(delivery)}"
    for address in group:
        text += f"\n{status.recipient(address, 'delivered', '2.0.0')}{_diagnostic(address)}"
    return Submitted("", (), to_bytes(f"{text}\n"), report.copy(delivery, boundary, with_body=False))


def _way(address: Address) -> str:
    if _is_last(address):
        return "via non DSN router"
    return "to non-DSN-aware mailer" if address.sent is not None else 'via non "Remote SMTP" router'


def _diagnostic(address: Address) -> str:
    if address.sent is not None:
        return f"Remote-MTA: dns; {address.sent.host.name}\nDiagnostic-Code: smtp; 250 Ok\n"
    return f"Diagnostic-Code: X-Exim; relayed via non {'DSN' if _is_last(address) else 'SMTP'} router\n"
