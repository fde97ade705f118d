"""The modifiers that let the client wait and that name a queue for the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DELAYS_SKIPPED, OK, AclProblem
from drivers.api.text import is_tainted
from drivers.values import interval

if TYPE_CHECKING:
    from drivers.api.acl import Acl


def delay(acl: Acl, text: str) -> str:
    """Wait for a time; a session that only tests does not. Raises `AclProblem` for what is no time."""
    seconds = interval.parse(text)
    if seconds is None:
        raise AclProblem(f'syntax error in argument for "delay" modifier: "{text}" is not a time value')
    acl.debug(f"delay modifier requests {seconds}-second delay")
    if acl.ctx.state.get(DELAYS_SKIPPED):
        acl.debug("delay skipped in -bh checking mode")
    else:
        flush = getattr(acl.transaction, "flush_unless", None)
        if flush is not None:
            flush("no_delay_flush")
        acl.ctx.world.clock.sleep(seconds)
    return OK


def queue(acl: Acl, text: str) -> str:
    """Put the message into a queue: ``$queue_name``. Raises `AclProblem` for a name that is none."""
    if is_tainted(text):
        raise AclProblem(f"Tainted name '{text}' for queue not permitted")
    if "/" in text:
        raise AclProblem(f"Directory separator not permitted in queue name: '{text}'")
    acl.ctx.facts["queue_name"] = text
    return OK
