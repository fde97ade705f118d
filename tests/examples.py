"""The examples that the units' declarations give, as they run with each profile that has the unit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from casefile import Setup
from drivers.api.profile import Profile, release_key
from drivers.api.registry import families, units
from drivers.api.unit import Example, Unit
from expander.config.profile import PROFILES
from expander.setting import assign
from grammar.record import replaced
from real_exim import as_answer, prepare
from running import expander_for, outcome_of

ROOT = Path(__file__).resolve().parents[1]
MESSAGE = "message.eml"


class Trial(NamedTuple):
    """One example of a unit, and a profile that has the unit."""

    unit: Unit
    profile: Profile
    example: Example

    @property
    def id(self) -> str:
        """The name that a test run shows."""
        return f"{self.profile.name}:{self.unit.family}:{self.unit.name}:{self.example.text}"

    @property
    def setup(self) -> Setup:
        """The state that the example needs."""
        example = self.example
        files = dict(example.files) | ({MESSAGE: example.message} if example.message else {})
        return Setup(
            profile=self.profile.name,
            variables=dict(example.given),
            files=files,
            config=example.config,
            clock=example.clock,
            message=example.message,
        )

    def answer(self, directory: Path) -> str:
        """What eximulate's expansion test prints, with the directory as ``@DIR@``."""
        text = self.example.text.replace("@DIR@", str(directory))
        printed = (
            self._with_message(directory, text) if self.example.message else self._alone(directory, text)
        )
        return printed.replace(str(directory), "@DIR@")

    def _alone(self, directory: Path, text: str) -> str:
        expander = expander_for(replace(self.setup, variables={}), directory, profile=self.profile)
        for name, value in self.example.given.items():
            assign(expander.context, name, value)
        return as_answer(outcome_of(expander, text))

    def _with_message(self, directory: Path, text: str) -> str:
        config = prepare(directory, self.setup)
        command = [sys.executable, "-m", "expander", "--profile", self.profile.name, "-C", str(config)]
        done = subprocess.run(
            [*command, "-bem", str(directory / MESSAGE)],
            input=text.encode("latin-1") + b"\n",
            capture_output=True,
            check=True,
            cwd=directory,
            env={**os.environ, "TZ": "UTC", "PYTHONPATH": str(ROOT)},
        )
        return done.stdout.decode("latin-1").removeprefix("> ").removesuffix("\n> \n")


def examples() -> list[Trial]:
    """The examples of all units."""
    found = []
    for family in families():
        for unit in units(family):
            profiles = [profile for profile in PROFILES.values() if profile.has(unit)] or [long_ago(unit)]
            found += [Trial(unit, profile, example) for profile in profiles for example in unit.examples]
    return found


def long_ago(unit: Unit) -> Profile:
    """A profile for a unit that all others lack: the last release that had it, with all features."""
    release = unit.since
    if unit.until is not None:
        major, minor = release_key(unit.until)[:2]
        release = f"{major}.{minor - 1}"
    return replaced(PROFILES["4.99"], name=release, release=release)
