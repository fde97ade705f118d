"""Writes the lists in ``tests/names`` from the inventory, whose folder ``EXIMULATE_INVENTORY`` names.

A line has the name, the first release with it (``-``: not told), an ``x`` or a dot for 4.96 and for
the newest source, and the build condition in the words of the source (``-``: always there).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inventory import rows

FOLDER = Path(__file__).parent / "names"
FAMILIES = {
    "item": "expansion_items",
    "operator": "expansion_operators",
    "condition": "expansion_conditions",
    "variable": "variables",
}
"""The families of units, and the inventory's files with their rows."""

CONFIGURATION = {
    "acl-verb": "acl_verbs",
    "acl-condition": "acl_conditions",
    "acl-modifier": "acl_modifiers",
    "acl-control": "acl_controls",
    "log-selector": "log_selectors",
    "main-option": "main_options",
    "router-option": "routers",
    "transport-option": "transports",
    "authenticator-option": "authenticators",
    "builtin-macro": "builtin_macros",
}
"""The families of what configurations are made of. A line of these lists has the name (for a driver's option
with the driver before it), an x or a dot for 4.96, for the newest source and, for options, for Debian's
build, and the type; a macro's has how many there are in that build."""

SYNTAX = frozenset("!")
"""Conditions that are no names but syntax."""

_RANGE = re.compile(r"([a-z]+)([0-9])\.\.\1([0-9])")
_HEADER = re.compile(r"([rbl]?)header_\* / \1h_\*")


def names_of(name: str) -> list[str]:
    """The units that a row is about: a range or a family of names may stand for several."""
    if name == "quote_LOOKUPTYPE":
        return [f"quote_{row['name']}" for row in rows("lookups")]
    if found := _RANGE.fullmatch(name):
        return [f"{found[1]}{digit}" for digit in range(int(found[2]), int(found[3]) + 1)]
    if found := _HEADER.fullmatch(name):
        return [f"{found[1]}h_*"]
    return [name]


def belongs(family: str, row: dict[str, Any]) -> bool:
    """True for a row about names; items have rows about syntax as well."""
    return row.get("kind", "item") == "item" if family == "item" else row["name"] not in SYNTAX


def lines(family: str) -> Iterator[str]:
    """The lines of a family's list, by name."""
    found = {}
    lookups = {f"quote_{row['name']}": row for row in rows("lookups")}
    for row in rows(FAMILIES[family]):
        if not belongs(family, row):
            continue
        for name in names_of(row["name"]):
            of = lookups[name] if row["name"] == "quote_LOOKUPTYPE" else row
            releases = "".join(
                "x" if of.get(column, row.get(column)) else "." for column in ("in_4_96", "in_head")
            )
            found[name] = f"{name} {of['since'] or '-'} {releases} {(of['build'] or '-').replace(' ', '')}"
    return iter([found[name] for name in sorted(found)])


def configuration_text(family: str) -> str:
    """The contents of the list of a family of configurations."""
    found = set()
    for row in rows(CONFIGURATION[family]):
        if "=" in row["name"]:  # words of a condition's value
            continue
        name = f"{row['driver']}.{row['name']}" if "driver" in row else row["name"]
        if family == "builtin-macro":
            count = row.get("count_4_96_binary")
            if count is not None and row["in_4_96"]:
                found.add(f"{name} {count}")
            continue
        releases = "".join(
            "x" if row[column] else "."
            for column in ("in_4_96", "in_head", "in_4_96_binary")
            if column in row
        )
        found.add(f"{name} {releases} {row['type']}" if "type" in row else f"{name} {releases}")
    return "".join(f"{line}\n" for line in sorted(found))


def text(family: str) -> str:
    """The contents of a family's list."""
    return "".join(f"{line}\n" for line in lines(family))


def main() -> int:
    """Write the lists that are not up to date; the exit status."""
    FOLDER.mkdir(exist_ok=True)
    for family in FAMILIES:
        (FOLDER / f"{family}s.txt").write_text(text(family), encoding="ascii")
    for family in CONFIGURATION:
        (FOLDER / f"{family}s.txt").write_text(configuration_text(family), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
