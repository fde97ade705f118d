"""``-bp``: the messages that wait on the spool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT
from expander.cli.receive import agent_of
from expander.queue.spool import SpoolError

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.queue.message import Message

MINUTE, HOUR, DAY = 60, 3600, 86400
_KILO, _MEGA = 1024, 1024 * 1024


def run(run: Run) -> int:
    """Show each message with its age, size, sender and recipients: the exit status."""
    agent = agent_of(run)
    for name in agent.spool.names():
        try:
            message = agent.spool.read(name)
        except OSError:
            continue
        except SpoolError:
            STDOUT.write(f"{name} *** spool format error\n\n")
            continue
        STDOUT.write(shown(message, agent.world.clock.now()))
    return 0


def shown(message: Message, now: float) -> str:
    """The lines about a message, with the empty one after them."""
    text = f"{age(now - message.received)} {size(message.size)} {message.name} <{message.sender}>"
    if message.sender_untrusted:
        text += f" ({message.login})"
    if message.frozen:
        text += " *** frozen ***"
    text += "\n"
    for recipient in message.recipients:
        mark = "D" if recipient.address in message.done else " "
        text += f"        {mark} {recipient.address}\n"
    return f"{text}\n"


def age(seconds: float) -> str:
    """How old a message is, in three characters."""
    whole = max(int(seconds), 0)
    if whole < 90 * MINUTE:
        return f"{whole // MINUTE:2}m"
    return f"{whole // HOUR:2}h" if whole < 72 * HOUR else f"{whole // DAY:2}d"


def size(number: int) -> str:
    """A size in five characters."""
    if number < _KILO:
        return f"{number:5}"
    if number < 10 * _KILO:
        return f"{number / _KILO:4.1f}K"
    if number < _MEGA:
        return f"{(number + 512) // _KILO:4}K"
    if number < 10 * _MEGA:
        return f"{number / _MEGA:4.1f}M"
    return f"{(number + _MEGA // 2) // _MEGA:4}M"
