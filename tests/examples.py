"""The examples that the units' declarations give, as they run with a profile that has the unit."""

from __future__ import annotations

from typing import NamedTuple

from drivers.api.registry import families, units
from drivers.api.unit import Unit
from expander.config.profile import PROFILES


class Example(NamedTuple):
    """One input with its output, and the name of the oldest profile that has the unit."""

    unit: Unit
    profile: str
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
            profiles = [name for name, profile in PROFILES.items() if profile.has(unit)]
            found += [Example(unit, profiles[0], text, output) for text, output in unit.examples.items()]
    return found
