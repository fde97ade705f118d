"""Generated expansions come to what the installed Exim makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casefile import Setup
from drivers.api.registry import shapes
from expander.config.profile import PROFILES
from property.generators import GARBAGE, expansions, mangling
from real_exim import CRASHED, RealExim, as_answer, fits_line
from running import expander_for, outcome_of

SHAPES = shapes(PROFILES["debian-12"])
TEXTS = expansions(SHAPES)
BATCHES = st.lists((TEXTS | mangling(TEXTS) | GARBAGE).filter(fits_line), min_size=20, max_size=60)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[RealExim, Path]:
    directory = tmp_path_factory.mktemp("generated")
    return RealExim(directory, Setup()), directory


@pytest.mark.exim
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(batch=BATCHES)
def test_generated_expansions_come_to_the_same(both: tuple[RealExim, Path], batch: list[str]) -> None:
    program, directory = both
    for text, answer in zip(batch, program.ask(batch), strict=True):
        # A context of its own for each: what one line leaves behind must not show in the next.
        found = as_answer(outcome_of(expander_for(Setup(), directory), text)).replace(str(directory), "@DIR@")
        assert found == answer or program.alone(text) in {found, CRASHED}, text
