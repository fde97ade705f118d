"""Rates that are smoothed over a period: each event counts less the longer it is ago."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.values.hints import Hints

DATABASE = "ratelimit"
SHORTEST = 1e-9
"""The interval in seconds that two events at the same time count as."""


class Counted(Record):
    """An event: how much it counts, and what it is if it counts only once in a period.

    ``is_strict`` also remembers events above the limit; ``is_readonly`` remembers none.
    """

    count: float
    unique: str | None
    is_strict: bool
    is_readonly: bool


class Rates:
    """The rates in some hints at one point of time, in seconds since 1970; ``tell`` gets what is done."""

    def __init__(self, hints: Hints, now: float, tell: Callable[[str], None]) -> None:
        self._hints = hints
        self._now = now
        self._tell = tell

    def count(self, key: str, event: Counted, limit: float, period: int) -> float:
        """The rate with the event, in events per period of so many seconds."""
        kept = self._hints.read(DATABASE, key)
        record = dict(kept) if kept is not None else {}
        if kept is not None:
            self._tell("ratelimit found key in database")
        elif event.unique is None:
            self._tell("ratelimit creating new rate data block")
        count = event.count
        if event.unique is not None and self._was_there(record, event, period):
            count = 0.0
        if kept is None:
            self._tell("ratelimit initializing new key's rate data")
            record["rate"] = count
        else:
            record["rate"] = self._smoothed(record, count, period)
        record["time"] = self._now
        rate = float(record["rate"])
        if event.is_readonly:
            self._tell("ratelimit db not updated: readonly mode")
        elif event.is_strict or rate < limit:
            self._hints.write(DATABASE, key, record)
            self._tell("ratelimit db updated")
        else:
            self._tell("ratelimit db not updated: over the limit, but leaky")
        return rate

    def _smoothed(self, record: dict[str, Any], count: float, period: int) -> float:
        """The exponentially weighted moving average of the rate so far and that since the last event."""
        elapsed = max(self._now - float(record["time"]), SHORTEST) / period
        weight = math.exp(-elapsed)
        return (1 - weight) * count / elapsed + weight * float(record["rate"])

    def _was_there(self, record: dict[str, Any], event: Counted, period: int) -> bool:
        """True if the same event was counted since the record of unique events began; it goes into it."""
        if "seen" in record and int(self._now) - int(record["since"]) > period:
            self._tell("ratelimit discarding old Bloom filter")
            del record["seen"]
        if "seen" not in record:
            self._tell("ratelimit creating new Bloom filter")
            record["seen"], record["since"] = [], self._now
        if event.is_readonly:
            return False
        self._tell(f"ratelimit checking uniqueness of {event.unique}")
        if event.unique in record["seen"]:
            self._tell("ratelimit event found in Bloom filter")
            return True
        self._tell("ratelimit event added to Bloom filter")
        record["seen"] = [*record["seen"], str(event.unique)]
        return False
