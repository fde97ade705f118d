"""``-Mset``: expansion tests with a message that is on the spool. See this option in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, from_bytes
from drivers.values.peer import Peer
from expander.cli.console import STDOUT
from expander.cli.errors import CommandLineError
from expander.config.log_selector import is_on
from expander.message.spool import SpoolError, body_of, read_envelope

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.expand.context import Context

SPLIT_BY = 5
"""The byte of an identification that names the folder where the spool is split."""


def load(run: Run, ctx: Context) -> None:
    """Set all variables that follow from the message; what cannot be loaded is told and left out.

    Raises `CommandLineError` where the caller may not see messages.
    """
    if not run.is_admin:
        raise CommandLineError("exim: permission denied\n")
    message = run.options.modes["Mset"]
    data = _read(run, f"{message}-D")
    if data is None:
        ctx.log(f"Spool file {message}-D not found")
        STDOUT.write(f"Failed to load message datafile {message}\n")
    try:
        body = b"" if data is None else body_of(data, message)
        envelope = _read(run, f"{message}-H")
        if envelope is None:
            raise SpoolError(message)
        spooled = read_envelope(from_bytes(envelope), message)
    except SpoolError:
        STDOUT.write(f"Failed to load message {message}\n")
        return
    facts = spooled.facts
    facts["message_size"] = str(int(facts["message_size"]) + len(body))
    facts["message_body_size"] = str(len(body))
    facts["message_age"] = str(max(int(ctx.world.clock.now()) - int(facts["received_time"]), 0))
    facts |= _peer(facts, port_is_shown=is_on(run.config.options["log_selector"], "incoming_port"))
    ctx.facts.update(facts)
    ctx.acl_c.update(spooled.acl_c)
    ctx.acl_m.update(spooled.acl_m)
    ctx.headers = spooled.headers
    ctx.body = body


def _peer(facts: dict[str, str], *, port_is_shown: bool) -> dict[str, str]:
    peer = Peer(
        facts.get("sender_host_address", ""),
        facts.get("sender_host_name", ""),
        facts.get("sender_helo_name"),
        facts["sender_ident"],
        int(facts.get("sender_host_port", "0")) if port_is_shown else None,
    )
    return {"sender_fullhost": Tainted(peer.full_host), "sender_rcvhost": Tainted(peer.received_host)}


def _read(run: Run, name: str) -> bytes | None:
    """A file of the spool, whether or not that is split; None if it is not there."""
    spool = run.config.options.expanded["spool_directory"]
    for folder in ("", f"{name[SPLIT_BY]}/"):
        try:
            return run.world.files.read(f"{spool}/input/{folder}{name}")
        except OSError:
            continue
    return None
