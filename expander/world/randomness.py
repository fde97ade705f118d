"""Random numbers: real ones, or a row that is the same for the same seed."""

from __future__ import annotations

import random
import secrets
from threading import Lock


class RealRandom:
    """Numbers that nobody can foretell."""

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, the limit; 0 for a limit below 2."""
        return secrets.randbelow(limit) if limit > 1 else 0


class SeededRandom:
    """The same numbers for the same seed; threads share one row."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)  # noqa: S311 - to be foretold is what it is for
        self._lock = Lock()

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, the limit; 0 for a limit below 2."""
        with self._lock:
            return self._source.randrange(limit) if limit > 1 else 0
