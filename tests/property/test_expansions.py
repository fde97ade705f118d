"""What holds for every expansion text, whether it makes sense or not."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given

from casefile import Setup
from drivers.api.errors import EximError
from drivers.api.registry import shapes
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.expand.mode import PLAIN, TAINT, TRACE
from grammar.expansion import parse
from grammar.unparse_expansion import unparse
from property.generators import GARBAGE, expansions, mangling
from running import expander_for, outcome_of

NEWEST = shapes(PROFILES["4.99"])
TEXTS = expansions(NEWEST)


@given(TEXTS)
def test_parsing_loses_nothing(text: str) -> None:
    assert unparse(parse(text, NEWEST), text) == text


@given(mangling(TEXTS))
def test_parsing_loses_nothing_of_damaged_text(text: str) -> None:
    assert unparse(parse(text, NEWEST), text) == text


@given(GARBAGE)
def test_parsing_loses_nothing_of_garbage(text: str) -> None:
    assert unparse(parse(text, NEWEST), text) == text


@pytest.fixture(scope="module")
def expanders(tmp_path_factory: pytest.TempPathFactory) -> list[Expander]:
    directory = tmp_path_factory.mktemp("property")
    return [expander_for(Setup(profile="4.99"), directory, mode=mode) for mode in (PLAIN, TAINT, TRACE)]


@given(text=mangling(TEXTS) | GARBAGE)
def test_no_text_raises_anything_but_our_errors(expanders: list[Expander], text: str) -> None:
    with suppress(EximError):
        expanders[0].expand(text)


@given(text=TEXTS)
def test_all_modes_agree(expanders: list[Expander], text: str) -> None:
    plain, *others = (outcome_of(expander, text) for expander in expanders)
    assert all((other.kind, other.text) == (plain.kind, plain.text) for other in others)
