"""The options that a profile's Exim has, with their defaults, out of the units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from drivers.api.options import TYPES
from drivers.api.registry import find, names_in
from drivers.api.unit import Unit
from drivers.options.declare import Build
from expander.config.profile import BUILD
from grammar.record import replaced

if TYPE_CHECKING:
    from drivers.api.options import OptionType
    from drivers.api.profile import Profile

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


class OptionTable(Mapping[str, Unit]):
    """Options of one kind by name; the units are found when they are asked for.

    ``prefix`` stands before the names in the family.
    """

    def __init__(self, profile: Profile, family: str, names: tuple[str, ...], prefix: str = "") -> None:
        self._profile = profile
        self._family = family
        self._prefix = prefix
        self._units: dict[str, Unit | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Unit:
        unit = self._units[name]
        if unit is None:
            found = find(self._family, self._prefix + name)
            assert found is not None, name
            unit = self._units[name] = _as_in(found, self._profile)
        return unit

    def __contains__(self, name: object) -> bool:
        return name in self._units

    def __iter__(self) -> Iterator[str]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)


@lru_cache(maxsize=16)
def main_options(profile: Profile) -> Mapping[str, Unit]:
    """The main options by name."""
    return OptionTable(profile, "main-option", tuple(sorted(names_in(profile, "main-option"))))


def _as_in(unit: Unit, profile: Profile) -> Unit:
    """The option with the type that it has in the profile's release."""
    type_ = profile.as_of(unit.facts["older_type"], unit.facts["type"])
    if type_ == unit.facts["type"]:
        return unit
    return replaced(unit, impl=TYPES[type_], facts={**unit.facts, "type": type_, "expanded": False})


@lru_cache(maxsize=16)
def driver_tables(profile: Profile, family: str) -> Mapping[str, Mapping[str, Unit]]:
    """The options of all drivers of a family by driver; the generic ones are those of `GENERIC`."""
    names: dict[str, list[str]] = {}
    for known in sorted(names_in(profile, f"{family}-option")):
        driver, _, name = known.partition(".")
        names.setdefault(driver, []).append(name)
    return {
        driver: OptionTable(profile, f"{family}-option", tuple(own), f"{driver}.")
        for driver, own in names.items()
    }


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
