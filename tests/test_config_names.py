"""Every option, ACL word, selector and macro of the inventory is known when a configuration is loaded.

The names are in ``tests/names`` too, so that the test runs without the inventory; ``names_tool`` writes them.
"""

from __future__ import annotations

import pytest

import names_tool
from drivers.api.registry import entries, find
from drivers.api.unit import Unit
from expander.config.macros import predefined
from expander.config.option_tables import driver_options, main_options
from expander.config.profile import PROFILES, chosen
from inventory import folder, rows

DEBIAN = PROFILES["debian-12"]
UNITS = {
    "acl-verb": "acl-verb",
    "acl-condition": "acl-condition",
    "acl-modifier": "acl-modifier",
    "acl-control": "acl-control",
    "log-selector": "log-selector",
}
with_inventory = pytest.mark.skipif(
    folder() is None, reason="no inventory: EXIMULATE_INVENTORY names its folder"
)
each_family = pytest.mark.parametrize("family", names_tool.CONFIGURATION)


def listed(family: str) -> list[list[str]]:
    lines = (names_tool.FOLDER / f"{family}s.txt").read_text(encoding="ascii").splitlines()
    return [line.split() for line in lines]


@with_inventory
@each_family
def test_the_lists_are_those_of_the_inventory(family: str) -> None:
    path = names_tool.FOLDER / f"{family}s.txt"
    assert path.read_text(encoding="ascii") == names_tool.configuration_text(family)


@pytest.mark.parametrize("family", UNITS)
@pytest.mark.parametrize(("release", "column"), [("4.96", 0), ("4.100-dev", 1)])
def test_a_release_has_exactly_the_words_of_its_source(family: str, release: str, column: int) -> None:
    profile = chosen(release)
    known = {entry.name for entry in entries(family) if profile.knows(entry)}
    assert known == {line[0] for line in listed(family) if line[1][column] == "x"}


@pytest.mark.parametrize(
    "family", ["main-option", "router-option", "transport-option", "authenticator-option"]
)
def test_the_build_has_exactly_the_options_of_the_binary_with_their_types(family: str) -> None:
    expected = {line[0]: line[2] for line in listed(family) if line[1][2] == "x"}
    found = options(family)
    assert found.keys() == expected.keys()
    newer = {name for name, unit in found.items() if unit.facts["older_type"] is not None}
    types = {name: str(unit.facts["type"]) for name, unit in found.items() if name not in newer}
    assert {name: TYPES.get(kind, kind) for name, kind in types.items()} == {
        name: kind for name, kind in expected.items() if name not in newer
    }


TYPES = {"late_bool": "bool", "late_time": "time", "late_user": "user", "late_group": "group"}
"""Types that only tell whether the text may be expanded first."""


def options(family: str) -> dict[str, Unit]:
    """The options of the profile by name, those of drivers with the driver's name before it."""
    if family == "main-option":
        return dict(main_options(DEBIAN))
    kind = family.removesuffix("-option")
    drivers = {line[0].partition(".")[0] for line in listed(family)}
    return {
        f"{driver}.{name}": unit
        for driver in drivers
        for name, unit in driver_options(DEBIAN, kind, driver).items()
    }


@pytest.mark.parametrize("name", [line[0] for line in listed("builtin-macro")])
def test_a_predefined_macro_or_family_is_there_as_often_as_in_the_binary(name: str) -> None:
    count = next(int(line[1]) for line in listed("builtin-macro") if line[0] == name)
    macros = predefined(DEBIAN)
    found = (
        [m for m in macros if m.startswith(name[:-1])]
        if name.endswith("*")
        else [m for m in macros if m == name]
    )
    assert len(found) == count


@with_inventory
def test_the_words_of_acls_know_where_they_are_permitted() -> None:
    told, known = {}, {}
    for family in ("acl-condition", "acl-modifier", "acl-control"):
        for row in rows(names_tool.CONFIGURATION[family]):
            unit = find(family, row["name"])
            if unit is None or "permitted_in" not in row or not row["in_head"]:
                continue
            told[family, row["name"]] = set(row["permitted_in"])
            known[family, row["name"]] = set(unit.facts["phases"])
    assert known == told
