"""Loads a configuration of another machine: users, groups and files that are not here do not stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.config.load import load
from expander.config.reporting import MISSING_FILE
from expander.world.layered import with_users
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Config, LoadError

USER, GROUP = "unknown-user", "unknown-group"
MISSING = frozenset({"missing-include", MISSING_FILE})


class Elsewhere(Record):
    """A configuration as it may be on its own machine, and what had to be supposed or left out for it.

    ``missing`` are the errors that Exim would have here. Behind a file that is missing nothing is sure:
    then ``missing`` has all errors, also those that the file may mend.
    """

    config: Config
    missing: tuple[LoadError, ...]


def load_elsewhere(path: str, *, profile: Profile, world: World, macros: Mapping[str, str]) -> Elsewhere:
    """The configuration in a file, as `load` gives it, with the users and groups that it names.

    Raises `LoadError` for what is wrong on any machine.
    """
    users: list[str] = []
    groups: list[str] = []
    told: list[LoadError] = []
    while True:
        supposed = with_users(world, users, groups) if users or groups else world
        config = load(path, profile=profile, world=supposed, macros=macros, collect=True)
        here = len(told)
        for error in config.errors:
            names = {USER: users, GROUP: groups}.get(error.cause)
            if names is not None and error.subject and error.subject not in names:
                names.append(error.subject)
                told.append(error)
        if len(told) == here:
            break
    if any(error.cause in MISSING for error in config.errors):
        return Elsewhere(config, (*told, *config.errors))
    return Elsewhere(load(path, profile=profile, world=supposed, macros=macros), tuple(told))
