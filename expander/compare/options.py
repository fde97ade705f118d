"""Options and named lists of two configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from expander.compare import order
from expander.compare.difference import ADDED, CHANGED, REMOVED, Difference, Side
from expander.compare.values import canonical, is_list, items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.unit import Unit
    from expander.config.model import NamedList, Options

HIDDEN = "<value not displayable>"
_BY_NAME = frozenset({"user", "group", "late_user", "late_group", "user_list", "group_list"})
"""The types of options whose values are numbers and are written by names."""


def options(old: Options, new: Options, subject: str) -> Iterator[Difference]:
    """The options whose values differ, in the order in which they are set.

    An option that is set to its default does not differ from one that is not set.
    """
    for name in [*old.settings, *(name for name in new.settings if name not in old.settings)]:
        one, other = old.unit(name), new.unit(name)
        if not _same(one, other, old, new, name):
            sides = _side(old, one, name), _side(new, other, name)
            yield Difference(CHANGED, subject, name, *sides, _parts(one, other, old, new, name))
        elif _hidden(old, name) != _hidden(new, name) and name in old.settings and name in new.settings:
            before, after = _side(old, one, name), _side(new, other, name)
            yield Difference(CHANGED, subject, name, _about_hiding(before), _about_hiding(after))


def _same(one: Unit | None, other: Unit | None, old: Options, new: Options, name: str) -> bool:
    if one is None or other is None:
        return False
    return bool(_meaning(one, old[name]) == _meaning(other, new[name]))


def _meaning(unit: Unit, value: Any) -> Any:
    """A value as something that compares: lists by their elements, expansions without their layout."""
    if not isinstance(value, str):
        return value
    if is_list(unit.facts["kind"]):
        return items(value)
    return canonical(value) if unit.facts["expanded"] else value


def _hidden(options: Options, name: str) -> bool:
    setting = options.settings.get(name)
    return setting is not None and setting.hidden


def _about_hiding(side: Side) -> Side:
    return Side("hidden" if side.note == "hidden" else "shown", side.span)


def _side(options: Options, unit: Unit | None, name: str) -> Side:
    """The value of an option for people."""
    if unit is None:
        return Side("", None, "no such option")
    setting = options.settings.get(name)
    if setting is not None and setting.hidden:
        return Side(HIDDEN, setting.span, "hidden")
    written = setting.text if setting is not None and unit.impl.name in _BY_NAME else None
    text = _shown(unit, options[name]) if written is None else written
    if setting is not None:
        return Side(text, setting.span)
    return Side(text, None, "default" if text else "unset")


def _shown(unit: Unit, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value == ():
        return ""
    shown: str = unit.impl.show(value, None)
    return shown


def _parts(
    one: Unit | None, other: Unit | None, old: Options, new: Options, name: str
) -> tuple[Difference, ...]:
    """The elements in which two lists differ, where both are set and may be shown."""
    if one is None or other is None or not (name in old.settings and name in new.settings):
        return ()
    if not (is_list(one.facts["kind"]) and is_list(other.facts["kind"])):
        return ()
    if _hidden(old, name) or _hidden(new, name):
        return ()
    before, after = old[name], new[name]
    return elements(before, after) if isinstance(before, str) and isinstance(after, str) else ()


def elements(old: str, new: str) -> tuple[Difference, ...]:
    """The elements in which two lists differ."""
    before, after = items(old), items(new)
    return tuple(
        Difference(
            step.kind,
            "item",
            before[step.old] if step.old is not None else after[step.new or 0],
            None if step.old is None else Side(before[step.old]),
            None if step.new is None else Side(after[step.new]),
        )
        for step in order.steps(before, after)
        if step.kind != order.SAME
    )


def named_lists(
    old: dict[tuple[str, str], NamedList], new: dict[tuple[str, str], NamedList]
) -> Iterator[Difference]:
    """The named lists that differ, element by element."""
    for key in [*old, *(key for key in new if key not in old)]:
        kind, name = key
        before, after = old.get(key), new.get(key)
        sides = _list_side(before), _list_side(after)
        if before is None or after is None:
            yield Difference(ADDED if before is None else REMOVED, f"{kind}list", name, *sides)
        elif items(before.text) != items(after.text):
            secret = before.hidden or after.hidden
            parts = () if secret else elements(before.text, after.text)
            yield Difference(CHANGED, f"{kind}list", name, *sides, parts)
        elif before.hidden != after.hidden:
            sides = _hiding(before), _hiding(after)
            yield Difference(CHANGED, f"{kind}list", name, *sides)


def _hiding(found: NamedList) -> Side:
    return Side("hidden" if found.hidden else "shown", found.span)


def _list_side(found: NamedList | None) -> Side | None:
    if found is None:
        return None
    return Side(HIDDEN, found.span, "hidden") if found.hidden else Side(found.text, found.span)
