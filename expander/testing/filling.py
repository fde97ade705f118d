"""Scenarios with tables: the cells of a row take the place of ``<<column>>`` in all texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grammar.ast.scenarios import Scenario

_PLACE = re.compile(r"<<([^<>]+)>>")


def cases(scenario: Scenario) -> Iterator[tuple[Scenario, int]]:
    """The scenario for each row of its table, with the row's line; itself where it has none."""
    if scenario.table is None:
        yield scenario, scenario.line
        return
    without = _with(scenario, table=None)  # a copy of the table for each row would take time by their square
    for line, row in zip(scenario.table.lines, scenario.table.rows, strict=True):
        values = dict(zip(scenario.table.columns, row, strict=True))
        filled: Scenario = _filled(without, values)
        if filled.name == scenario.name:
            filled = _with(filled, name=f"{scenario.name} [{' | '.join(row)}]")
        yield filled, line


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACE.sub(lambda place: values.get(place[1].strip(), place[0]), value)
    if isinstance(value, tuple):
        return tuple(_filled(part, values) for part in value)
    if isinstance(value, Record):
        fields = {name: _filled(getattr(value, name), values) for name in value.record_fields}
        return type(value)(**fields)
    return value


def _with(scenario: Scenario, **changed: Any) -> Scenario:
    fields = {name: getattr(scenario, name) for name in scenario.record_fields} | changed
    return type(scenario)(**fields)
