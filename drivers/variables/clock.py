"""Variables of the time of day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from drivers.api.unit import Example, variable
from drivers.values import moment
from drivers.variables.plain import SECTION

if TYPE_CHECKING:
    from datetime import tzinfo

    from drivers.api.protocols import Context


MOMENT = 1_700_000_000.0
ZONE = "timezone = America/Phoenix\n"
"""When and where the examples are."""


ZONE_KNOWN = "time zone"
"""Under this name the state has the name of the time zone and the zone."""


def zone_of(ctx: Context) -> tzinfo:
    """The zone of the main option ``timezone``, the machine's own without it."""
    name = ctx.options.get("timezone") or ""
    known = ctx.state.get(ZONE_KNOWN)
    if known is None or known[0] != name:  # read once, as programs do
        known = ctx.state[ZONE_KNOWN] = name, moment.zone(name, ctx.world.files)
    where: tzinfo = known[1]
    return where


def local_time(ctx: Context) -> datetime:
    """The time of day in that zone."""
    return moment.in_zone(ctx.world.clock.now(), zone_of(ctx))


def _in_full(ctx: Context) -> str:
    return moment.full_at(int(ctx.world.clock.now()), zone_of(ctx))


def _in_form(form: Callable[[datetime], str]) -> Callable[[Context], str]:
    return lambda ctx: form(local_time(ctx))


def _tod(name: str, doc: str, form: Callable[[datetime], str], shown: str) -> None:
    read = _in_full if form is moment.full else _in_form(form)
    variable(
        f"tod_{name}",
        syntax=f"$tod_{name}",
        doc=doc,
        section=SECTION,
        kind="tod",
        taint="none",
        examples=(Example(f"$tod_{name}", shown, config=ZONE, clock=MOMENT),),
    )(read)


_tod(
    "bsdinbox",
    "The time and date as mailbox files have it, such as `Thu Oct 17 17:14:09 1995`.",
    moment.inbox,
    "Tue Nov 14 15:13:20 2023",
)
_tod(
    "full",
    "The time and date as header lines have it, such as `Mon, 16 Oct 1995 09:51:40 +0100`.",
    moment.full,
    "Tue, 14 Nov 2023 15:13:20 -0700",
)
_tod(
    "log",
    "The time and date as log lines have it, such as `1995-10-12 15:32:29`.",
    moment.log,
    "2023-11-14 15:13:20",
)
_tod(
    "logfile",
    "The date as dated log files have it in their names, such as `19951012`.",
    moment.day,
    "20231114",
)
_tod("zone", "The offset of the time zone from UTC, such as `-0500`.", moment.offset, "-0700")
_tod(
    "zulu",
    "The time and date in UTC in the form of ISO 8601, such as `20030221154023Z`.",
    moment.zulu,
    "20231114221320Z",
)


@variable(
    "tod_epoch",
    syntax="$tod_epoch",
    section=SECTION,
    kind="tod",
    taint="none",
    examples=(Example("${eval:$tod_epoch/86400} days", "19675 days", clock=MOMENT),),
)
def tod_epoch(ctx: Context) -> str:
    """The time as a number of seconds since the beginning of 1970 in UTC."""
    return str(int(ctx.world.clock.now()))


@variable(
    "tod_epoch_l",
    syntax="$tod_epoch_l",
    since="4.80",
    section=SECTION,
    kind="tod",
    taint="none",
    examples=(Example("$tod_epoch_l", "1700000000250000", clock=MOMENT + 0.25),),
)
def tod_epoch_l(ctx: Context) -> str:
    """The time as a number of microseconds since the beginning of 1970 in UTC."""
    return str(int(ctx.world.clock.now() * 1_000_000))
