"""JSON as Exim looks at it: text cut at brackets, commas and quotes, without a parser's strictness.

Before the release `WHOLE_STRINGS` commas and brackets inside quoted strings count like any others, so
what comes out of odd input is what Exim makes of it. Values stay as they are written; nothing is
decoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE_STRINGS = "4.97"
"""Since this release a quoted string is one piece, whatever is in it."""

STRING, ARRAY, OBJECT = '""', "[]", "{}"
_DEPTH_OF_ARRAYS = {"[": 1, "]": -1}
_DEPTH_OF_OBJECTS = {"{": 1, "}": -1}


def inside(text: str, wrapping: str) -> tuple[str, str] | None:
    """What stands between the first of the two wrapping characters and its partner, and the rest.

    White space before is skipped. A backslash hides the character after it. None if the text does
    not begin with the opening character or the partner is missing.
    """
    body = text.lstrip(SPACE)
    opening, closing = wrapping[0], wrapping[1]
    if not body.startswith(opening):
        return None
    depth, at = 0, 1
    while at < len(body):
        c = body[at]
        if c == "\\":
            at += 1
        elif c == closing and not depth:
            return body[1:at], body[at + 1 :]
        elif c == closing:
            depth -= 1
        elif c == opening:
            depth += 1
        at += 1
    return None


def elements(body: str, *, whole_strings: bool = False) -> Iterator[str]:
    """What stands between the commas that are not inside brackets, up to the first empty element.

    A closing bracket too many hides the commas after it as well. With ``whole_strings`` commas and
    brackets inside quoted strings do not count.
    """
    at, end = 0, len(body)
    while True:
        while at < end and body[at] in SPACE:
            at += 1
        start, arrays, objects = at, 0, 0
        while at < end and (arrays or objects or body[at] != ","):
            if whole_strings and body[at] == '"':
                at = _end_of_string(body, at)
                continue
            arrays += _DEPTH_OF_ARRAYS.get(body[at], 0)
            objects += _DEPTH_OF_OBJECTS.get(body[at], 0)
            at += 1
        if at == start:
            return
        yield body[start:at]
        at += 1


def _end_of_string(body: str, at: int) -> int:
    """The place behind the quoted string that begins there."""
    found = inside(body[at:], STRING)
    return len(body) if found is None else len(body) - len(found[1])


def array(text: str) -> str:
    """The text between the brackets of an array. Raises `Failed` if there are none."""
    found = inside(text, ARRAY)
    if found is None:
        first = text.lstrip(SPACE)[:1]
        raise Failed(f"missing '{']' if first == '[' else '['}' wrapping array for extract json")
    return found[0]


def member(text: str, key: str, *, whole_strings: bool = False) -> str | None:
    """The value of a member of an object, None if there is none of that name.

    Raises `Failed` where the text is not like an object.
    """
    found = inside(text, OBJECT)
    if found is None:
        first = text.lstrip(SPACE)[:1]
        raise Failed(f"missing '{'}' if first == '{' else '{'}' wrapping object for extract json")
    for element in elements(found[0], whole_strings=whole_strings):
        named = inside(element, STRING)
        if named is None:
            raise Failed("missing '\"' wrapping string key for extract json")
        if named[0] == key:
            rest = named[1].lstrip(SPACE)
            if not rest.startswith(":"):
                raise Failed("missing object value-separator for extract json")
            return rest[1:].lstrip(SPACE)
    return None


def unquoted(value: str) -> str:
    """The text between the quotes of a string. Raises `Failed` for any other value."""
    found = inside(value, STRING)
    if found is None:
        raise Failed("missing '\"' wrapping string result for extract jsons")
    return found[0]
