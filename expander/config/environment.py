"""Which environment variables remain: what ``keep_environment`` and ``add_environment`` say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import listtext
from expander.expand import regex

if TYPE_CHECKING:
    from collections.abc import Mapping

_SETTING = re.compile(r"([^=]+)=(.*)\Z", re.DOTALL)


def pruned(environment: Mapping[str, str], keep: str | None, add: str | None) -> dict[str, str]:
    """The variables that the list ``keep`` matches, and those that the list ``add`` sets.

    Both are the texts of the options, not expanded; without the first nothing is kept. Names are
    compared with their case. Raises ``Failed`` for a bad pattern.
    """
    elements = listtext.split(keep or "")
    left = {name: value for name, value in environment.items() if _matches(name, elements)}
    for element in listtext.elements(add or ""):
        found = _SETTING.match(element)
        if found is None:
            left.pop(element, None)
        else:
            left[found[1]] = found[2]
    return left


def with_zone(environment: Mapping[str, str], zone: str) -> dict[str, str]:
    """The variables after the option ``timezone`` was obeyed: TZ is its value, or gone if that is empty.

    With the value UTC nobody touches TZ.
    """
    left = dict(environment)
    if not zone:
        left.pop("TZ", None)
    elif lower(zone) != "utc":
        left["TZ"] = zone
    return left


def _matches(name: str, elements: list[str]) -> bool:
    negated = False
    for element in elements:
        negated = element.startswith("!")
        pattern = element[1:].lstrip() if negated else element
        if pattern.startswith("^"):
            matched = regex.pattern(pattern).search(name) is not None
        elif pattern.startswith("*"):
            matched = name.endswith(pattern[1:])
        else:
            matched = name == pattern
        if matched:
            return not negated
    return negated
