"""Generated expansions come to what the installed Exim makes of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from agreement import differences
from casefile import Setup
from drivers.api.registry import shapes
from expander.config.profile import PROFILES
from lines.patterns import matches
from property.generators import GARBAGE, expansions, mangling
from real_exim import fits_line

COUNT = int(os.environ.get("GENERATED", "2000"))
PATTERNS = int(os.environ.get("PATTERNS", "1000"))
LEAST_AGREEMENT = 0.998
LEAST_OF_PATTERNS = 0.995
"""Both may only rise. What differs is printed; each cause becomes a case."""

TEXTS = expansions(shapes(PROFILES["debian-12"]))


def generated(count: int) -> list[str]:
    """Different texts, the same in each run; a third of them damaged or garbage."""
    texts: dict[str, None] = {}

    @settings(
        max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
    )
    @given(TEXTS | TEXTS | mangling(TEXTS) | GARBAGE)
    def collect(text: str) -> None:
        if fits_line(text):
            texts[text] = None

    collect()
    return list(texts)


@pytest.mark.exim
def test_generated_expansions_come_to_the_same(tmp_path: Path) -> None:
    texts = generated(COUNT)
    different = differences(Setup(), texts, tmp_path)
    print(f"{len(texts) - len(different)} of {len(texts)} agree")
    print(*different[:40], sep="\n")
    assert len(different) <= len(texts) * (1 - LEAST_AGREEMENT)


@pytest.mark.exim
def test_generated_patterns_match_the_same(tmp_path: Path) -> None:
    texts = [text for text in matches(PATTERNS, 1) if fits_line(text)]
    different = differences(Setup(), texts, tmp_path)
    print(*different[:40], sep="\n")
    assert len(different) <= len(texts) * (1 - LEAST_OF_PATTERNS)
