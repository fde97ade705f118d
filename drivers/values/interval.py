"""Time intervals in Exim's notation: ``1w2d3h4m5s``."""

from __future__ import annotations

import re

from drivers.values.substring import wrap32
from grammar.patterns import late_pattern

UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
LARGEST_LONG = (1 << 63) - 1
LONGEST = 20

_PIECE = late_pattern(r"([0-9]+)([wdhms])", re.ASCII)
_WHOLE = late_pattern(r"(?:[0-9]+[wdhms])+\Z", re.ASCII)


def parse(text: str) -> int | None:
    """The seconds of an interval, None if the text is not one.

    Units may come in any order and more than once. The sum wraps as a C ``int`` does; one that
    comes out negative is no interval.
    """
    if not _WHOLE.match(text):
        return None
    total = 0
    for digits, unit in _PIECE.findall(text):
        plain = digits.lstrip("0") or "0"
        number = LARGEST_LONG if len(plain) >= LONGEST else min(int(plain), LARGEST_LONG)
        total = wrap32(total + wrap32(number) * UNITS[unit])
    return None if total < 0 else total


def show(seconds: int) -> str:
    """Seconds as an interval, each unit at most once and those that are zero left out."""
    seconds = wrap32(seconds)
    rest = abs(seconds)
    out = ["-"] if seconds < 0 else []
    for unit, size in UNITS.items():
        count, rest = divmod(rest, size)
        # The one number whose negative is no int loses its weeks.
        if count and not (unit == "w" and seconds == -1 << 31):
            out.append(f"{count}{unit}")
    return "".join(out) or "0s"
