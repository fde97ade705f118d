"""Finding units by name: their modules are imported when they are met, their shapes need no import."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from drivers.api.index import Entry
from drivers.api.unit import UNITS, Unit, UnknownUnitError
from drivers.index import CONDITION_SHAPES, ITEM_SHAPES, OPERATOR_SHAPES, ROWS
from grammar.shapes import RAW, TEXT, ConditionShape, ItemShape, Shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, KeysView

    from drivers.api.profile import Profile


EXPANDS_LISTS = "expand_listmatch_rhs"
"""The feature of a build in which ``match_domain`` and its like expand the list."""


def families() -> KeysView[str]:
    """The families that have units: "operator", "item", "condition", "variable"..."""
    return ROWS.keys()


def names(family: str) -> KeysView[str]:
    """The names of a family's units, sorted, whatever release or build has them."""
    return ROWS.get(family, {}).keys()


def entry(family: str, name: str) -> Entry | None:
    """What is known of a unit without importing it; None for a name that no release has."""
    row = ROWS.get(family, {}).get(name)
    return None if row is None else Entry(family, name, *row)


def find(family: str, name: str) -> Unit | None:
    """The unit of that name, or None; whether the profile in force has it is for the caller to ask.

    Imports the unit's module. Raises `UnknownUnitError` if the index names a module that lacks it.
    """
    unit = UNITS.get((family, name))
    if unit is not None:
        return unit
    row = ROWS.get(family, {}).get(name)
    if row is None:
        return None
    import_module(row[0])
    unit = UNITS.get((family, name))
    if unit is None:
        raise UnknownUnitError(f"the index is stale: {row[0]} has no {family} {name}")
    return unit


def entries(family: str) -> Iterator[Entry]:
    """What is known of all units of a family by name; imports nothing."""
    for name, row in ROWS.get(family, {}).items():
        yield Entry(family, name, *row)


@lru_cache(maxsize=64)
def names_in(profile: Profile, family: str) -> frozenset[str]:
    """The names of a family that the release and the build of a profile have; imports nothing."""
    return frozenset(found.name for found in entries(family) if profile.has(found))


def units(family: str) -> Iterator[Unit]:
    """All units of a family by name; imports all its modules."""
    for name in names(family):
        unit = find(family, name)
        if unit is not None:
            yield unit


def not_built(name: str) -> str:
    """What Exim says of an item whose support was not compiled in."""
    return f'"${{{name}" encountered, but this facility is not included in this binary'


def _refused(name: str, shape: ItemShape) -> ItemShape:
    return ItemShape(
        shape.least, shape.most, shape.groups, shape.branches, complaints={"few": not_built(name)}
    )


def _expanded(shape: ConditionShape) -> ConditionShape:
    """The shape of a condition that expands its list as well."""
    return ConditionShape(shape.form, shape.least, shape.most, (TEXT,), shape.complaints)


@lru_cache(maxsize=16)
def shapes(profile: Profile) -> Shapes:
    """The names that the release of a profile knows, with their shapes, for the parser.

    A name whose feature the build lacks is among them: Exim reads it and then says that its
    support is not compiled in. An item says so before anything is missing in it.
    """

    def known(family: str, name: str) -> bool:
        return profile.knows(Entry(family, name, *ROWS[family][name]))

    expands = profile.built_with(EXPANDS_LISTS)
    return Shapes(
        items={
            name: shape if profile.built_with(ROWS["item"][name][3]) else _refused(name, shape)
            for name, shape in ITEM_SHAPES.items()
            if known("item", name)
        },
        operators={name: shape for name, shape in OPERATOR_SHAPES.items() if known("operator", name)},
        conditions={
            name: _expanded(shape) if expands and RAW in shape.groups else shape
            for name, shape in CONDITION_SHAPES.items()
            if known("condition", name)
        },
    )
