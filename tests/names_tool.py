"""Writes the lists in ``tests/names`` from the inventory, whose folder ``EXIMULATE_INVENTORY`` names.

A line has the name, the first release with it (``-``: not told), an ``x`` or a dot for 4.96 and for
the newest source, and the build condition in the words of the source (``-``: always there).
"""

from __future__ import annotations

import json
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
"""The families of what configurations are made of.

A line of these lists has, with tabs between them, the name (for a driver's option with the driver before
it), an x or a dot for 4.96, for the newest source and, for options, for Debian's build, and the first release
with it; an option's also the type, a plus where it is expanded, and the default in JSON, with "?" for one
that the build or the host gives; a log selector's whether it is on in 4.96 and in the newest. A macro's line
has the name, the releases, and how many there are in Debian's build.
"""

SYNTAX = frozenset("!")
"""Conditions that are no names but syntax."""

PLACE = re.compile(r"<[A-Z_]+>")
"""What stands for a value of the build or of the host."""

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
    found = {"\t".join(_columns(family, row)) for row in rows(CONFIGURATION[family])}
    return "".join(f"{line}\n" for line in sorted(found))


def _columns(family: str, row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['driver']}.{row['name']}" if "driver" in row else row["name"]
    releases = ("in_4_96", "in_head", "in_4_96_binary")
    yield "".join("x" if row[column] else "." for column in releases if column in row)
    if family == "builtin-macro":
        yield str(row.get("count_4_96_binary") or 0)
        return
    yield row.get("since") or "-"
    if "type" in row:
        yield row["type"]
        yield "+" if row["expanded"] else "-"
        yield "?" if PLACE.search(row["default"]) else json.dumps(row["default"])
    elif family == "log-selector":
        yield "".join("x" if row[column] else "." for column in ("default_4_96", "default"))


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
