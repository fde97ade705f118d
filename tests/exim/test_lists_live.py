"""Lists of all kinds and lookups, made at random, come to what the installed Exim makes of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agreement import differences
from lines.lists import AREAS, SETUP, lines
from real_exim import fits_line

COUNT = int(os.environ.get("LIST_LINES", "400"))
SEED = os.environ.get("LIST_SEED", "1")
LEAST_AGREEMENT = 0.997
"""May only rise. What differs is printed; each cause becomes a case."""


@pytest.mark.exim
@pytest.mark.parametrize("area", AREAS)
def test_lists_of_the_area_come_to_the_same(area: str, tmp_path: Path) -> None:
    texts = [text for text in lines(area, COUNT, SEED) if fits_line(text)]
    different = differences(SETUP, texts, tmp_path)
    print(f"{len(texts) - len(different)} of {len(texts)} agree")
    print(*different[:40], sep="\n")
    assert len(different) <= len(texts) * (1 - LEAST_AGREEMENT)
