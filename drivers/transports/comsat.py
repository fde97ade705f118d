"""Telling the comsat daemon that mail has come: the option ``notify_comsat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Refused
from drivers.api.text import to_bytes

if TYPE_CHECKING:
    from drivers.api.transports import Job

HERE = ("127.0.0.1", 512)
"""Where the daemon listens, the service "biff"."""


def tell(job: Job, offset: int) -> None:
    """Send the daemon the user and where in the mailbox the message begins; nobody waits for an answer."""
    if not job.transport["notify_comsat"]:
        return
    user = job.ctx.facts.get("local_part", "")
    try:
        job.outward.sockets.send(HERE, to_bytes(f"{user}@{offset}\n"))
    except (OSError, Refused):
        return
