"""Which environment variables remain: what ``keep_environment`` and ``add_environment`` say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Fatal
from drivers.api.text import lower
from drivers.values import listtext
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from drivers.api.protocols import Context

_SETTING = late_pattern(r"([^=]+)=(.*)\Z", re.DOTALL)


def pruned(environment: Mapping[str, str], kept: Collection[str], add: str | None) -> dict[str, str]:
    """The variables with the names ``kept``, and those that the list ``add`` sets, which is not expanded."""
    left = {name: value for name, value in environment.items() if name in kept}
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


def kept(context: Context, names: Iterable[str], keep: str) -> set[str]:
    """Those of the names that the list ``keep`` has.

    The list is one of strings that is not expanded. A name for which an element cannot be decided is not
    kept. Raises ``Fatal`` where Exim ends: bad patterns, files and lookups that are not there.
    """
    from expander.lists.match import match_list

    found = set()
    for name in names:
        try:
            if match_list(context, "name", name, keep) is not None:
                found.add(name)
        except ExpansionError:
            continue
        except Fatal as problem:
            raise Fatal(problem.message.replace(f'"{keep}"', "keep_environment")) from problem
    return found
