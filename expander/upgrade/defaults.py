"""Defaults that change, where the configuration leaves an option to its default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.config.option_tables import GENERIC, default_text, driver_options, main_options
from expander.upgrade.matters import NEW_THAT_MATTER, SAME_EFFECT, WITH_DNS
from expander.upgrade.remark import REMARK, Remark, at, begins, releases_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from drivers.api.profile import Profile
    from drivers.api.unit import Unit
    from expander.config.model import Config, Instance

    Table = Callable[[Profile], Mapping[str, Unit]]


def changed_defaults(config: Config, old: Profile, new: Profile) -> Iterator[Remark]:
    """A remark for each default that changes and counts; those of drivers name the drivers."""
    for unit, before, release in _changes("main-option", main_options, old, new):
        if not config.options.is_set(unit.name):
            message = _message(f"main option {unit.name}", unit, before, new)
            yield Remark(REMARK, release, message, None, _keeping(unit.name, before))
    for family in ("router", "transport", "authenticator"):
        for driver in (GENERIC, *sorted({i.driver for i in config.instances(family)})):
            yield from _of_driver(config.instances(family), family, driver, old, new)


def _of_driver(
    instances: list[Instance], family: str, driver: str, old: Profile, new: Profile
) -> Iterator[Remark]:
    def table(profile: Profile) -> Mapping[str, Unit]:
        return driver_options(profile, family, driver)

    for unit, before, release in _changes(f"{family}-option", table, old, new):
        plain = unit.name.rpartition(".")[2]
        users = [
            instance
            for instance in instances
            if driver in {GENERIC, instance.driver}
            and not instance.options.is_set(plain)
            and not (plain.startswith("dnssec_") and family == "router" and instance.driver not in WITH_DNS)
        ]
        if users:
            what = f"{family} option {plain}"
            names = ", ".join(instance.name for instance in users)
            notes = (f"left to the default by {names}", *_keeping(plain, before))
            yield Remark(REMARK, release, _message(what, unit, before, new), users[0].span, notes)


def _changes(family: str, table: Table, old: Profile, new: Profile) -> Iterator[tuple[Unit, str | None, str]]:
    """The options with another default: the unit, the default before (None: no such option), the release."""
    earlier, later = table(old), table(new)
    for plain in sorted(later):
        unit: Unit = later[plain]
        if unit.facts["hidden"]:
            continue
        if plain not in earlier:
            if (family, unit.name) in NEW_THAT_MATTER and begins(unit.since, old, new):
                yield unit, None, unit.since
            continue
        before, after = default_text(earlier[plain], old), default_text(unit, new)
        if before != after and (family, unit.name) not in SAME_EFFECT:
            yield unit, before, _first(plain, table, old, new, before)


def _first(plain: str, table: Table, old: Profile, new: Profile, before: str) -> str:
    """The release with which the default changes."""
    for release in releases_between(old, new):
        profile = at(new, release)
        unit = table(profile).get(plain)
        if unit is not None and default_text(unit, profile) != before:
            return release
    return new.release


def _message(what: str, unit: Unit, before: str | None, new: Profile) -> str:
    after = default_text(unit, new)
    if before is None:
        return f"{what} is new, and {after} where it is not set: {_start_small(unit.summary)}"
    return f"the default of {what} changes from {before or 'nothing'} to {after or 'nothing'}"


def _keeping(name: str, before: str | None) -> tuple[str, ...]:
    """What to write for the old default."""
    setting = f"{name} = {before}".rstrip()
    return () if before is None else (f'"{setting}" keeps the old one',)


def _start_small(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:].rstrip('.')}"
