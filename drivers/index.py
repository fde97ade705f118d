"""Which module holds each unit, and the shapes for the parser: written by ``expander.index_tool``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.shapes import ConditionShape, ItemShape, OperatorShape

if TYPE_CHECKING:
    from drivers.api.index import Row

# fmt: off
ROWS: dict[str, dict[str, Row]] = {
}
ITEM_SHAPES: dict[str, ItemShape] = {
}
OPERATOR_SHAPES: dict[str, OperatorShape] = {
}
CONDITION_SHAPES: dict[str, ConditionShape] = {
}
