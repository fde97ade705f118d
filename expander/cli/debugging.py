"""The selectors of ``-d``: see the option of that name in the chapter "The Exim command line"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.optiontable import SELECTORS

if TYPE_CHECKING:
    from collections.abc import Iterable

EXPAND, NO_UTF8, ALL = "expand", "noutf8", "all"
NOT_IN_DEFAULT = frozenset(
    ("all", "expand", "filter", "interface", "load", "local_scan", "memory", "noutf8", "pid", "timestamp")
)
"""Selectors that ``-d`` alone does not choose."""


def chosen(selectors: Iterable[str]) -> frozenset[str]:
    """What is debugged: the default with the selectors, each with its ``+`` or ``-``, applied in order."""
    found = set(SELECTORS) - NOT_IN_DEFAULT
    for selector in selectors:
        sign, name = selector[0], selector[1:]
        names = set(SELECTORS) - {NO_UTF8} if name == ALL else {name}
        found = found | names if sign == "+" else found - names
    return frozenset(found)
