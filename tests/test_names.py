"""Every name of the language has a unit in each release that has the name, and no unit has a name of its own.

The names are in ``tests/names``, as plain facts: see ``names_tool``.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

import names_tool
from drivers.api.registry import entries, find
from expander.config.profile import chosen
from grammar.shapes import ConditionShape, ItemShape, OperatorShape
from inventory import folder, rows

FEATURES = {
    "-": None,
    "always": None,
    "!DISABLE_DKIM": "dkim",
    "!DISABLE_EVENT": "event",
    "!DISABLE_PRDR": "prdr",
    "!DISABLE_TLS": "tls",
    "!DISABLE_TLS_RESUME": "tls_resume",
    "CYRUS_PWCHECK_SOCKET": "pwcheck",
    "CYRUS_SASLAUTHD_SOCKET": "saslauthd",
    "EXIM_HAVE_DMARC": "dmarc",
    "EXIM_HAVE_SHA3": "sha3",
    "EXIM_HAVE_SPF": "spf",
    "EXIM_PERL": "perl",
    "EXPAND_DLFUNC": "dlfunc",
    "EXPERIMENTAL_ARC": "arc",
    "EXPERIMENTAL_BRIGHTMAIL": "brightmail",
    "EXPERIMENTAL_DCC": "dcc",
    "EXPERIMENTAL_NMH": "lookup_nmh",
    "EXPERIMENTAL_SRS_ALT": "srs_alt",
    "HAVE_LOCAL_SCAN": "local_scan",
    "LOOKUP_LMDB(EXPERIMENTAL_LMDBbefore4.95)": "lookup_lmdb",
    "RADIUS_CONFIG_FILE": "radius",
    "SUPPORT_CRYPTEQ": "crypteq",
    "SUPPORT_DANE": "dane",
    "SUPPORT_I18N": "i18n",
    "SUPPORT_PAM": "pam",
    "SUPPORT_PROXY||SUPPORT_SOCKS": "proxy",
    "SUPPORT_SPF": "spf",
    "SUPPORT_SRS": "srs",
    "WITH_CONTENT_SCAN": "content_scan",
}
"""The features of units by the source's conditions; those of lookups have the same name in both."""

OF_SCANNING = {f"regex{number}": "WITH_CONTENT_SCAN" for number in range(1, 10)}
"""Names that the source reads without a table, with the condition around that."""

READ_OTHERWISE = frozenset(("extract", "lookup"))
"""Items of which a value or a word tells how many groups they have."""

ARGUMENTS = {
    "none": ("",),
    "def": (":VARIABLE or :header_NAME:",),
    "subconditions": ("{{COND1}{COND2}...}",),
    "list": ("{LIST}{CONDITION}", "{ARRAY}{CONDITION}"),
    "bundle": ("{{NAME}{ARG}...}", "{{USER}{PASSWORD}{SERVICE}{REALM}}"),
    "strings": (
        "{N1}{N2}",
        "{S1}{S2}",
        "{STRING}",
        "{PATH}",
        "{PLAINTEXT}{ENCRYPTED}",
        "{LOCAL_PART}{SECRET}",
        "{SUBJECT}{LIST}",
        "{SUBJECT}{REGEX}",
        "{ADDRESS}{ADDRLIST}",
        "{DOMAIN}{DOMAINLIST}",
        "{IP}{HOSTLIST}",
        "{LOCALPART}{LIST}",
        "{LDAP_QUERY}",
        "{USER:PASSWORD...}",
        "{USER:PASSWORD}",
    ),
}
"""The forms of conditions, as the inventory writes them."""

each_family = pytest.mark.parametrize("family", names_tool.FAMILIES)
with_inventory = pytest.mark.skipif(
    folder() is None, reason="no inventory: EXIMULATE_INVENTORY names its folder"
)


class Listed(NamedTuple):
    """A line of a list."""

    name: str
    since: str
    releases: str
    build: str


def listed(family: str) -> list[Listed]:
    lines = (names_tool.FOLDER / f"{family}s.txt").read_text(encoding="ascii").splitlines()
    return [Listed(*line.split()) for line in lines]


@each_family
@pytest.mark.parametrize(("release", "column"), [("4.96", 0), ("4.100-dev", 1)])
def test_a_release_has_exactly_the_names_of_its_source(family: str, release: str, column: int) -> None:
    profile = chosen(release)
    assert {entry.name for entry in entries(family) if profile.knows(entry)} == {
        line.name for line in listed(family) if line.releases[column] == "x"
    }


@each_family
def test_a_name_came_with_the_release_that_first_had_it(family: str) -> None:
    since = {entry.name: entry.since for entry in entries(family)}
    told = {line.name: line.since for line in listed(family) if line.since != "-"}
    expected = {name: "4.00" if first == "<=4.50" else first for name, first in told.items()}
    assert {name: since[name] for name in expected} == expected


@each_family
def test_a_name_needs_the_feature_that_its_source_needs(family: str) -> None:
    feature = {entry.name: entry.feature for entry in entries(family)}
    expected = {}
    for line in listed(family):
        build = OF_SCANNING.get(line.name, line.build)
        expected[line.name] = (
            build.lower() if build.startswith("LOOKUP_") and build not in FEATURES else FEATURES[build]
        )
    assert {name: feature[name] for name in expected} == expected


@with_inventory
@each_family
def test_the_lists_are_those_of_the_inventory(family: str) -> None:
    path = names_tool.FOLDER / f"{family}s.txt"
    assert path.read_text(encoding="ascii") == names_tool.text(family)


@with_inventory
def test_variables_are_of_the_kind_that_the_inventory_tells() -> None:
    kinds = {name: row["kind"] for row in rows("variables") for name in names_tool.names_of(row["name"])}
    assert {name: unit.facts["kind"] for name in kinds if (unit := find("variable", name))} == kinds


@with_inventory
def test_old_names_of_variables_are_marked() -> None:
    old = {row["name"] for row in rows("variables") if row.get("deprecated")}
    assert {entry.name for entry in entries("variable") if _facts(entry.name).get("deprecated")} == old


@with_inventory
def test_items_that_filters_may_not_use_name_the_option() -> None:
    options = {
        row["name"]: row["filter_forbid_option"] for row in rows("expansion_items") if row["kind"] == "item"
    }
    assert {name: unit.facts.get("forbid") for name in options if (unit := find("item", name))} == options


@with_inventory
def test_items_take_as_many_groups_as_the_inventory_tells() -> None:
    told, taken = {}, {}
    for row in rows("expansion_items"):
        unit = find("item", row["name"]) if row["kind"] == "item" else None
        if unit is None or row["name"] in READ_OTHERWISE:
            continue
        shape = unit.facts.get("shape", ItemShape())
        told[row["name"]] = row["min_braces"], row["max_braces"], row["yes_no"] == "yes_no"
        taken[row["name"]] = shape.least, shape.most + 2 * shape.branches, shape.branches
    assert taken == told


@with_inventory
def test_operators_take_an_argument_where_the_inventory_tells_of_one() -> None:
    told, taken = {}, {}
    for row in rows("expansion_operators"):
        unit = find("operator", row["name"])
        if unit is None or row["name"] == "quote":  # what follows its underscore is another operator's name
            continue
        shape = unit.facts.get("shape", OperatorShape())
        words = row["argument"].replace(",", "").split()
        told[row["name"]] = next(word for word in ("no", "optional", "required") if word in words)
        taken[row["name"]] = shape.suffix
    assert taken == told


@with_inventory
def test_conditions_take_the_arguments_that_the_inventory_tells() -> None:
    told, taken = {}, {}
    for row in rows("expansion_conditions"):
        unit = find("condition", row["name"])
        if unit is None:
            continue
        shape = unit.facts.get("shape", ConditionShape())
        told[row["name"]] = row["args"]
        taken[row["name"]] = next(
            (args for args in ARGUMENTS[shape.form] if _fits(args, row["args"], shape)), ""
        )
    assert taken == told


def _fits(args: str, told: str, shape: ConditionShape) -> bool:
    return args == told and (shape.form != "strings" or shape.least == shape.most == args.count("{"))


def _facts(name: str) -> dict[str, object]:
    unit = find("variable", name)
    return {} if unit is None else dict(unit.facts)
