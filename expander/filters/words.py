"""The words of the Exim filter language, for the parser, out of the units."""

from __future__ import annotations

from functools import lru_cache

from drivers.api import registry
from grammar.filter import FilterWords

COMMAND = "filter-command"
CONDITION = "filter-condition"


@lru_cache(maxsize=16)
def filter_words(*, is_system: bool, allowed: frozenset[str] = frozenset()) -> FilterWords:
    """The words for a system filter or a user's; the latter has ``allowed`` out of the former's own."""
    commands = {unit.name: unit for unit in registry.units(COMMAND)}
    conditions = list(registry.units(CONDITION))
    return FilterWords(
        commands={name: unit.facts["form"] for name, unit in commands.items() if unit.facts["form"] != "IF"},
        options=frozenset(commands["mail"].facts["options"]),
        comparisons=frozenset(
            spelling for unit in conditions for spelling in unit.facts.get("spellings", ())
        ),
        named={
            unit.name: unit.facts["form"] == "personal"
            for unit in conditions
            if unit.facts["form"] in {"word", "personal"}
        },
        disabled=frozenset()
        if is_system
        else frozenset(name for name, unit in commands.items() if unit.facts.get("disabled")) - allowed,
        is_system=is_system,
    )


@lru_cache(maxsize=1)
def spellings() -> dict[str, str]:
    """The name of the unit for each spelling of a comparison."""
    return {s: unit.name for unit in registry.units(CONDITION) for s in unit.facts.get("spellings", ())}
