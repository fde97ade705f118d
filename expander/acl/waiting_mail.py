"""``atrn_domains``: whether mail waits for a client that asks for it by ATRN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import ERROR, FAIL, OK
from drivers.api.text import is_tainted
from expander.queue.spool import Spool, SpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.acl.run import Run


def atrn_domains(run: Run, text: str) -> str:
    """True if a message on the queue that is in use still has a recipient whose domain is in the list."""
    if is_tainted(text):
        run.log_message = f"attempt to use tainted list '{text}' for atrn_domains"
        return ERROR
    match = run.ctx.match_list
    return OK if any(match("domain", domain, text) is not None for domain in _waiting(run)) else FAIL


def _waiting(run: Run) -> Iterator[str]:
    """The domains of recipients that wait."""
    options = run.ctx.options
    directory = str(options.get("spool_directory") or "")
    spool = Spool(run.ctx.world, directory, is_split=bool(options.get("split_spool_directory")))
    spool.queue = run.ctx.facts.get("queue_name", "")
    for name in spool.names():
        try:
            message = spool.read_envelope(name)
        except (OSError, SpoolError):
            continue  # somebody has delivered it by now
        for recipient in message.recipients:
            if recipient.address not in message.done:
                yield recipient.address.rpartition("@")[2]
