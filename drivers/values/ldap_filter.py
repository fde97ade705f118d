"""The filters of LDAP searches (RFC 4515), encoded as the client library of OpenLDAP does it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower, to_bytes
from drivers.values.ber import element

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYTHING = "(objectClass=*)"
"""The filter of a search that has none."""

DEEPEST = 500
"""So deep filters may nest; the library has no limit, and ends where its stack does."""

AND, OR, NOT, EQUAL, SUBSTRINGS, GREATER, LESS = range(0xA0, 0xA7)
PRESENT, APPROXIMATE, EXTENDED = 0x87, 0xA8, 0xA9
_JOINED = {"&": AND, "|": OR, "!": NOT}
_COMPARED = {"<": LESS, ">": GREATER, "~": APPROXIMATE}
_NAME = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*)", re.ASCII)
_DESCRIPTION = re.compile(rf"{_NAME.pattern}(?:;[A-Za-z0-9-]+)*", re.ASCII)
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
_WILDCARD = re.compile(r"\\[0-9A-Fa-f]{2}|\\.|\*", re.ASCII | re.DOTALL)
_VALUE = re.compile(r"(?:[^()*\\\0]|\\[0-9A-Fa-f]{2}|\\[()*\\])*", re.ASCII)
_ESCAPED = re.compile(r"\\(?:([0-9A-Fa-f]{2})|([()*\\]))", re.ASCII)


class FilterError(ValueError):
    """A text is no filter."""


def encoded(text: str) -> bytes:
    """The BER of a filter; of a single blank, nothing. Raises `FilterError`."""
    if not text.startswith("("):
        return _comparison(text) if text not in {"", " "} else b""
    closing = _closing(text)
    if closing.get(0) != len(text) - 1:
        raise FilterError
    return _bracketed(text, 1, len(text) - 1, closing, 0)


def _closing(text: str) -> Mapping[int, int]:
    """The places of parentheses, each with the place of the one that closes it; escaped ones do not count."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for found in _PARENTHESIS.finditer(text):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and opened:
            closing[opened.pop()] = found.start()
    return closing


def _bracketed(text: str, start: int, end: int, closing: Mapping[int, int], depth: int) -> bytes:
    """What stands between two parentheses."""
    while start < end and text[start] == " ":
        start += 1
    joined = _JOINED.get(text[start]) if start < end else None
    if joined is None:
        return _comparison(text[start:end])
    if depth == DEEPEST:
        raise FilterError
    parts: list[bytes] = []
    at = start + 1
    while at < end:
        if text[at] == "(":
            if at not in closing:
                raise FilterError
            parts.append(_bracketed(text, at + 1, closing[at], closing, depth + 1))
            at = closing[at]
        elif text[at] != " ":
            raise FilterError
        at += 1
    if joined == NOT and (len(parts) != 1 or text[end - 1] == " "):
        raise FilterError
    return element(joined, b"".join(parts))


def _comparison(text: str) -> bytes:
    """A comparison of an attribute, without parentheses."""
    left, equals, value = text.partition("=")
    if not equals:
        raise FilterError
    if left.endswith(":"):
        return _extended(left[:-1], value)
    compared = _COMPARED.get(left[-1:])
    if compared is not None:
        return _compared(compared, left[:-1], value)
    if value == "*":
        return element(PRESENT, _description(left))
    return _substrings(left, value)


def _compared(tag: int, name: str, value: str) -> bytes:
    return element(tag, element(4, _description(name)) + element(4, _value(value)))


def _substrings(name: str, value: str) -> bytes:
    """Equality, or the pieces between wildcards. An escaped star is none."""
    pieces = _WILDCARD.sub(lambda found: found[0] if found[0] != "*" else "\0", value).split("\0")
    if len(pieces) == 1:
        return _compared(EQUAL, name, value)
    if not all(pieces[1:-1]):
        raise FilterError
    parts = b"".join(
        element(0x80 if place == 0 else 0x82 if place == len(pieces) - 1 else 0x81, _value(piece))
        for place, piece in enumerate(pieces)
        if piece
    )
    return element(SUBSTRINGS, element(4, _description(name)) + element(0x30, parts))


def _extended(left: str, value: str) -> bytes:
    """A comparison by a rule: ``name:dn:rule:=value``."""
    name, *more = left.split(":")
    by_name = bool(more) and lower(more[0]) == "dn"
    rules = more[1:] if by_name else more
    rule = rules[0] if rules else ""
    if len(rules) > 1 or (rule and not _NAME.fullmatch(rule)) or not (name or rule):
        raise FilterError
    return element(
        EXTENDED,
        (element(0x81, to_bytes(rule)) if rule else b"")
        + (element(0x82, _description(name)) if name else b"")
        + element(0x83, _value(value))
        + (element(0x84, b"\xff") if by_name else b""),
    )


def _description(name: str) -> bytes:
    if not _DESCRIPTION.fullmatch(name):
        raise FilterError
    return to_bytes(name)


def _value(text: str) -> bytes:
    """A value with its escapes resolved."""
    if not _VALUE.fullmatch(text):
        raise FilterError
    return to_bytes(_ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text))
