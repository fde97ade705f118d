"""What options tolerate in addresses: excess angle brackets, and UTF-8 in domains."""

from __future__ import annotations

import re

from grammar.patterns import late_pattern

SHOWN_OF_JUNK = 32
NO_CLOSING = "'>' missing at end of address"
_UNQUOTED = r'[^<>"\\]|\\.|"(?:[^"\\]|\\.)*"?'
_OPENING = late_pattern(rf"((?:{_UNQUOTED}|>)*+)((?:<(?=<))++)((?:<(?:{_UNQUOTED})*+>)?+)(>*)", re.DOTALL)
_SEQUENCE = (
    r"[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}|[\xf8-\xfb][\x80-\xbf]{4}|"
    r"[\xfc\xfd][\x80-\xbf]{5}"
)
_CHARACTER = late_pattern(rf"{_SEQUENCE}|[\xc0-\xff]")
_BROKEN = late_pattern(rf"(?!{_SEQUENCE})[\xc0-\xff]")


def junk(text: str, at: int) -> str:
    """What is said of what stands at a place where nothing may follow."""
    return f"malformed address: {text[at : at + SHOWN_OF_JUNK]} may not follow {text[:at]}"


def excess(body: str) -> int:
    """How many angle brackets are opened directly before the one that counts."""
    found = _OPENING.match(body)
    return len(found[2]) if found else 0


def without_excess(body: str) -> str:
    """The body with blanks for brackets that are opened beyond one, and for as many closing ones."""
    found = _OPENING.match(body)
    if found is None:
        return body
    opened, inside, closed = found[2], found[3], found[4]
    hidden = min(len(opened), len(closed))
    after = body[found.end(4) - len(closed) + hidden :]
    return f"{found[1]}{' ' * len(opened)}{inside}{' ' * hidden}{after}"


def closing_fault(text: str, at: int, count: int) -> str:
    """What is wrong with ``count`` closing brackets that must stand at a place; "" if nothing is."""
    missing = next((place for place in range(at, at + count) if text[place : place + 1] != ">"), None)
    if missing is None:
        return ""
    return junk(text, missing) if missing < len(text) else NO_CLOSING


def in_ascii(body: str) -> str:
    """The body with letters in the place of what begins a character in UTF-8 and belongs to it."""
    return _CHARACTER.sub(lambda found: "x" * len(found[0]), body)


def is_broken_utf8(text: str) -> bool:
    """True if a byte begins a character of which not all is there."""
    return _BROKEN.search(text) is not None
