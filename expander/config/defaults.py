"""The main options where no configuration is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from expander.config.model import Options, empty_options
from grammar.record import replaced

if TYPE_CHECKING:
    from drivers.api.outside import World
    from drivers.api.profile import Profile

LONGEST_RETRY_INTERVAL = 86400
"""Retry times are a day apart at most, whatever is set."""


def default_options(profile: Profile, world: World | None = None) -> Options:
    """All main options with their defaults; the host's own name where a world is given."""
    options = empty_options(profile)
    settle(options, world)
    return options


def settle(options: Options, world: World | None) -> None:
    """Fill in the defaults that depend on the host or on each other."""
    if not options["primary_hostname"] and world is not None:
        options.assume("primary_hostname", world.host.name())
    for name, built_in in world.users.built_in().items() if world else ():
        options.assume(name, built_in)
    if not options.is_set("qualify_domain"):
        options.assume("qualify_domain", options["primary_hostname"])
    if not options.is_set("qualify_recipient"):
        options.assume("qualify_recipient", options["qualify_domain"])
    if not options["process_log_path"]:
        _put(options, "process_log_path", f"{options['spool_directory']}/exim-process.info")
    _put(options, "remote_max_parallel", max(options["remote_max_parallel"], 1))
    _put(options, "retry_interval_max", min(options["retry_interval_max"], LONGEST_RETRY_INTERVAL))


def _put(options: Options, name: str, value: Any) -> None:
    """Give an option a value in place of the one that was set or of the default."""
    setting = options.settings.get(name)
    if setting is None:
        options.assume(name, value)
    elif setting.value != value:
        options.settings[name] = replaced(setting, value=value)
