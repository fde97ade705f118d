"""The client as log lines show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import interval
from drivers.values.log_selector import selects
from drivers.values.peer import client_of, describe

if TYPE_CHECKING:
    from collections.abc import Collection

    from expander.expand.context import Context
    from expander.session.machine import Session


def set_client(session: Session) -> None:
    """Work out ``$sender_fullhost`` and ``$sender_rcvhost`` from what is known of the client."""
    describe(session.ctx)


def log_lost(session: Session, text: str) -> None:
    """Log that a client is gone or silent, if that is wanted."""
    if selects(session.ctx, "lost_incoming_connection"):
        session.ctx.log(text)


def log_refusal(session: Session, text: str, *, with_header: bool = False, selector: str = "") -> None:
    """Write a line to the main log and to the reject log, there with the header that is known by then.

    ``selector`` is the word of ``log_selector`` without which the main log does not have the line.
    """
    if not selector or selects(session.ctx, selector):
        session.ctx.log(text)
    if session.reject_with is not None:
        session.reject_with(text, with_header)


def to_logs(session: Session, text: str, names: Collection[str], *, with_header: bool = False) -> None:
    """Write a line to the logs of these names ("main", "reject", "panic"); once where logs are no files.

    ``with_header`` is for the reject log alone.
    """
    if session.write_with is not None:
        session.write_with(text, names, with_header)
    elif names:
        session.ctx.log(text, panic="panic" in names)


def client(session: Session, *, labelled: bool = False) -> str:
    """The client, with its ident where that is known; ``labelled`` with ``H=`` before it.

    A client without a host is a user of this machine.
    """
    ctx = session.ctx
    if not ctx.facts.get("sender_host_address"):
        return f"{'U=' if labelled else ''}{ctx.facts.get('sender_ident') or 'UNKNOWN'}"
    return f"{'H=' if labelled else ''}{client_of(ctx)}"


SHORT = 5
"""Shorter times than so many seconds are shown with thousandths of a second, where the log has these."""


def since(ctx: Context, start: float) -> str:
    """The time since ``start`` as log lines show it."""
    passed = ctx.world.clock.now() - start
    if passed < SHORT and selects(ctx, "millisec"):
        return f"{passed:.3f}s"
    return interval.show(int(passed))
