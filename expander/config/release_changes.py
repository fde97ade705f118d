"""What differs between two profiles: names that come and go, defaults, types, where ACL words may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.registry import entries, families, units
from expander.config.macros import predefined
from expander.config.option_tables import (
    FAMILIES,
    default_text,
    driver_names,
    driver_tables,
    main_options,
)
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drivers.api.profile import Profile
    from drivers.api.unit import Unit

ADDED, REMOVED, DEFAULT, TYPE, PHASES, VALUE = "added", "removed", "default", "type", "phases", "value"
MACRO = "macro"


class Change(Record):
    """One difference between two profiles.

    ``family`` is that of a unit ("main-option", "router-option", "variable"...), the kind of a driver
    ("router", "transport", "authenticator") or "macro"; an option of a driver is called ``driver.name``,
    where ``*`` stands for the generic ones. ``kind`` is "added", "removed", "default", "type", "phases"
    (where a word of ACLs may stand) or "value" (of a macro). ``old`` and ``new`` are as Exim prints them,
    "" where there is none.
    """

    family: str
    name: str
    kind: str
    old: str = ""
    new: str = ""


def changes(old: Profile, new: Profile) -> list[Change]:
    """The differences between two profiles, by family and name; predefined macros come last.

    A name counts as added or removed where its release or the features of the build bring or take it.
    """
    found: list[Change] = []
    for family in sorted(families()):
        found += _names(family, _known(family, old), _known(family, new))
    for family in FAMILIES:
        found += _names(family, driver_names(old, family), driver_names(new, family))
    found += _options("main-option", main_options(old), main_options(new), old, new)
    for family in FAMILIES:
        earlier, later = driver_tables(old, family), driver_tables(new, family)
        for driver in earlier.keys() & later.keys():
            found += _options(f"{family}-option", earlier[driver], later[driver], old, new)
    for family in ("acl-condition", "acl-control", "acl-modifier"):
        found += _phases(family, old, new)
    found += _selectors(old, new)
    found.sort(key=lambda change: (change.family, change.name, change.kind))
    return found + _macros(old, new)


def _known(family: str, profile: Profile) -> list[str]:
    return [entry.name for entry in entries(family) if profile.has(entry)]


def _names(family: str, old: list[str] | tuple[str, ...], new: list[str] | tuple[str, ...]) -> list[Change]:
    gone, come = set(old) - set(new), set(new) - set(old)
    return [
        *(Change(family, name, REMOVED) for name in gone),
        *(Change(family, name, ADDED) for name in come),
    ]


def _options(
    family: str, earlier: Mapping[str, Unit], later: Mapping[str, Unit], old: Profile, new: Profile
) -> Iterator[Change]:
    """The defaults and types of the options that both have."""
    for plain in earlier.keys() & later.keys():
        before, after = earlier[plain], later[plain]
        pairs = (
            (TYPE, _type(before), _type(after)),
            (DEFAULT, default_text(before, old), default_text(after, new)),
        )
        for kind, was, becomes in pairs:
            if was != becomes:
                yield Change(family, before.name, kind, was, becomes)


def _type(unit: Unit) -> str:
    """The type with a note on whether the value is expanded."""
    name: str = unit.facts["type"]
    return f"{name}, expanded" if unit.facts["expanded"] else name


def _phases(family: str, old: Profile, new: Profile) -> Iterator[Change]:
    for unit in units(family):
        if old.has(unit) and new.has(unit):
            was, becomes = (p.as_of(unit.facts["older"], unit.facts["phases"]) for p in (old, new))
            if set(was) != set(becomes):
                yield Change(family, unit.name, PHASES, " ".join(was), " ".join(becomes))


def _selectors(old: Profile, new: Profile) -> Iterator[Change]:
    """Log selectors that are on in one of the two where nothing is set."""
    for unit in units("log-selector"):
        if old.has(unit) and new.has(unit):
            was, becomes = (p.as_of(unit.facts["older"], unit.facts["default"]) for p in (old, new))
            if was != becomes:
                yield Change(
                    "log-selector", unit.name, DEFAULT, *("on" if on else "off" for on in (was, becomes))
                )


def _macros(old: Profile, new: Profile) -> list[Change]:
    before, after = predefined(old), predefined(new)
    found = _names(MACRO, [*before], [*after])
    found += [
        Change(MACRO, name, VALUE, before[name], after[name])
        for name in before.keys() & after.keys()
        if before[name] != after[name]
    ]
    return sorted(found, key=lambda change: (change.name, change.kind))
