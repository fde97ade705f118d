"""Operators for time intervals."""

from __future__ import annotations

from drivers.api.errors import Failed
from drivers.api.unit import operator
from drivers.values import interval

SECTION = "Expansion operators"
DIGITS = frozenset("0123456789")
WRAP = 1 << 32


@operator(
    "time_eval",
    syntax="${time_eval:<interval>}",
    since="4.61",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${time_eval:1d4h12s}": "100812"},
)
def time_eval(text: str) -> str:
    """Convert an interval such as ``1d4h12s`` to seconds."""
    seconds = interval.parse(text)
    if seconds is None:
        message = f'string "{text}" is not an Exim time interval in "time_eval" operator'
        raise Failed(message)
    return str(seconds)


@operator(
    "time_interval",
    syntax="${time_interval:<seconds>}",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${time_interval:694861}": "1w1d1h1m1s", "${time_interval:0}": "0s"},
)
def time_interval(text: str) -> str:
    """Convert a number of seconds to an interval such as ``1w2d3h4m5s``."""
    if not DIGITS.issuperset(text):
        message = f'string "{text}" is not a positive number in "time_interval" operator'
        raise Failed(message)
    seconds = 0
    for digit in text:
        seconds = (seconds * 10 + int(digit)) % WRAP
    return interval.show(seconds)
