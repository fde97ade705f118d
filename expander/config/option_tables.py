"""The options that a profile's Exim has, with their defaults, out of the units."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from drivers.api.options import TYPES
from drivers.api.registry import units
from drivers.options.declare import Build
from expander.config.profile import BUILD
from grammar.record import replaced

if TYPE_CHECKING:
    from drivers.api.options import OptionType
    from drivers.api.profile import Profile
    from drivers.api.unit import Unit

FAMILIES = ("router", "transport", "authenticator")
GENERIC = "*"
ALIASES = {"daemon_smtp_port": "daemon_smtp_ports", "return_size_limit": "bounce_return_size_limit"}
"""Old names of main options, which set the same value."""

_DRIVERS_SINCE = {
    ("authenticator", "dovecot"): "4.64",
    ("authenticator", "external"): "4.93",
    ("authenticator", "gsasl"): "4.80",
    ("authenticator", "heimdal_gssapi"): "4.80",
    ("authenticator", "tls"): "4.86",
    ("transport", "queuefile"): "4.88",
}
"""The first releases with drivers that came later than 4.50."""


@lru_cache(maxsize=16)
def main_options(profile: Profile) -> Mapping[str, Unit]:
    """The main options by name."""
    return {unit.name: _as_in(unit, profile) for unit in units("main-option") if profile.has(unit)}


def _as_in(unit: Unit, profile: Profile) -> Unit:
    """The option with the type that it has in the profile's release."""
    type_ = profile.as_of(unit.facts["older_type"], unit.facts["type"])
    if type_ == unit.facts["type"]:
        return unit
    return replaced(unit, impl=TYPES[type_], facts={**unit.facts, "type": type_, "expanded": False})


@lru_cache(maxsize=16)
def driver_tables(profile: Profile, family: str) -> Mapping[str, Mapping[str, Unit]]:
    """The options of all drivers of a family by driver; the generic ones are those of `GENERIC`."""
    tables: dict[str, dict[str, Unit]] = {}
    for unit in units(f"{family}-option"):
        if profile.has(unit):
            driver, _, name = unit.name.partition(".")
            tables.setdefault(driver, {})[name] = _as_in(unit, profile)
    return tables


def driver_options(profile: Profile, family: str, driver: str) -> Mapping[str, Unit]:
    """The private options of a driver, or the generic ones of the family for `GENERIC`."""
    return driver_tables(profile, family).get(driver, {})


def driver_names(profile: Profile, family: str) -> tuple[str, ...]:
    """The drivers that the release and the build have."""
    prefix = "auth_" if family == "authenticator" else f"{family}_"
    named = sorted(f.removeprefix(prefix) for f in profile.features if f.startswith(prefix))
    return tuple(n for n in named if profile.at_least(_DRIVERS_SINCE.get((family, n), "4.00")))


def default_text(unit: Unit, profile: Profile) -> str:
    """The default of an option as Exim would print it; "" where nothing is set.

    Defaults that the host gives are "" here: they are known when a configuration is loaded.
    """
    default = profile.as_of(unit.facts["older"], unit.facts["default"])
    if isinstance(default, Build):
        return profile.version if default.name == "VERSION" else BUILD.get(default.name, "")
    return str(default)


def default_value(unit: Unit, profile: Profile) -> Any:
    """The default of an option as a value of its type."""
    option_type: OptionType = unit.impl
    text = default_text(unit, profile)
    if not text:
        return option_type.unset
    if option_type.name in {"string", "user", "group", "rewrite_rules", "late_user", "late_group"}:
        return text
    return option_type.read(text, unit.name, None)
