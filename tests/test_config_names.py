"""Every option, ACL word, selector and macro of the inventory is known when a configuration is loaded.

The names are in ``tests/names`` too, so that the test runs without the inventory; ``names_tool`` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import names_tool
from drivers.api.options import TYPES
from drivers.api.profile import Profile, release_key
from drivers.api.registry import entries, find
from drivers.api.unit import Unit
from drivers.options.declare import Build
from expander.acl.verify_words import keyword
from expander.config.load import load
from expander.config.macros import predefined
from expander.config.option_tables import driver_options, main_options
from expander.config.profile import PROFILES, chosen
from expander.world.memory import MemoryWorld
from inventory import folder, rows
from loading.options import SECTIONS
from loading.values import GOOD

DEBIAN = PROFILES["debian-12"]
OPTIONS = ("main-option", "router-option", "transport-option", "authenticator-option")
ACL_WORDS = ("acl-condition", "acl-modifier", "acl-control")
RELEASES = ("4.92", "4.93", "4.94", "4.95", "4.96", "4.97", "4.98", "4.99")
PATCHED = {"local_scan_path": "a patch of Debian's has it"}
"""Names that the source of no release has."""

with_inventory = pytest.mark.skipif(
    folder() is None, reason="no inventory: EXIMULATE_INVENTORY names its folder"
)
each_family = pytest.mark.parametrize("family", names_tool.CONFIGURATION)
each_family_of_units = pytest.mark.parametrize(
    "family", [f for f in names_tool.CONFIGURATION if f != "builtin-macro"]
)


def listed(family: str) -> list[list[str]]:
    """The columns of the lines of a list, without the words of conditions."""
    lines = (names_tool.FOLDER / f"{family}s.txt").read_text(encoding="ascii").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("verify=")]


def unit_of(family: str, name: str) -> Unit:
    found = find(family, name)
    assert found is not None, name
    return found


@with_inventory
@each_family
def test_the_lists_are_those_of_the_inventory(family: str) -> None:
    path = names_tool.FOLDER / f"{family}s.txt"
    assert path.read_text(encoding="ascii") == names_tool.configuration_text(family)


@each_family_of_units
@pytest.mark.parametrize(("release", "column"), [("4.96", 0), ("4.100-dev", 1)])
def test_a_release_has_exactly_the_words_of_its_source(family: str, release: str, column: int) -> None:
    profile = chosen(release)
    known = {entry.name for entry in entries(family) if profile.knows(entry)} - PATCHED.keys()
    assert known == {line[0] for line in listed(family) if line[1][column] == "x"}


@each_family_of_units
@pytest.mark.parametrize("release", RELEASES)
def test_a_word_is_there_from_its_first_release_on(family: str, release: str) -> None:
    profile = chosen(release)
    new, old = release_key(release), release_key("4.96")
    for name, there, since, *_ in listed(family):
        unit = unit_of(family, name)
        if since == "-":
            continue
        begun = release_key(since.removeprefix("<=")) <= new
        stayed = there[1] == "x" or (there[0] == "x" and new <= old)
        if begun and stayed:
            assert profile.knows(unit), name
        elif not begun or (there[0] == "." and there[1] == "." and new >= old and name not in PATCHED):
            assert not profile.knows(unit), name


@pytest.mark.parametrize("family", OPTIONS)
def test_the_newest_source_has_the_types_and_defaults_of_the_list(family: str) -> None:
    told, known = {}, {}
    for name, there, _, type_, expanded, default in listed(family):
        if there[1] != "x":
            continue
        facts = unit_of(family, name).facts
        told[name] = (type_.removeprefix("late_"), expanded == "+", default)
        given = facts["default"]
        own = "?" if default == "?" or isinstance(given, Build) else json.dumps(_escaped(given))
        known[name] = (facts["type"].removeprefix("late_"), facts["expanded"], own)
    told.pop("*.set", None), known.pop("*.set", None)
    assert known == told


def _escaped(text: str) -> str:
    return text.replace("\n", "\\n").replace("\t", "\\t")


def test_what_routers_set_is_expanded() -> None:
    """The list says that the option itself is not: the texts in it are."""
    assert unit_of("router-option", "*.set").facts["expanded"]


@pytest.mark.parametrize("family", OPTIONS)
def test_the_build_has_exactly_the_options_of_the_binary_with_their_types(family: str) -> None:
    expected = {line[0]: line[3] for line in listed(family) if line[1][2] == "x"}
    found = options(family)
    assert found.keys() == expected.keys()
    newer = {name for name, unit in found.items() if unit.facts["older_type"] is not None}
    types = {name: str(unit.facts["type"]) for name, unit in found.items() if name not in newer}
    assert {name: PLAIN.get(kind, kind) for name, kind in types.items()} == {
        name: kind for name, kind in expected.items() if name not in newer
    }


PLAIN = {"late_bool": "bool", "late_time": "time", "late_user": "user", "late_group": "group"}
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


def accepting(there: str, unit: Unit) -> Profile:
    """A release that has what is marked so, with all features and the one that the unit needs."""
    profile = chosen("4.100-dev" if there[1] == "x" else "4.96" if there[0] == "x" else "4.92")
    return profile if profile.built_with(unit.feature) else chosen(f"{profile.name},+{unit.feature}")


def complaints(text: str, profile: Profile) -> Iterator[str]:
    world = MemoryWorld(files={"/c": text.encode("latin-1")})
    config = load("/c", profile=profile, world=world, collect=True)
    return (error.message for error in config.errors)


@pytest.mark.parametrize("family", OPTIONS)
def test_every_option_can_be_set_to_a_value_of_its_type(family: str) -> None:
    for name, there, _, type_, *_ in listed(family):
        unit = unit_of(family, name)
        if unit.facts["hidden"] or not unit.facts["settable"]:
            continue
        profile = DEBIAN if name in PATCHED else accepting(there, unit)
        driver, _, plain = name.rpartition(".")
        line = f"{plain} = {GOOD[type_]}"
        kind = family.removesuffix("-option")
        text = (
            f"{line}\n"
            if not driver
            else f"begin {SECTIONS[kind]}\nx:\n driver = {_driver(kind, driver)}\n {line}\n"
        )
        if plain == "driver":
            continue
        bad = [
            message for message in complaints(f"keep_environment =\n{text}", profile) if "unknown" in message
        ]
        assert not bad, (name, bad)


def _driver(kind: str, driver: str) -> str:
    return (
        {"router": "accept", "transport": "smtp", "authenticator": "plaintext"}[kind]
        if driver == "*"
        else driver
    )


@pytest.mark.parametrize("family", ACL_WORDS)
def test_every_word_of_acls_is_read(family: str) -> None:
    for name, there, *_ in listed(family):
        line = f"control = {name}" if family == "acl-control" else f"{name} = a"
        text = f"keep_environment =\nacl_smtp_data = x\nbegin acl\nx:\n warn {line}\n"
        assert not [
            m for m in complaints(text, accepting(there, unit_of(family, name))) if "unknown ACL" in m
        ], name


def test_every_verb_is_read() -> None:
    for name, *_ in listed("acl-verb"):
        assert not [*complaints(f"keep_environment =\nbegin acl\nx:\n {name}\n", DEBIAN)], name


def test_every_keyword_of_verify_is_known() -> None:
    lines = (names_tool.FOLDER / "acl-conditions.txt").read_text(encoding="ascii").splitlines()
    words = [line.split("\t")[0].removeprefix("verify=") for line in lines if line.startswith("verify=")]
    assert words
    assert not [word for word in words if keyword(chosen("4.99"), word) is None]


def test_every_selector_can_be_switched_and_is_on_where_it_should_be() -> None:
    for name, there, _, on in listed("log-selector"):
        unit = unit_of("log-selector", name)
        for sign in "+-":
            assert not [
                *complaints(f"keep_environment =\nlog_selector = {sign}{name}\n", accepting(there, unit))
            ]
        older = chosen("4.96")
        if there[0] == "x":
            assert older.as_of(unit.facts["older"], unit.facts["default"]) == (on[0] == "x"), name
        if there[1] == "x":
            assert unit.facts["default"] == (on[1] == "x"), name


@pytest.mark.parametrize("name", [line[0] for line in listed("builtin-macro")])
def test_a_predefined_macro_or_family_is_there_as_often_as_in_the_binary(name: str) -> None:
    count = next(int(line[2]) for line in listed("builtin-macro") if line[0] == name)
    assert len(macros_of(name, DEBIAN)) == count


def macros_of(name: str, profile: Profile) -> list[str]:
    """The macros of that name, or of the family that a name with an asterisk stands for."""
    found = predefined(profile)
    return (
        [m for m in found if m.startswith(name[:-1])]
        if name.endswith("*")
        else [m for m in found if m == name]
    )


OTHER_BUILDS = (
    "+openssl,+openssl_bad_ourcert",
    "+spf_perl",
    "+hints_gdbm",
    "+hints_ndbm",
    "+hints_sqlite",
    "+hints_tdb",
)
"""Builds beside that with everything: of some features there is one only."""


@pytest.mark.parametrize(("release", "column"), [("4.96", 0), ("4.100-dev", 1)])
def test_a_release_has_exactly_the_macros_of_its_source(release: str, column: int) -> None:
    builds = [chosen(release), *(chosen(f"{release},{features}") for features in OTHER_BUILDS)]
    found = {
        line[0] for line in listed("builtin-macro") if any(macros_of(line[0], build) for build in builds)
    }
    assert found == {line[0] for line in listed("builtin-macro") if line[1][column] == "x"}


def test_every_predefined_macro_is_in_the_list() -> None:
    names = {line[0] for line in listed("builtin-macro")}
    families = tuple(name[:-1] for name in names if name.endswith("*"))
    for build in ("4.96", "4.100-dev", "4.99,+openssl"):
        assert not [m for m in predefined(chosen(build)) if m not in names and not m.startswith(families)]


def test_every_type_has_a_good_value() -> None:
    assert GOOD.keys() >= TYPES.keys()


@with_inventory
def test_the_words_of_acls_know_where_they_are_permitted() -> None:
    told, known = {}, {}
    for family in ACL_WORDS:
        for row in rows(names_tool.CONFIGURATION[family]):
            unit = find(family, row["name"])
            if unit is None or "permitted_in" not in row or not row["in_head"]:
                continue
            told[family, row["name"]] = set(row["permitted_in"])
            known[family, row["name"]] = set(unit.facts["phases"])
    assert known == told
