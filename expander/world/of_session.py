"""The world of one session: another world with a process number and a clock of its own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.api.outside import Clock, Dns, World
    from drivers.api.storage import Storage


class PatientClock:
    """A clock on which nobody waits: what was to be waited is counted in ``owed``, in seconds.

    Who holds the session waits in its place before the answer goes out, so that a thread is not held.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.owed = 0.0

    def now(self) -> float:
        """Seconds since 1970, with fractions: what is owed counts as waited."""
        return self._clock.now() + self.owed

    def sleep(self, seconds: float) -> None:
        """Put a time on the bill."""
        self.owed += max(seconds, 0.0)


class SessionWorld:
    """Another world, in which a session is a process of its own; ``clock`` stands for the other one's."""

    def __init__(self, world: World, pid: int, clock: Clock | None = None) -> None:
        self._inner = world
        self.files = world.files
        self.clock = clock or world.clock
        self.programs = world.programs
        self.sockets = world.sockets
        self.users = world.users
        self.random = world.random
        self.host = world.host
        self.environment = world.environment
        self.pid = pid

    @cached_property
    def dns(self) -> Dns:
        """The other world's."""
        return self._inner.dns

    @cached_property
    def storage(self) -> Storage:
        """The other world's."""
        return self._inner.storage
