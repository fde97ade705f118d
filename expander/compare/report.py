"""Differences for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import printing, to_display
from expander.compare.difference import ADDED, CHANGED, MOVED, REMOVED, RENAMED, Difference, Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

MARKS = {ADDED: "+", REMOVED: "-", CHANGED: "~", MOVED: ">", RENAMED: "~"}
_PLAIN = ("item", "clause", "statement")
"""What is shown by its text; the others have names."""


def text_lines(found: Iterable[Difference], indent: str = "") -> Iterator[str]:
    """One line for each difference, with those inside below it, indented; ready for display."""
    for one in found:
        yield f"{indent}{MARKS[one.kind]} {_headline(one)}{' (and moved)' if one.moved else ''}{_places(one)}"
        yield from text_lines(one.parts, f"{indent}    ")


def _headline(one: Difference) -> str:
    name = to_display(one.name)
    if one.subject == "statement":
        return f"{name} moved" if one.kind == MOVED else name
    if one.subject in _PLAIN or one.subject.endswith("rule"):
        if one.kind == CHANGED:
            change = f"{_value(one.old)} -> {_value(one.new)}"
        else:
            change = _value(one.old or one.new) + (" moved" if one.kind == MOVED else "")
        return f"{one.subject} {change}" if one.subject.endswith("rule") else change
    what = f"{one.subject} {name}".rstrip()
    if one.kind == RENAMED:
        return f"{what} renamed to {_value(one.new)}"
    if one.kind == MOVED:
        return f"{what} moved: was {_value(one.old)}, is {_value(one.new)}"
    if one.parts or one.subject == "acl":
        return what
    if one.kind == CHANGED:
        return f"{what}: {_value(one.old)} -> {_value(one.new)}"
    return f"{what}: {_value(one.old or one.new)}"


def _value(side: Side | None) -> str:
    if side is None:
        return "nothing"
    if side.note in {"unset", "no such option"}:
        return f"({side.note})"
    text = to_display(printing(side.text, top_bit_prints=True)) or "(empty)"
    return f"{text} (default)" if side.note == "default" else text


def _places(one: Difference) -> str:
    """Where both sides stand, where they stand in a file."""
    places = [_place(side) for side in (one.old, one.new) if side is not None and side.span is not None]
    return f"  [{' -> '.join(places)}]" if places else ""


def _place(side: Side) -> str:
    assert side.span is not None
    where = side.span.origin()
    return f"{to_display(where.source.name)}:{where.position()[0]}"


def as_data(found: Iterable[Difference]) -> list[dict[str, Any]]:
    """The differences as data that JSON can hold."""
    return [
        {
            "kind": one.kind,
            "subject": one.subject,
            "name": to_display(one.name),
            "old": _side_data(one.old),
            "new": _side_data(one.new),
            "moved": one.moved or one.kind == MOVED,
            "parts": as_data(one.parts),
        }
        for one in found
    ]


def _side_data(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    where = None if side.span is None else side.span.origin()
    return {
        "text": to_display(side.text),
        "note": side.note or None,
        "file": None if where is None else to_display(where.source.name),
        "line": None if where is None else where.position()[0],
    }
