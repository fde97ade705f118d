"""Messages that tell the sender what could not be delivered yet: the option ``delay_warning``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import SPACE, Tainted, lower, to_bytes
from drivers.api.transports import Submitted
from drivers.values.truth import holds
from expander.delivery import bounce, report, status
from expander.queue.message import DELAY
from expander.reception import generated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery

HOUR, MINUTE = 3600, 60
NO_ACTION = (
    "No action is required on your part. Delivery attempts will continue for\n"
    "some time, and this warning may be repeated at intervals if the message\n"
    "remains undelivered. Eventually the mail delivery software will give up,\n"
    "and when that happens, the message will be returned to you.\n"
)


def due(times: Sequence[int], waited: float) -> tuple[int, int]:
    """How many warnings are due for a message that waits for so many seconds, and when the last of them was.

    Behind the last time, the difference between the last two goes on.
    """
    count = sum(1 for time in times if time <= waited)
    if not times or count < len(times):
        return count, times[count - 1] if count else 0
    step = times[-1] - (times[-2] if len(times) > 1 else 0)
    extra = int(waited - times[-1]) // step if step > 0 else 0
    return count + extra, times[-1] + extra * step


def send(delivery: Delivery) -> None:
    """Warn the sender if that is due."""
    message, options = delivery.message, delivery.ctx.options
    waiting = list(reversed(delivery.deferred))
    times = [int(time) for time in options.get("delay_warning") or ()]
    if not times or not times[0] or not message.sender:
        return
    notify = getattr(waiting[0].recipient, "notify", 0)
    waited = delivery.agent.world.clock.now() - message.received
    count, after = due(times, waited)
    if message.warnings >= count or (notify and not notify & DELAY) or not _is_wanted(delivery):
        return
    recipients = dict.fromkeys(bounce.recipient_of(delivery, address) for address in waiting)
    to = ",".join(name for name in recipients if name)
    delay = f"{after // MINUTE} minutes" if waited < 2 * HOUR else f"{after // HOUR} hours"
    delivery.ctx.facts.update(warn_message_delay=delay, warn_message_recipients=Tainted(to))
    try:
        text = _text(delivery, to, delay, waiting)
    finally:
        for name in ("warn_message_delay", "warn_message_recipients"):
            delivery.ctx.facts.pop(name, None)
    authenticated = str(delivery.ctx.options.get("bounce_sender_authentication") or "")
    generated.submit(delivery.agent, text, reference=message.name, authenticated=authenticated)
    message.warnings = count


def _is_wanted(delivery: Delivery) -> bool:
    condition = delivery.ctx.options.get("delay_warning_condition")
    return not condition or holds(delivery.ctx, str(condition), "delay_warning", defers=False)


def _text(delivery: Delivery, to: str, delay: str, waiting: Sequence[Address]) -> Submitted:
    boundary, message = status.boundary(delivery), delivery.message
    custom = _customised(delivery)
    text = report.head(delivery, to, boundary)
    usual = f"Subject: Warning: message {message.name} delayed {delay}\n"
    text += f"{custom.get('header') or usual}\n{report.text_part(boundary)}"
    text += (custom.get("intro") or _introduction(delivery, to, delay, len(waiting))) + "\n"
    for address in waiting:
        text += report.information(address, "  ", "\n    ")
        text += f"{report.error_text(address, 'Delay reason: ')}\n"
    text += f"\n{custom.get('final') or NO_ACTION}"
    text += f"\n--{boundary}\n{status.report(delivery, waiting, 'delayed')}"
    return Submitted("", (), to_bytes(text), report.copy(delivery, boundary, with_body=False))


def _introduction(delivery: Delivery, to: str, delay: str, count: int) -> str:
    host, message = delivery.ctx.options["primary_hostname"], delivery.message
    text = report.CREATED
    if to == message.sender:
        text += "A message that you sent has not yet been delivered to one or more of its\n"
        text += f"recipients after more than {delay} on the queue on {host}.\n\n"
    else:
        text += f"A message sent by\n\n  <{message.sender}>\n\n"
        text += "has not yet been delivered to one or more of its recipients after more than \n"
        text += f"{delay} on the queue on {host}.\n\n"
    text += f"The message identifier is:     {message.name}\n"
    for name, what in (("subject", "subject"), ("date", "date")):
        value = _header(delivery, name)
        if value is not None:
            text += f"The {what} of the message is: {'   ' if what == 'date' else ''}{value}\n"
    if count == 1:
        return f"{text}\nThe address to which the message has not yet been delivered is:\n"
    return f"{text}\nThe addresses to which the message has not yet been delivered are:\n"


def _header(delivery: Delivery, wanted: str) -> str | None:
    for name, text in delivery.message.headers:
        if lower(name.rstrip(SPACE)) == wanted:
            return text.partition(":")[2].strip(SPACE + "\n")
    return None


def _customised(delivery: Delivery) -> dict[str, str]:
    path = delivery.ctx.options.get("warn_message_file")
    if not path:
        return {}
    from expander.delivery.custom_texts import texts

    try:
        return texts(delivery, str(path), ("header", "intro", "final"))
    except EximError:
        return {}
