"""Every example of a unit's declaration comes to what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile import Setup
from drivers.api.errors import ExpansionError, Unsupported
from examples import Example, examples
from real_exim import as_answer
from running import expander_for, outcome_of


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.id)
def test_the_example_comes_to_what_it_says(example: Example, tmp_path: Path) -> None:
    expander = expander_for(Setup(), tmp_path, profile=example.profile)
    try:
        expander.expand(example.text)
    except Unsupported as error:
        pytest.xfail(error.message)
    except ExpansionError:
        pass
    assert as_answer(outcome_of(expander, example.text)) == example.output
