"""Clocks: the machine's own, and one that stands still."""

from __future__ import annotations

import time
from _thread import allocate_lock  # all that is wanted of `threading`


class RealClock:
    """The machine's own time of day."""

    def now(self) -> float:
        """Seconds since 1970, with fractions."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        if seconds > 0:  # even no time at all would let others run first
            time.sleep(seconds)


class StandingClock:
    """Time that stands still until somebody sleeps."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._lock = allocate_lock()

    def now(self) -> float:
        """Seconds since 1970, with fractions."""
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        """Move the clock on; takes no time."""
        with self._lock:
            self._now += max(seconds, 0.0)
