"""The examples that the units' declarations give, as they run with a profile that has the unit."""

from __future__ import annotations

from typing import NamedTuple

from drivers.api.profile import Profile
from drivers.api.registry import families, units
from drivers.api.unit import Unit
from expander.config.profile import PROFILES
from grammar.record import replaced


class Example(NamedTuple):
    """One input with its output, and the oldest profile that has the unit."""

    unit: Unit
    profile: Profile
    text: str
    output: str

    @property
    def id(self) -> str:
        """The name that a test run shows."""
        return f"{self.unit.family}:{self.unit.name}:{self.text}"


def examples() -> list[Example]:
    """The examples of all units."""
    found = []
    for family in families():
        for unit in units(family):
            profiles = [profile for profile in PROFILES.values() if profile.has(unit)] or [long_ago(unit)]
            found += [Example(unit, profiles[0], text, output) for text, output in unit.examples.items()]
    return found


def long_ago(unit: Unit) -> Profile:
    """A profile for a unit that all others lack: the release that brought it, with all features."""
    return replaced(PROFILES["4.99"], name=unit.since, release=unit.since)
