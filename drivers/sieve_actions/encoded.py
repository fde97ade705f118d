"""Bytes and characters by their numbers in strings: RFC 5228, section 2.4.2.4."""

from __future__ import annotations

import re

from drivers.api.text import from_bytes

_START = re.compile(r"\$\{(?:(hex)|unicode):[ \t]*", re.IGNORECASE)
_NUMBER = re.compile(r"([0-9A-Fa-f]+)[ \t]*")
_LAST = 0x10FFFF
_LAST_OF_THREE_BYTES = 0xFFFF
_SURROGATES = range(0xD800, 0xE000)
_BYTE_DIGITS = 2


class OutOfRangeError(Exception):
    """A number is that of no character."""


def decoded(text: str) -> str:
    """The text with its encoded parts replaced. Raises `OutOfRangeError`."""
    out: list[str] = []
    start = at = 0
    while found := _START.search(text, at):
        value, at = (_bytes if found[1] else _characters)(text, found.end())
        if value and text.startswith("}", at):
            out += (text[start : found.start()], value)
            start = at = at + 1
        else:
            at = found.start() + 1
    return "".join(out) + text[start:]


def _bytes(text: str, at: int) -> tuple[str, int]:
    """The bytes from a place on, and where the numbers end; a number of more than two digits is none."""
    out: list[str] = []
    while (found := _NUMBER.match(text, at)) and len(found[1]) <= _BYTE_DIGITS:
        out.append(chr(int(found[1], 16)))
        at = found.end()
    return "".join(out), at


def _characters(text: str, at: int) -> tuple[str, int]:
    """The same for characters in UTF-8. Exim looks at each number although the rest may be no numbers."""
    out: list[str] = []
    while (found := _NUMBER.match(text, at)) and found.end(1) < len(text):
        value = int(found[1], 16)
        if value > _LAST or value in _SURROGATES:
            raise OutOfRangeError
        out.append(_utf8(value))
        at = found.end()
    return "".join(out), at


def _utf8(value: int) -> str:
    """UTF-8 as Exim writes it: the second of four bytes has bits that do not belong there."""
    if value <= _LAST_OF_THREE_BYTES:
        return from_bytes(chr(value).encode())
    bits = value >> 18 | 0xF0, value >> 10 & 0x3F | 0x80, value >> 6 & 0x3F | 0x80, value & 0x3F | 0x80
    return "".join(map(chr, bits))
