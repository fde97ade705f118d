"""Fields of records: ``key=value`` pairs, and columns between separator characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE = late_pattern(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([\s\S]))", re.ASCII)
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}
_QUOTED = late_pattern(r'"((?:[^"\\]|\\[\s\S])*\\?)("?)')
_WORD = late_pattern(r"[^ \t\n\v\f\r]*")
_KEY = late_pattern(r"[^ \t\n\v\f\r=]*")


def _character(found: re.Match[str]) -> str:
    octal, hexadecimal, other = found.groups()
    if octal:
        return chr(int(octal, 8) & 0xFF)
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    return _NAMED.get(other, other)


def unescape(text: str) -> str:
    r"""The text with its backslash escapes (``\n``, ``\t``, octal, hexadecimal...) resolved."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def quoted_word(text: str, at: int) -> tuple[str, int]:
    """The word at a place: in double quotes, with escapes, or up to white space; and where it ends."""
    found = _QUOTED.match(text, at)
    if found is not None:
        return unescape(found[1]), found.end()
    found = _WORD.match(text, at)
    assert found is not None
    return found[0], found.end()


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """The keys and values of a text such as ``a=1 b = "x y"``; the equals signs may be missing."""
    at, end = 0, len(text)
    while True:
        at = _skip(text, at, end)
        if at >= end:
            return
        found = _KEY.match(text, at)
        assert found is not None
        at = _skip(text, found.end(), end)
        if text.startswith("=", at):
            at = _skip(text, at + 1, end)
        value, at = quoted_word(text, at)
        yield found[0], value


def _skip(text: str, at: int, end: int) -> int:
    while at < end and text[at] in SPACE:
        at += 1
    return at


def keyed(text: str, key: str) -> str | None:
    """The first value of a key, whatever the case of ASCII letters; None if there is none."""
    wanted = lower(key)
    return next((value for name, value in pairs(text) if lower(name) == wanted), None)


def numbered(text: str, number: int, separators: str) -> str | None:
    """A column, counted from 1, or from -1 at the end; 0 is the whole text. None if there is none.

    Each character of ``separators`` ends a column; two of them have an empty column between them.
    """
    if number == 0:
        return text
    columns = re.split(f"[{re.escape(separators)}]", text) if separators else [text]
    index = number - 1 if number > 0 else len(columns) + number
    return columns[index] if 0 <= index < len(columns) else None
