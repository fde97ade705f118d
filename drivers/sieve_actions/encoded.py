"""Bytes and characters by their numbers in strings: RFC 5228, section 2.4.2.4."""

from __future__ import annotations

import re

from drivers.api.text import from_bytes

_ENCODED = re.compile(r"\$\{(hex|unicode):([ \t]*[0-9A-Fa-f]+(?:[ \t]+[0-9A-Fa-f]+)*[ \t]*)\}", re.IGNORECASE)
_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_BYTE_DIGITS = 2


class OutOfRangeError(Exception):
    """A number is that of no character."""


def decoded(text: str) -> str:
    """The text with its encoded parts replaced. Raises `OutOfRangeError`."""
    return _ENCODED.sub(_replaced, text)


def _replaced(found: re.Match[str]) -> str:
    numbers = found[2].split()
    if found[1].lower() == "hex":
        if any(len(number) > _BYTE_DIGITS for number in numbers):
            return found[0]
        return from_bytes(bytes(int(number, 16) for number in numbers))
    return "".join(map(_character, numbers))


def _character(number: str) -> str:
    value = int(number, 16)
    if value > _LAST or value in _SURROGATES:
        raise OutOfRangeError
    return from_bytes(chr(value).encode())
