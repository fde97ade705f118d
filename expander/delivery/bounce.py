"""Messages that tell the sender what could not be delivered: "Customizing bounce and warning messages"."""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING

from drivers.api.text import Tainted, lower, printing, to_bytes
from drivers.api.transports import Submitted
from expander.delivery import freezing, report, status, told_events
from expander.queue.message import FAILURE, HEADER_ALONE, WHOLE
from expander.reception import generated

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery

IN_ONE_LINE = 50
BETWEEN = ",\n  "


def send(delivery: Delivery) -> None:
    """Send back the addresses that failed, those with the same recipient of bounces in one message."""
    waiting = delivery.failed = list(reversed(delivery.failed))
    while waiting:
        if _is_ignored(delivery, waiting[0]):
            _done(delivery, waiting[:1])
            waiting = delivery.failed
            continue
        recipient = recipient_of(delivery, waiting[0])
        group = [address for address in waiting if recipient_of(delivery, address) == recipient]
        if recipient and _send(delivery, recipient, group):  # with those of whom nobody is told otherwise
            _done(delivery, group)
        elif recipient:
            freezing.unsendable(delivery, recipient, group)
        elif not freezing.keep(delivery, group):
            _done(delivery, group)
        waiting = delivery.failed = _without(delivery.failed, group)


def _without(addresses: list[Address], group: list[Address]) -> list[Address]:
    return [address for address in addresses if not any(address is other for other in group)]


def _done(delivery: Delivery, group: list[Address]) -> None:
    """Nothing more is to be done for addresses that failed."""
    delivery.failed = _without(delivery.failed, group)
    for address in reversed(group):
        delivery.done_silently(address)


def recipient_of(delivery: Delivery, address: Address) -> str:
    """Who is told of an address: who the routers say, or the sender."""
    errors = address.inherited.errors_address
    return delivery.message.sender if errors is None else errors


def why_ignored(delivery: Delivery, address: Address) -> str | None:
    """What is logged behind ``error ignored`` if nobody is to be told that an address failed, else None."""
    notify = getattr(address.recipient, "notify", 0)
    if notify and not notify & FAILURE and recipient_of(delivery, address):
        return ": RFC 3461 DSN, failure notify not requested"
    if not address.ignores_errors and (address.inherited.errors_address != "" or not delivery.message.sender):
        return None
    return ""


def _is_ignored(delivery: Delivery, address: Address) -> bool:
    """True if nobody is to be told that an address failed; that is logged."""
    why = why_ignored(delivery, address)
    if why is None:
        return False
    parent = f" <{address.parent.text}>" if address.parent is not None else ""
    told_events.failed(delivery, address)
    delivery.silence(address.transport)
    delivery.ctx.log(f"{address.text}{parent}: error ignored{why}")
    delivery.silence(None)
    return True


def _send(delivery: Delivery, recipient: str, group: list[Address]) -> bool:
    """Send the bounce: False if it is not taken."""
    ctx = delivery.ctx
    ctx.facts["bounce_recipient"] = Tainted(recipient)
    try:
        text = _text(delivery, recipient, group)
    finally:
        ctx.facts.pop("bounce_recipient", None)
    authenticated = str(delivery.ctx.options.get("bounce_sender_authentication") or "")
    name = generated.submit(
        delivery.agent,
        text,
        reference=delivery.message.name,
        authenticated=authenticated,
        tells_failure=False,
    )
    return bool(name)


def _text(delivery: Delivery, recipient: str, group: list[Address]) -> Submitted:
    boundary = status.boundary(delivery)
    to_sender = lower(recipient) == lower(delivery.message.sender)
    custom = _customised(delivery)
    text = _failed_recipients(group)
    text += report.head(delivery, recipient, boundary, copies_for=recipient)
    subject = f"Subject: Mail delivery failed{': returning message to sender' if to_sender else ''}\n"
    text += f"{custom.get('header') or subject}\n{report.text_part(boundary)}"
    text += (custom.get("intro") or _introduction(delivery, to_sender=to_sender)) + "\n"
    for address in group:
        text += f"{report.information(address, '  ', chr(10) + '    ')}{report.error_text(address)}\n"
    text += _outputs(group, custom.get("output", ""))
    text += f"\n--{boundary}\n{status.report(delivery, _reported(group), 'failed')}"
    returns = delivery.message.returns
    with_body = bool(delivery.ctx.options.get("bounce_return_body", True)) or returns == WHOLE
    with_body = with_body and returns != HEADER_ALONE
    copied = report.copy(delivery, boundary, with_body=with_body, is_bounce=True)
    return Submitted("", (), to_bytes(text), copied)


def _customised(delivery: Delivery) -> dict[str, str]:
    """What ``bounce_message_file`` has in the place of the usual texts."""
    path = delivery.ctx.options.get("bounce_message_file")
    if not path:
        return {}
    from expander.delivery.custom_texts import texts

    return texts(delivery, str(path), ("header", "intro", "output"))


def _reported(group: list[Address]) -> list[Address]:
    """The addresses in the order in which programs are told of them: those with output first.

    Those with the same output stay in their order.
    """
    silent = [address for address in group if not _speaker(address).output]
    return [*chain(*reversed(_batches(group))), *reversed(silent)]


def _batches(group: list[Address]) -> list[list[Address]]:
    """The addresses with output, by whose it is."""
    shown = [address for address in group if _speaker(address).output]
    return [list(batch) for _, batch in groupby(shown, lambda address: id(_speaker(address)))]


def _speaker(address: Address) -> Address:
    """With which address its output is kept."""
    return address.shares or address


def _failed_recipients(group: list[Address]) -> str:
    names = [_failed_name(address) for address in group if not address.is_hidden]
    pieces = [names[at : at + IN_ONE_LINE] for at in range(0, len(names), IN_ONE_LINE)]
    return "".join(f"X-Failed-Recipients: {BETWEEN.join(piece)}\n" for piece in pieces)


def _failed_name(address: Address) -> str:
    return printing(str(address.parent.text if address.kind and address.parent is not None else address.text))


def _introduction(delivery: Delivery, *, to_sender: bool) -> str:
    text = report.CREATED + str(delivery.ctx.options.get("bounce_message_text") or "")
    if to_sender:
        return text + (
            "\nA message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n"
        )
    return text + (
        f"\nA message sent by\n\n  <{delivery.message.sender}>\n\n"
        "could not be delivered to one or more of its recipients. The following\n"
        "address(es) failed:\n"
    )


def _outputs(group: list[Address], title: str) -> str:
    """What commands have written, for those of whom it is to be told."""
    batches = _batches(group)
    if not batches:
        return ""
    plural = "s" if sum(map(len, batches)) > 1 else ""
    usual = f"The following text was generated during the delivery attempt{plural}:\n"
    text = f"\n{title or usual}"
    for batch in batches:
        text += "\n"
        for address in batch:
            text += f"------ {report.information(address, '', chr(10) + '       ')} ------\n"
        text += "\n" + _speaker(batch[0]).output.decode("latin-1")
    return text
