"""``-bp`` and its like: the messages that wait on the spool. See these options in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT
from expander.cli.errors import CommandLineError
from expander.cli.receive import agent_of
from expander.queue.spool import SpoolError

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.queue.agent import Agent
    from expander.queue.message import Message

MINUTE, HOUR, DAY = 60, 3600, 86400
_KILO, _MEGA = 1024, 1024 * 1024
COUNT, UNDELIVERED, WITH_CHILDREN = "c", "u", "a"
"""Letters behind ``-bp``: how many there are; recipients that are left; whatever was delivered to."""


def run(run: Run) -> int:
    """Show each message with its age, size, sender and recipients: the exit status.

    Raises `CommandLineError` where the caller may not see messages.
    """
    if not run.is_admin and run.config.options.get("queue_list_requires_admin", True):
        raise CommandLineError("exim: permission denied\n")
    agent = agent_of(run)
    agent.spool.queue = run.options.queue_name
    if COUNT in run.options.listing:
        STDOUT.write(f"{len(agent.spool.names())}\n")
        return 0
    for name in run.options.arguments or agent.spool.names():
        STDOUT.write(_one(agent, name, run.options.listing))
    return 0


def _one(agent: Agent, name: str, letters: str) -> str:
    try:
        message = agent.spool.read_envelope(name)
        body = agent.spool.size(name, "-D") - len(f"{name}-D\n")
    except SpoolError:
        fault = f"spool format error: size={agent.spool.size(name, '-H')}"
    except OSError as problem:
        fault = f"spool read error: {problem.strerror}"
    else:
        return shown(message, agent.world.clock.now(), max(body, 0), letters)
    return f"      {name}\n    *** {fault} ***\n\n"


def shown(message: Message, now: float, body: int, letters: str = "") -> str:
    """The lines about a message with so large a body, and the empty one after them."""
    whole = message.size + body
    text = f"{age(now - message.received)} {size(whole)} {message.name} <{message.sender}>"
    if message.sender_untrusted:
        text += f" ({message.login})"
    if message.frozen:
        text += " *** frozen ***"
    text += "\n"
    own = set()
    for recipient in message.recipients:
        own.add(recipient.address)
        is_done = recipient.address in message.done
        if not is_done or UNDELIVERED not in letters:
            text += f"        {'D' if is_done else ' '} {recipient.address}\n"
    if WITH_CHILDREN in letters:
        text += "".join(f"       +D {address}\n" for address in message.done if address not in own)
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
