"""Messages that tell the sender what could not be delivered: "Customizing bounce and warning messages"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import Tainted, lower, printing, to_bytes
from drivers.api.transports import Form, Submitted
from expander.delivery import content, status
from expander.delivery.references import references

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery
    from expander.expand.context import Context

DEFAULT_FROM = "Mail Delivery System <Mailer-Daemon@$qualify_domain>"
HOUR = 3600
BETWEEN = ",\n  "
LIMITED = "X-Exim-DSN-Information: Due to administrative limits only headers are returned"
_WHERE = {">": "mail", "|": "pipe"}


def send(delivery: Delivery) -> None:
    """Send back the addresses that failed, those with the same recipient of bounces in one message."""
    waiting = list(reversed(delivery.failed))
    delivery.failed = []
    while waiting:
        first = waiting[0]
        recipient = _recipient(delivery, first)
        group = [address for address in waiting if _recipient(delivery, address) == recipient]
        waiting = [address for address in waiting if not any(address is other for other in group)]
        ignored = [address for address in group if address.ignores_errors]
        for address in ignored:
            parent = f" <{address.parent.text}>" if address.parent is not None else ""
            delivery.ctx.log(f"{address.text}{parent}: error ignored")
        group = [address for address in group if not address.ignores_errors]
        if not group:
            continue
        if not recipient:
            _freeze(delivery, group)
            continue
        _send(delivery, recipient, group)


def _recipient(delivery: Delivery, address: Address) -> str:
    errors = address.inherited.errors_address
    return delivery.message.sender if errors is None else errors


def _freeze(delivery: Delivery, group: list[Address]) -> None:
    """There is nobody to send a bounce to: the message is kept until somebody looks at it."""
    message = delivery.message
    if not message.sender and not any(address.inherited.errors_address for address in group):
        ignore = delivery.ctx.options.get("ignore_bounce_errors_after")
        age = delivery.agent.world.clock.now() - message.received
        if ignore is not None and age >= int(ignore):
            for address in group:
                delivery.ctx.log(f"{address.text}: error ignored")
            return
    for address in group:
        message.done.pop(address.unique or address.text, None)
        delivery.deferred.append(address)
        top = address
        while top.parent is not None:
            top = top.parent
        message.done.pop(top.text, None)
    if not message.frozen:
        message.frozen = int(delivery.agent.world.clock.now())
        why = "message created with -f <>"
        if message.is_local_error or not message.is_local:
            why = "delivery error message"
        delivery.ctx.log(f"Frozen ({why})")
        delivery.agent.spool.log(message.name, f"*** Frozen ({why})\n")


def _send(delivery: Delivery, recipient: str, group: list[Address]) -> None:
    ctx = delivery.ctx
    ctx.facts["bounce_recipient"] = Tainted(recipient)
    try:
        text = _text(delivery, recipient, group)
    finally:
        ctx.facts.pop("bounce_recipient", None)
    from expander.reception.generated import submit

    submit(delivery.agent, Submitted("", (), text), reference=delivery.message.name)


def _text(delivery: Delivery, recipient: str, group: list[Address]) -> bytes:
    boundary = status.boundary(delivery)
    to_sender = lower(recipient) == lower(delivery.message.sender)
    subject = f"Mail delivery failed{': returning message to sender' if to_sender else ''}"
    custom = _customised(delivery)
    if custom.get("subject"):
        subject = custom["subject"]
    text = f"X-Failed-Recipients: {BETWEEN.join(_failed_name(address) for address in group)}\n"
    text += head(delivery, recipient, boundary, subject)
    text += f"--{boundary}\nContent-type: text/plain; charset=us-ascii\n\n"
    text += custom.get("intro") or _introduction(delivery, to_sender=to_sender)
    text += "\n"
    for address in group:
        text += f"{information(address, '  ', chr(10) + '    ', '')}{error_text(address)}\n"
    text += custom.get("after", "") + _outputs(group)
    text += f"\n--{boundary}\n{status.report(delivery, _reported(group), 'failed')}"
    return to_bytes(text) + returned(delivery, boundary)


def _customised(delivery: Delivery) -> dict[str, str]:
    """What ``bounce_message_file`` has in the place of the usual texts."""
    path = delivery.ctx.options.get("bounce_message_file")
    if not path:
        return {}
    from expander.delivery.custom_texts import bounce_texts

    return bounce_texts(delivery, str(path))


def _reported(group: list[Address]) -> list[Address]:
    """The addresses in the order in which programs are told of them: those with output first."""
    silent = [address for address in group if not address.output]
    return [*(address for address in group if address.output), *reversed(silent)]


def _failed_name(address: Address) -> str:
    while address.parent is not None and (address.kind or address.parent is not None):
        address = address.parent
    return str(address.text)


def head(delivery: Delivery, recipient: str, boundary: str, subject: str) -> str:
    """The header of a bounce or a warning."""
    ctx, options = delivery.ctx, delivery.ctx.options
    text = ""
    if options.get("errors_reply_to"):
        text += f"Reply-To: {options['errors_reply_to']}\n"
    text += "Auto-Submitted: auto-replied\n"
    text += f"From: {from_line(delivery)}\nTo: {recipient}\n"
    text += _copies(delivery, recipient)
    text += references(ctx)
    text += f"Content-Type: multipart/report; report-type=delivery-status; boundary={boundary}\n"
    return f"{text}MIME-Version: 1.0\nSubject: {subject}\n\n"


def from_line(delivery: Delivery) -> str:
    """Who sends bounces of a delivery."""
    return sender_line(delivery.ctx)


def sender_line(ctx: Context) -> str:
    """Who sends messages of Exim's own: the option ``dsn_from``."""
    text = str(ctx.options.get("dsn_from") or DEFAULT_FROM)
    try:
        return ctx.expand(text)
    except EximError as problem:
        ctx.log(f"Failed to expand dsn_from (using default): {problem.message}")
        return ctx.expand(DEFAULT_FROM)


def _copies(delivery: Delivery, recipient: str) -> str:
    """The line for those whom the option ``errors_copy`` gives a copy."""
    given = delivery.ctx.options.get("errors_copy")
    if not given:
        return ""
    from expander.delivery.copies import copies_to

    found = copies_to(delivery.ctx, str(given), recipient)
    return f"Bcc: {found}\n" if found else ""


def _introduction(delivery: Delivery, *, to_sender: bool) -> str:
    text = "This message was created automatically by mail delivery software.\n"
    own = delivery.ctx.options.get("bounce_message_text")
    if own:
        text += "\n" + delivery.ctx.expand(str(own))
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


def information(address: Address, start: str, between: str, end: str) -> str:
    """An address with what it was generated by."""
    text, shown = start, str(address.text)
    if address.kind and address.parent is not None:
        word = _WHERE.get(shown[:1], "save")
        what = shown.removeprefix(">")
        shown = str(address.parent.text)
        text += f"{word} to {what}{between}generated by "
    text += printing(shown)
    ancestors = list(address.ancestors())
    if ancestors:
        original = str(ancestors[-1].text)
        if lower(original) != lower(shown):
            text += f"{between}({'ultimately ' if len(ancestors) > 1 else ''}generated from {original})"
    if address.sent is not None:
        text += f"{between}host {address.sent.host.name} [{address.sent.host.address}]"
    return text + end


def error_text(address: Address, title: str = "") -> str:
    """What may be told of the reason, folded at colons where lines get long."""
    message = address.message if address.passes_message else None
    message = message if message is not None else address.user_message
    if message is None:
        return ""
    out, count = [f"\n    {title}"], len(title)
    at = 0
    while at < len(message):
        if message.startswith("\\n", at):
            out.append("\n    ")
            at, count = at + 2, 0
            continue
        out.append(message[at])
        count += 1
        if message[at] == ":" and message[at + 1 : at + 2].isspace() and count > 45:
            out.append("\n   ")  # the space that follows is the fourth
            count = 0
        at += 1
    return "".join(out)


def _outputs(group: list[Address]) -> str:
    """What commands have written, for those of whom it is to be told."""
    shown = [address for address in group if address.output]
    if not shown:
        return ""
    plural = "s" if len(shown) > 1 else ""
    text = f"\nThe following text was generated during the delivery attempt{plural}:\n"
    for address in shown:
        text += f"\n------ {information(address, '', chr(10) + '       ', '')} ------\n\n"
        text += address.output.decode("latin-1")
    return text


def returned(delivery: Delivery, boundary: str) -> bytes:
    """The part with the message itself, or as much of it as is returned, and the end of all parts."""
    options, message = delivery.ctx.options, delivery.message
    limit = int(options.get("bounce_return_size_limit") or 0)
    with_body = bool(options.get("bounce_return_body", True)) and message.returns != 1
    is_limited = with_body and 0 < limit < len(message.body)
    longest = int(options.get("bounce_return_linesize_limit") or 0)
    is_wide = with_body and longest > 0 and content.has_line_longer_than(message, longest)
    with_body = with_body and not is_limited and not is_wide
    kind = "message/rfc822" if with_body else "text/rfc822-headers"
    form = Form(with_body=with_body, return_path=True, is_original=True, longest_header=longest)
    delivery.ctx.facts["return_path"] = message.sender
    copy = b"".join(content.pieces(delivery.ctx, message, (), None, form))
    text = f"--{boundary}\nContent-type: {kind}\n"
    text += f"{LIMITED}\n\n" if is_limited else "\n"
    if is_wide:
        copy = copy.removesuffix(b"\n") + to_bytes(f"{LIMITED}\n\n")
    return to_bytes(text) + copy + to_bytes(f"\n--{boundary}--\n")
