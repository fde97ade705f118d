from __future__ import annotations

from types import MappingProxyType

import pytest

from drivers.api import registry, unit
from drivers.api.profile import Profile
from drivers.api.unit import UnknownUnitError
from expander.config.profile import PROFILES
from expander.index_tool import Recorder, render, written
from grammar.shapes import ConditionShape, ItemShape, OperatorShape


@pytest.mark.parametrize("text", ["plain", 'a "quote"', "it's", "a\\b", "line\nfeed", "\xfc\xff", ""])
def test_text_is_written_as_a_literal(text: str) -> None:
    assert eval(written(text)) == text


@pytest.mark.parametrize(
    "shape",
    [
        ItemShape(),
        ItemShape(2, 3, ("text", "raw"), branches=True, complaints=MappingProxyType({"few": 'a "b"'})),
        ConditionShape("list", groups=("raw",)),
        OperatorShape("optional"),
    ],
)
def test_a_shape_is_written_as_the_call_that_makes_it(shape: object) -> None:
    assert eval(written(shape)) == shape


def test_the_index_names_the_module_that_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    monkeypatch.setattr(unit, "UNITS", recorder)
    code = compile("keep(lambda text: text)", "made_up", "exec")
    keep = unit.operator("made_up", syntax="${made_up:x}", doc="Made up.", until="4.97")
    exec(code, {"__name__": "drivers.operators.made_up", "keep": keep})
    assert '"made_up": ("drivers.operators.made_up", "4.00", "4.97", None),' in render(recorder)


def test_a_release_knows_what_it_has_whatever_was_built() -> None:
    shapes = registry.shapes(Profile("old", "4.96", frozenset()))
    assert "radius" in shapes.conditions
    assert "headerwrap" not in shapes.operators
    assert "headerwrap" in registry.shapes(PROFILES["4.99"]).operators


def test_the_shapes_of_a_profile_are_made_once() -> None:
    assert registry.shapes(PROFILES["4.99"]) is registry.shapes(PROFILES["4.99"])


def test_a_stale_index_is_a_fault_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.ROWS["operator"], "gone", ("drivers.api.text", "4.00", None, None))
    with pytest.raises(UnknownUnitError, match="stale"):
        registry.find("operator", "gone")


def test_every_name_of_the_index_leads_to_its_unit() -> None:
    for family in registry.families():
        for name in registry.names(family):
            found = registry.find(family, name)
            assert found is not None
            assert (found.family, found.name) == (family, name)


@pytest.mark.parametrize("release", ["4.94", "4.94.2", "4.96", "4.99", "4.100-dev"])
def test_releases_compare_by_number(release: str) -> None:
    profile = Profile("p", release, frozenset())
    assert profile.at_least("4.94")
    assert profile.at_least("4.100") == release.startswith("4.100")
