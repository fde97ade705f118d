"""The macros of SPF records (RFC 7208, section 7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_DOMAIN = 253
PLAIN = {"%": "%", "_": " ", "-": "%20"}
_MACRO = late_pattern(r"%(?:([%_-])|\{([A-Za-z])([0-9]*)(r?)([-.+,/_=]*)\})", re.IGNORECASE)
_NOT_IN_URL = late_pattern(r"[^A-Za-z0-9._~-]")


def expanded(text: str, value: Callable[[str], str], *, clipped: bool = False) -> str:
    """The text with its macros replaced; ``value`` gives what a letter (in lower case) stands for.

    A capital letter has the value written for a URL. With ``clipped`` a value that has no more parts than
    are asked for loses its first byte, as libspf2 has it.
    """

    def replaced(found: re.Match[str]) -> str:
        plain, letter, digits, turned, marks = found.groups()
        if plain:
            return PLAIN[plain]
        count = int(digits or 0)
        parts = _parts(value(lower(letter)), marks or ".", turned=bool(turned))
        whole = ".".join(parts[-count:])
        if clipped and count >= len(parts):
            whole = whole[1:]
        return _NOT_IN_URL.sub(lambda byte: f"%{ord(byte[0]):02X}", whole) if letter.isupper() else whole

    return _MACRO.sub(replaced, text)


def _parts(value: str, marks: str, *, turned: bool) -> list[str]:
    """The parts of a value between the marks."""
    parts = re.split(f"[{re.escape(marks)}]", value)
    return parts[::-1] if turned else parts


def shortened(domain: str) -> str:
    """A domain without as many of its first components as it takes to make it no longer than can be."""
    while len(domain) > LONGEST_DOMAIN and "." in domain:
        domain = domain.partition(".")[2]
    return domain
