"""Patterns that are compiled when they are used first: a run meets few of those that its modules have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr

if TYPE_CHECKING:
    from re import Pattern

_METHODS = (
    "match",
    "fullmatch",
    "search",
    "findall",
    "finditer",
    "split",
    "sub",
    "subn",
    "pattern",
    "groups",
)


class _Late:
    """Stands for a pattern; once one of its methods is asked for, all of them are attributes."""

    def __init__(self, text: Any, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def late_pattern(text: AnyStr, flags: int = 0) -> Pattern[AnyStr]:
    """What ``re.compile`` gives, but compiled with the first match.

    Only the methods of a pattern, ``pattern`` and ``groups`` are there; functions of ``re`` do not take it.
    """
    return _Late(text, flags)  # type: ignore[return-value] # it has what is promised here
