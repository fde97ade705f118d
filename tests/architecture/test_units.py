"""Every unit is documented, dated, indexed and has the shape that the parser needs."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from architecture.modules import ROOT
from drivers.api.profile import release_key
from drivers.api.registry import entry, families, find, names, shapes, units
from drivers.api.unit import Unit
from expander.config.profile import PROFILES
from grammar.shapes import ConditionShape, ItemShape, OperatorShape

KINDS = {"item": ItemShape, "operator": OperatorShape, "condition": ConditionShape}
UNITS = [unit for family in families() for unit in units(family)]
each = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: f"{unit.family}:{unit.name}")


def test_the_index_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "expander.index_tool", "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (done.returncode, done.stderr) == (0, "")


@each
def test_a_unit_is_documented(unit: Unit) -> None:
    assert unit.syntax
    assert unit.section, "the title of the manual's section"
    assert not unit.section[0].isdigit(), "titles stay, numbers change"
    assert unit.summary[:1].isupper() or not unit.summary[:1].isalpha()
    assert unit.summary.endswith((".", ":")), "the first line is a sentence"


@each
def test_a_unit_is_dated(unit: Unit) -> None:
    known = [release for release in (unit.since, unit.until) if release is not None]
    assert all(release_key(release) for release in known)
    indexed = entry(unit.family, unit.name)
    assert indexed is not None
    assert indexed[3:] == (unit.since, unit.until, unit.feature)


@each
def test_a_unit_has_the_shape_of_its_family(unit: Unit) -> None:
    kind = KINDS.get(unit.family)
    shape = unit.facts.get("shape")
    if kind is not None and shape is not None:
        assert isinstance(shape, kind)
        table = {"item": "items", "operator": "operators", "condition": "conditions"}[unit.family]
        assert getattr(shapes(PROFILES["4.99"]), table).get(unit.name, shape) == shape


@each
def test_a_feature_is_named_plainly(unit: Unit) -> None:
    assert unit.feature is None or re.fullmatch(r"[a-z][a-z0-9_]*", unit.feature)
    assert not (unit.feature or "").startswith(("support_", "have_", "experimental_", "with_"))


def test_an_unknown_name_is_no_unit() -> None:
    assert find("operator", "no such name") is None
    assert entry("nosuch", "x") is None
    assert list(names("nosuch")) == []
