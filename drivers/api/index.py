"""One line of the index of units: what can be known of a unit without importing its module."""

from __future__ import annotations

from typing import NamedTuple

Row = tuple[str, str, str | None, str | None]
"""Module, since, until and feature, as the generated index holds them."""


class Entry(NamedTuple):
    """A unit's place and when it is there; has what `Profile.has` and `Profile.knows` ask for."""

    family: str
    name: str
    module: str
    since: str
    until: str | None
    feature: str | None
