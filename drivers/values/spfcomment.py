"""The text that the option ``spf_smtp_comment_template`` makes for a client, as libspf2 makes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.values import spfmacro
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATE = "spf template"
"""Under this name the state has the value of the option, once the client has said what it is."""

DEFAULT = "Please%_see%_http://www.openspf.org/Why?id=%{S}&ip=%{C}&receiver=%{R}"
"""What the library takes for a template that it does not understand."""

_PIECE = late_pattern(r"[^ %]+|[ %](?:([%_-])|\{(?:([A-Za-z])([0-9]*)(r?)([-.+,/_=]*)(\}))?)?")
_LETTERS = frozenset("slodipvhcrt")
_ESCAPE = late_pattern(r"[^A-Za-z0-9._~-]")


def comment(template: str, value: Callable[[str], str]) -> str:
    """The template with its macros replaced; ``value`` gives what a letter stands for.

    A blank counts as a percent sign: that is how the library reads it. A macro that is none makes it fall
    back on its own text.
    """
    try:
        return "".join(_piece(found, value) for found in _PIECE.finditer(template))
    except ValueError:
        return comment(DEFAULT, value)


def _piece(found: re.Match[str], value: Callable[[str], str]) -> str:
    text = found[0]
    plain, letter, digits, turned, marks, end = found.groups()
    if text[0] not in " %":
        return text
    if plain:
        return spfmacro.PLAIN[plain]
    if len(text) == 1:
        return "%"
    if not end or letter.lower() not in _LETTERS or (digits and not int(digits)):
        raise ValueError(text)
    low = spfmacro.expanded(f"%{{{letter.lower()}{digits}{turned}{marks}}}", value, clipped=bool(digits))
    return low if letter.islower() else _ESCAPE.sub(lambda byte: f"%{ord(byte[0]):02x}", low)
