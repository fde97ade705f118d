"""Operators that cut, measure and hash a string."""

from __future__ import annotations

import re

from drivers.api.errors import Failed
from drivers.api.unit import operator
from drivers.values import substring
from grammar.shapes import OperatorShape

SECTION = "Expansion operators"
NUMBERED = OperatorShape(suffix="required")
BOUNDED = "4.99"
"""The release from which numbers that are too large are refused."""

_ONE = re.compile(r"([0-9]*)", re.ASCII)
_TWO = re.compile(r"([0-9]*)(?:(?<=[0-9])_([0-9]+))?", re.ASCII)
_SIGNED = re.compile(r"(-?[0-9]*)(?:(?<=[0-9])_([0-9]+))?", re.ASCII)
LONGEST = 4000


def _number(digits: str) -> int:
    """The low 32 bits are all that matters of a number, however long it is."""
    if len(digits) > LONGEST:
        digits = digits[0] + digits[-LONGEST:]
    return int(digits) if digits.strip("-") else 0


def _arguments(name: str, suffix: str | None, form: re.Pattern[str]) -> tuple[int, int | None]:
    if suffix is None:
        message = f"missing values after {name}"
        raise Failed(message)
    found = form.fullmatch(suffix)
    if found is None:
        message = f'non-digit after underscore in "{name}_{suffix}"'
        raise Failed(message)
    second = found[2] if form.groups > 1 else None
    return _number(found[1]), None if second is None else _number(second)


def _length(name: str, text: str, suffix: str | None) -> str:
    return substring.length(text, _arguments(name, suffix, _ONE)[0])


def _substr(name: str, text: str, suffix: str | None) -> str:
    return substring.cut(text, *_arguments(name, suffix, _SIGNED))


def _hash(name: str, text: str, suffix: str | None) -> str:
    return substring.hash_letters(text, *_arguments(name, suffix, _TWO))


def _nhash(name: str, text: str, suffix: str | None) -> str:
    return substring.hash_numbers(text, *_arguments(name, suffix, _TWO))


@operator(
    "strlen",
    syntax="${strlen:<string>}",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${strlen:abc}": "3"},
)
def strlen(text: str) -> str:
    """Count the bytes of a string."""
    return str(len(text))


@operator(
    "length",
    syntax="${length_<n>:<string>}",
    section=SECTION,
    pure=True,
    shape=NUMBERED,
    bounded_since=BOUNDED,
    examples={"${length_3:abcdef}": "abc"},
)
def length(text: str, suffix: str | None) -> str:
    """Give the first ``n`` bytes of a string."""
    return _length("length", text, suffix)


@operator(
    "l",
    syntax="${l_<n>:<string>}",
    section=SECTION,
    pure=True,
    shape=NUMBERED,
    bounded_since=BOUNDED,
    examples={"${l_3:abcdef}": "abc"},
)
def l(text: str, suffix: str | None) -> str:  # noqa: E743 - the name that Exim gave it
    """Give the first ``n`` bytes of a string: short for ``length``."""
    return _length("l", text, suffix)


@operator(
    "substr",
    syntax="${substr_<start>:<string>} or ${substr_<start>_<length>:<string>}",
    section=SECTION,
    pure=True,
    shape=NUMBERED,
    bounded_since=BOUNDED,
    examples={"${substr_1_2:abcdef}": "bc", "${substr_-2_1:abcdef}": "e", "${substr_-2:abcdef}": "abcd"},
)
def substr(text: str, suffix: str | None) -> str:
    """Give a part of a string; a negative start counts from the right.

    With a negative start and no length the result is what stands to the left of it.
    """
    return _substr("substr", text, suffix)


@operator(
    "s",
    syntax="${s_<start>:<string>} or ${s_<start>_<length>:<string>}",
    section=SECTION,
    pure=True,
    shape=NUMBERED,
    bounded_since=BOUNDED,
    examples={"${s_1_2:abcdef}": "bc"},
)
def s(text: str, suffix: str | None) -> str:
    """Give a part of a string: short for ``substr``."""
    return _substr("s", text, suffix)


@operator(
    "hash",
    syntax="${hash_<n>:<string>} or ${hash_<n>_<m>:<string>}",
    section=SECTION,
    pure=True,
    shape=NUMBERED,
    bounded_since=BOUNDED,
    examples={"${hash_3:hello}": "qee", "${hash_5:hello}": "hello"},
)
def hash_(text: str, suffix: str | None) -> str:
    """Shorten a string to ``n`` characters by hashing, taken from the first ``m`` of letters and digits."""
    return _hash("hash", text, suffix)


@operator(
    "h",
    syntax="${h_<n>:<string>} or ${h_<n>_<m>:<string>}",
    section=SECTION,
    pure=True,
    shape=NUMBERED,
    bounded_since=BOUNDED,
    examples={"${h_3:hello}": "qee"},
)
def h(text: str, suffix: str | None) -> str:
    """Shorten a string by hashing: short for ``hash``."""
    return _hash("h", text, suffix)


@operator(
    "nhash",
    syntax="${nhash_<n>:<string>} or ${nhash_<n>_<m>:<string>}",
    section=SECTION,
    taint="removes",
    pure=True,
    shape=NUMBERED,
    bounded_since=BOUNDED,
    examples={"${nhash_16:exim}": "11", "${nhash_97_13:exim}": "22/12"},
)
def nhash(text: str, suffix: str | None) -> str:
    """Hash a string to a number below ``n``, or to two of them, below ``n`` and below ``m``."""
    return _nhash("nhash", text, suffix)


@operator(
    "nh",
    syntax="${nh_<n>:<string>} or ${nh_<n>_<m>:<string>}",
    section=SECTION,
    taint="removes",
    pure=True,
    shape=NUMBERED,
    bounded_since=BOUNDED,
    examples={"${nh_16:exim}": "11"},
)
def nh(text: str, suffix: str | None) -> str:
    """Hash a string to one or two numbers: short for ``nhash``."""
    return _nhash("nh", text, suffix)
