"""Routers, transports and authenticators of two configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.compare import order
from expander.compare.difference import ADDED, CHANGED, MOVED, REMOVED, RENAMED, Difference, Side
from expander.compare.options import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.config.model import Instance

ORDERED = ("router", "authenticator")
"""The order of transports means nothing."""


def drivers(old: Sequence[Instance], new: Sequence[Instance]) -> Iterator[Difference]:
    """The drivers of a family that differ; one that only has another name is renamed."""
    before, after = {i.name: i for i in old}, {i.name: i for i in new}
    renamed = _renamed(before, after)
    kept = [name for name in before if renamed.get(name, name) in after]
    followers = [renamed.get(name, name) for name in kept]
    new_order = [name for name in after if name in followers]
    moved = order.out_of_order(followers, new_order)
    for name, one in before.items():
        other = after.get(renamed.get(name, name))
        if other is None:
            yield Difference(REMOVED, one.family, name, _side(one), None)
            continue
        if one.family in ORDERED and other.name in moved:
            was, is_now = _where(name, [*before]), _where(other.name, [*after])
            sides = Side(was, one.span), Side(is_now, other.span)
            yield Difference(MOVED, one.family, name, *sides)
        if name in renamed:
            yield Difference(RENAMED, one.family, name, Side(name, one.span), Side(other.name, other.span))
            continue
        parts = tuple(options(one.options, other.options, "option"))
        if parts:
            yield Difference(CHANGED, one.family, name, _side(one), _side(other), parts)
    yield from (
        Difference(ADDED, other.family, name, None, _side(other))
        for name, other in after.items()
        if name not in before and name not in renamed.values()
    )


def _side(instance: Instance) -> Side:
    return Side(instance.driver, instance.span)


def _where(name: str, names: list[str]) -> str:
    """Between which others one stands."""
    at = names.index(name)
    return f"after {names[at - 1]}" if at else "first"


def _renamed(old: dict[str, Instance], new: dict[str, Instance]) -> dict[str, str]:
    """The new names of those that are the same under another one."""
    found: dict[str, str] = {}
    for name, one in old.items():
        if name in new:
            continue
        for candidate, other in new.items():
            if candidate in old or candidate in found.values() or one.driver != other.driver:
                continue
            if not any(options(one.options, other.options, "option")):
                found[name] = candidate
                break
    return found
