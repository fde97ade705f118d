"""Slowing down clients that send many commands in one session: ``smtp_ratelimit_mail`` and ``_rcpt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import interval
from expander.session.hostcheck import client_in
from grammar.record import State

if TYPE_CHECKING:
    from expander.session.machine import Session


class Delay(State):
    """How long the next command is kept waiting, in seconds."""

    seconds: float


def slow_down(session: Session, option: str, count: int) -> None:
    """Let the client wait if ``count`` commands are more than the option permits without.

    Each wait is longer than the one before, up to the greatest one. See "smtp_ratelimit_hosts" in the manual.
    """
    text = str(session.ctx.options.get(option) or "")
    if not text:
        return
    threshold, first, factor, most = text.split(",")
    if count <= int(threshold) or not client_in(session.ctx, "smtp_ratelimit_hosts"):
        return
    delay = session.delays.setdefault(option, Delay(_seconds(first)))
    session.ctx.world.clock.sleep(delay.seconds)
    delay.seconds = min(delay.seconds * float(factor), _seconds(most))


def _seconds(text: str) -> float:
    """A time with a fraction: of its last part, in Exim's form of an interval."""
    head, dot, fraction = text.strip().partition(".")
    digits = fraction.rstrip("wdhms")
    whole = interval.parse(head + fraction[len(digits) :]) or 0
    unit = interval.parse("1" + (fraction[len(digits) :] or "s")) or 1
    return whole + (float(f"0.{digits}") * unit if dot and digits else 0)
