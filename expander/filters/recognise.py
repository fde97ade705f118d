"""Tells by its first line what language a filter file is in."""

from __future__ import annotations

import re

_SIEVE = re.compile(r"[ \t\n\v\f\r]*#[ \t\n\v\f\r]*sieve[ \t\n\v\f\r]*filter", re.ASCII | re.IGNORECASE)


def is_sieve(text: str) -> bool:
    """True if the first line says that the file is a Sieve script."""
    return _SIEVE.match(text) is not None
