"""A large message is nowhere held as a whole: on no way in or out does the memory grow with it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from large_lab import Lab
from large_ways import SERVED, WAYS

SMALLER, LARGER = 8, 32
MOST_GROWTH = 14
"""In MB; whoever holds the larger message once has 24 more than with the smaller one."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="deliveries take the rights of users")


@pytest.mark.parametrize("way", [*WAYS, *SERVED])
def test_memory_does_not_grow_with_the_message(way: str) -> None:
    with tempfile.TemporaryDirectory() as folder:  # which all users can reach
        lab = Lab(Path(folder))
        smaller, larger = (lab.megabytes(way, size) for size in (SMALLER, LARGER))
    assert larger - smaller < MOST_GROWTH, f"{smaller:.0f} MB, then {larger:.0f} MB"
