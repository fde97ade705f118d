"""Integers as expansions read them: decimal, with an optional suffix K, M or G."""

from __future__ import annotations

import re

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from grammar.patterns import late_pattern

_DIGITS = late_pattern(r"[+-]?[0-9]+", re.ASCII)
_SHIFTS = {"k": 10, "m": 20, "g": 30}
SAFE_DIGITS = 18
"""With no more digits than these a number is never too large."""

MAXIMUM = (1 << 63) - 1
MINIMUM = -(1 << 63)


def _clipped(digits: str) -> int:
    """The number; one of very many digits as some number that is out of range just as well."""
    sign = -1 if digits[0] == "-" else 1
    return sign * int(digits.lstrip("+-").lstrip("0")[:24] or "0")


def saturated(digits: str) -> int:
    """A decimal number, clamped to the range of a signed number of 64 bits."""
    return max(MINIMUM, min(MAXIMUM, _clipped(digits)))


def parse(text: str, *, signed: bool = True) -> int:
    """The value of a text as a signed number of 64 bits.

    White space around the number is skipped, a text of white space alone is zero. ``signed``
    permits negative numbers. Raises `Failed` in Exim's words for anything else.
    """
    if len(text) <= SAFE_DIGITS and text.isdigit() and text.isascii():
        return int(text)  # what nearly all of them are
    body = text.lstrip(SPACE)
    if not body:
        return 0
    found = _DIGITS.match(body)
    if found is None:
        message = f'integer expected but "{body}" found'
        raise Failed(message)
    value = _clipped(found[0])
    if not signed and value < 0:
        message = f'non-negative integer expected but negative number "{body}" found'
        raise Failed(message)
    rest = body[found.end() :]
    overflow = not MINIMUM <= value <= MAXIMUM
    if not overflow and rest[:1].lower() in _SHIFTS:
        value <<= _SHIFTS[rest[0].lower()]
        rest = rest[1:]
        overflow = not MINIMUM <= value <= MAXIMUM
    if overflow:
        message = f'absolute value of integer "{body}" is too large (overflow)'
        raise Failed(message)
    if rest.strip(SPACE):
        message = f'invalid integer "{body}"'
        raise Failed(message)
    return value
