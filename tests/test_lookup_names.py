"""Every lookup type works, or says by name what it lacks."""

from __future__ import annotations

import pytest

import inventory
from drivers.api import registry
from drivers.api.errors import EximError, Unsupported
from drivers.values.lookup_type import SINGLE_KEY
from expander.api import Expander
from expander.config import profile as profiles
from expander.world.memory import MemoryWorld

WITHOUT_CLIENT = frozenset(("ibase", "nisplus", "nmh", "oracle", "whoson"))
SERVERS = {"oracle": "oracle_servers", "ibase": "ibase_servers"}
NEWEST, BEFORE = "4.100-dev", "4.96"
NAMES = [entry.name for entry in registry.entries("lookup")]


def expander(name: str) -> Expander:
    """One for a release and a build that have the type."""
    entry = registry.entry("lookup", name)
    assert entry is not None
    release = BEFORE if entry.until else NEWEST
    made = Expander(
        profile=profiles.chosen(f"{release},+{entry.feature}" if entry.feature else release),
        world=MemoryWorld(),
    )
    if name in SERVERS:
        made.context.options = {**made.context.options, SERVERS[name]: "host/db/user/secret"}
    return made


def answer(name: str) -> str | EximError:
    """What a lookup of the type comes to."""
    unit = registry.find("lookup", name)
    assert unit is not None
    keyed = unit.facts["style"] == SINGLE_KEY
    text = f"${{lookup{{1.2.3.4}}{name}{{/a.file}}}}" if keyed else f"${{lookup {name}{{query}}}}"
    try:
        return expander(name).expand(text)
    except EximError as problem:
        return problem


@pytest.mark.parametrize("name", NAMES)
def test_a_type_works_or_says_what_it_lacks(name: str) -> None:
    found = answer(name)
    assert isinstance(found, Unsupported) == (name in WITHOUT_CLIENT)
    if isinstance(found, Unsupported):
        assert f'lookup type "{name}" is not supported by eximulate: it has no ' in found.message


def test_the_inventory_knows_no_other_types() -> None:
    if inventory.folder() is None:
        pytest.skip("no inventory")
    assert {row["name"] for row in inventory.rows("lookups")} <= set(NAMES)
