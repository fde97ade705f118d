"""A world that tells what of it was used which a real Exim on this machine does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.text import to_display
from expander.testing.asked import PartAsked

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from drivers.api.outside import World
    from expander.testing.world import Facts

ASKED = {
    "dns": ("ask", "system_addresses", "system_names"),
    "files": ("read", "stat", "lstat", "exists", "names", "local"),
    "programs": ("run", "start", "foreground", "load"),
    "sockets": ("connect", "converse", "datagram", "send"),
    "users": ("user", "group"),
    "random": ("below",),
}
"""The parts of a world that are watched, and the methods whose use is told."""


OF_THE_DNS = "the DNS is asked for"
"""Begins the reasons that do not count where the given zones are there outside as well."""


BY_CHANCE = "random numbers are used"
"""A reason that counts for expansions: else it is the order of hosts that are asked alike."""


class WatchedWorld:
    """The world, telling ``used`` why what was used is not there outside: the reason for each such thing."""

    def __init__(self, world: World, facts: Facts, machine: World, used: MutableMapping[str, None]) -> None:
        self._world = world
        self._facts = facts
        self._machine = machine
        self._used = used
        for part, methods in ASKED.items():
            watched = PartAsked(getattr(world, part), methods, getattr(self, f"_{part}"))
            setattr(self, part, watched)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    def _tell(self, reason: str) -> None:
        self._used.setdefault(reason)

    def _dns(self, _method: str, given: tuple[Any, ...]) -> None:
        self._tell(f"{OF_THE_DNS} {to_display(str(given[0]))}")

    def _files(self, _method: str, given: tuple[Any, ...]) -> None:
        path = str(given[0])
        if path in self._facts.files or f"{path.rstrip('/')}/" in self._facts.files:
            self._tell(f"the file {to_display(path)} is only given")

    def _programs(self, _method: str, given: tuple[Any, ...]) -> None:
        name = given[0] if isinstance(given[0], str) else " ".join(given[0][:1])
        self._tell(f"the program {to_display(name)} is run")

    def _sockets(self, _method: str, given: tuple[Any, ...]) -> None:
        place = given[0] if isinstance(given[0], str) else " port ".join(map(str, given[0]))
        self._tell(f"the server {to_display(place)} is asked")

    def _users(self, _method: str, given: tuple[Any, ...]) -> None:
        name = str(given[0])
        ours, theirs = self._world.users, self._machine.users
        mine, real = ours.user(name), theirs.user(name)
        is_alike = (mine is None) == (real is None) and (
            mine is None or real is None or (mine.uid, mine.gid, mine.home) == (real.uid, real.gid, real.home)
        )
        if not is_alike or ours.group(name) != theirs.group(name):
            self._tell(f"the user or group {to_display(name)} is another one here")

    def _random(self, _method: str, _given: tuple[Any, ...]) -> None:
        self._tell(BY_CHANCE)
