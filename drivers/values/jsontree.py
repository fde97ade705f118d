"""JSON texts read and written as Jansson does it, which is the library that Exim reads JSON files with.

Python's own module does the work; what it takes more lightly is refused here.
"""

from __future__ import annotations

import json
import math
import re
import sys
from contextlib import contextmanager
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 2048
"""How many values may stand inside each other, the whole text counted."""

SMALLEST, LARGEST = -(1 << 63), (1 << 63) - 1
"""The integers that there are."""

MOST_DIGITS = 20
"""No integer that there is has as many characters."""

_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALARS = re.compile(rb"x+")
_SHAPE = bytes(ord("x") if char not in b"[{]}" else 2 if char in b"[{" else 0 for char in range(256))
"""What each byte is for the nesting: 2 opens, 0 closes, others are parts of scalars."""

_BETWEEN = b",: \t\n\r"
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_NO_CHARACTER = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_EXPONENT = re.compile(r"e([+-]?)0*")


def load(data: bytes) -> Any:
    """The value of a JSON text in UTF-8: an array or an object. Raises `ValueError` for anything else.

    Of members with the same name the last counts.
    """
    text = data.decode("utf-8")
    depth = _depth(data)
    if depth > DEEPEST:
        message = "maximum parsing depth reached"
        raise ValueError(message)
    _check_escapes(text)
    with _room(depth):
        value = json.loads(text, parse_int=_integer, parse_float=_real, parse_constant=_no_value)
    if not isinstance(value, list | dict):
        message = "'[' or '{' expected"
        raise ValueError(message)  # noqa: TRY004 - it is the text that is wrong
    return value


def dumped(value: Any) -> str:
    """A value as JSON on one line: a blank after commas and colons, members in their order."""
    parts: list[str] = []
    open_values: list[tuple[Iterator[str | _Inner], str]] = [(iter([_Inner(value)]), "")]
    while open_values:
        pieces, closing = open_values[-1]
        piece = next(pieces, None)
        if piece is None:
            open_values.pop()
            parts.append(closing)
        elif isinstance(piece, str):
            parts.append(piece)
        elif isinstance(piece.value, dict):
            parts.append("{")
            open_values.append((_of_object(piece.value), "}"))
        elif isinstance(piece.value, list):
            parts.append("[")
            open_values.append((_of_array(piece.value), "]"))
        else:
            parts.append(_scalar(piece.value))
    return "".join(parts)


class _Inner:
    """A value inside another, still to be written."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _of_object(members: dict[str, Any]) -> Iterator[str | _Inner]:
    between = ""
    for name, value in members.items():
        yield f"{between}{_quoted(name)}: "
        yield _Inner(value)
        between = ", "


def _of_array(elements: list[Any]) -> Iterator[str | _Inner]:
    between = ""
    for value in elements:
        yield between
        yield _Inner(value)
        between = ", "


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        digits = _EXPONENT.sub(lambda found: "e" + found[1].replace("+", ""), f"{value:.17g}")
        return digits if "." in digits or "e" in digits else f"{digits}.0"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(_escaped, text) + '"'


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}"


def _depth(data: bytes) -> int:
    """How many values stand inside each other at most, if the text is right."""
    shape = _SCALARS.sub(b"\x02\x00", _TEXT.sub(b"x", data).translate(_SHAPE, _BETWEEN))
    return max(accumulate(map((-1).__add__, shape)), default=0)


@contextmanager
def _room(depth: int) -> Iterator[None]:
    """Let the interpreter go so many levels deeper for a while."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _check_escapes(text: str) -> None:
    """Refuse NULs that are written as escapes, and halves of surrogate pairs. Raises `ValueError`."""
    if "\\u" not in text:
        return
    plain = _PAIR.sub(" ", text.replace("\\\\", " "))
    if _NO_CHARACTER.search(plain):
        message = "invalid Unicode"
        raise ValueError(message)


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) <= MOST_DIGITS else LARGEST + 1
    if not SMALLEST <= value <= LARGEST:
        message = "too big integer"
        raise ValueError(message)
    return value


def _real(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        message = "real number overflow"
        raise ValueError(message)
    return value


def _no_value(word: str) -> NoReturn:
    message = f"invalid token near '{word}'"
    raise ValueError(message)
