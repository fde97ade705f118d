"""The arguments of the condition ``ratelimit``, as they are written."""

from __future__ import annotations

import math
import re
from typing import NoReturn

from drivers.acl.rates_kept import CMD, CONN, MAIL
from drivers.api.acl import AclProblem
from drivers.api.text import lower, tainted_like
from drivers.values import interval, listtext
from grammar.record import Record

BYTE, RCPT = "per_byte", "per_rcpt"
_PER = {name: name for name in (CONN, MAIL, BYTE, RCPT, CMD)} | {"per_addr": RCPT}
ADDRESS = "\0"
"""As ``unique``: the address of the recipient in hand."""

STRICT, LEAKY, READONLY = "strict", "leaky", "readonly"

_NUMBER = re.compile(
    r"[ \t\n\v\f\r]*(?:([-+]?)0[xX]([0-9a-fA-F]*\.?[0-9a-fA-F]*)(?:[pP]([-+]?[0-9]+))?"
    r"|([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?(?:[iI][nN][fF]|[nN][aA][nN])))?",
    re.ASCII,
)
_SIZES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


class RateLimit(Record):
    """The arguments: the limit, in events per period, and the period in seconds, both also as written.

    ``count`` and ``key`` are None where the usual ones hold. ``unique`` is what makes events the same, None
    if each counts. ``must_update`` tells that it is said how the rate is to be updated.
    """

    limit: float
    limit_text: str
    period: int
    period_text: str
    per: str
    is_per_given: bool
    is_per_address: bool
    is_strict: bool
    must_update: bool
    is_readonly: bool
    count: float | None
    unique: str | None
    key: str | None


def read(text: str) -> RateLimit:
    """Take the arguments apart. Raises `AclProblem` in Exim's words."""
    first, rest = listtext.take(text, "/")
    if first is None:
        _wrong("sender rate limit not set")
    limit = _positive(first, sizes=True)
    if limit < 0:
        _wrong(f'"{first}" is not a positive number')
    second, rest = listtext.take(rest, "/")
    period = interval.parse(second or "")
    if second is None or not period:
        _wrong(f'"{"NULL" if second is None else second}" is not a time value')
    options = _Options()
    for option in listtext.pieces(rest, "/"):
        options.take(tainted_like(option, text))
    per = options.per or MAIL
    return RateLimit(
        limit,
        first,
        period,
        second,
        _PER[per],
        bool(options.per),
        per == "per_addr",
        options.mode == STRICT,
        options.mode in {STRICT, LEAKY},
        options.mode == READONLY or options.is_noupdate,
        options.count,
        options.unique,
        options.key,
    )


class _Options:
    """What follows the period, in any order; what is no option is a part of the key."""

    def __init__(self) -> None:
        self.per = ""
        self.mode = ""
        self.is_noupdate = False
        self.count: float | None = None
        self.unique: str | None = None
        self.key: str | None = None

    def take(self, option: str) -> None:
        name, equals, value = option.partition("=")
        name = lower(name) + equals
        if name in {STRICT, LEAKY, READONLY}:
            if self.mode not in {"", name}:
                _wrong("conflicting update modes")
            self.mode = name
        elif name == "noupdate":
            self.is_noupdate = True
        elif name in _PER:
            if self.per:
                _wrong("conflicting per_* options")
            self.per = name
            if name == "per_addr":
                self.unique = ADDRESS
        elif name == "count=":
            self.count = _positive(value)
            if self.count < 0:
                _wrong(f'"{option}" is not a positive number')
        elif name == "unique=":
            self.unique = value
        else:
            self.key = option if self.key is None else f"{self.key}/{option}"


def _positive(text: str, *, sizes: bool = False) -> float:
    """The number as C's strtod() reads it, with a letter for its size behind it; -1 for none."""
    found = _NUMBER.match(text)
    assert found is not None
    rest = text[found.end() :] if found[0].strip() else text
    value = _value(found)
    if sizes and lower(rest) in _SIZES:
        value, rest = value * _SIZES[lower(rest)], ""
    return -1.0 if rest or value < 0 else value


def _value(found: re.Match[str]) -> float:
    sign, digits, power, decimal = found.groups()
    if decimal is not None:
        return float(decimal)
    if not digits or digits == ".":
        return 0.0
    whole, _, fraction = digits.partition(".")
    number = int(whole + fraction, 16)
    try:
        value = math.ldexp(number, int(power or 0) - 4 * len(fraction))
    except OverflowError:
        value = math.inf
    return -value if sign == "-" else value


def _wrong(why: str) -> NoReturn:
    raise AclProblem(f'error in arguments to "ratelimit" condition: {why}')
