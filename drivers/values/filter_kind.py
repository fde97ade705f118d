"""What a file that redirects mail is: its first line tells."""

from __future__ import annotations

import re

from drivers.api.text import lower
from grammar.patterns import late_pattern

FORWARD, EXIM, SIEVE = "forward", "exim", "sieve"
"""A list of addresses, an Exim filter, a Sieve script."""

_FIRST_LINE = late_pattern(
    r"[\x20\t\n\v\f\r]*#[\x20\t]*(exim|sieve)[\x20\t]*filter", re.IGNORECASE | re.ASCII
)


def kind_of(text: str) -> str:
    """`EXIM` or `SIEVE` for a filter, else `FORWARD`. See "Forward files and filter files"."""
    found = _FIRST_LINE.match(text)
    return lower(found[1]) if found else FORWARD
