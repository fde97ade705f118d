"""What differs between two configurations, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from grammar.source import Span

ADDED, REMOVED, CHANGED, MOVED, RENAMED = "added", "removed", "changed", "moved", "renamed"


class Side(Record):
    """What one configuration has: its text, its place, and a remark ("default", "unset", "hidden").

    ``span`` is None for what no file says.
    """

    text: str
    span: Span | None = None
    note: str = ""


class Difference(Record):
    """One difference.

    ``kind`` is "added", "removed", "changed", "moved" or "renamed"; ``subject`` says of what ("main option",
    "router", "statement", "item"...), ``name`` of which. ``old`` and ``new`` are None where one side has
    no such thing. ``parts`` are the differences inside. ``moved`` is true for what changed and stands
    at another place as well.
    """

    kind: str
    subject: str
    name: str
    old: Side | None
    new: Side | None
    parts: tuple[Difference, ...] = ()
    moved: bool = False
