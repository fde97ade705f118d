"""Random numbers: real ones, or a row that is the same for the same seed."""

from __future__ import annotations

import os
from threading import Lock


class RealRandom:
    """Numbers that nobody can foretell."""

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, the limit; 0 for a limit below 1."""
        if limit < 1:
            return 0
        # So many bytes more than the limit has that no number is noticeably likelier.
        return int.from_bytes(os.urandom(limit.bit_length() // 8 + 9), "big") % limit


class SeededRandom:
    """The same numbers for the same seed; threads share one row.

    It is the generator that the C standard gives as its example. An Exim built for its test suite
    puts hosts of equal rank into the order that follows from this row with the seed 42.
    """

    def __init__(self, seed: int) -> None:
        self._state = seed
        self._lock = Lock()

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, the limit; 0 for a limit below 1."""
        if limit < 1:
            return 0
        with self._lock:
            number = self._next()
            spread = 1 << 16
            while spread < limit:
                number = number << 16 | self._next()
                spread <<= 16
            return number % limit

    def _next(self) -> int:
        """The next number of the row, of 16 bits."""
        self._state = (1103515245 * self._state + 12345) % (1 << 32)
        return self._state >> 16
