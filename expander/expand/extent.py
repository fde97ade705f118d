"""How far a condition reaches in the text: its node ends with the last argument, before the braces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.text import SPACE
from grammar.ast.expansion import Condition

if TYPE_CHECKING:
    from grammar.ast.expansion import Node


def condition_end(node: Node, text: str) -> int:
    """The offset behind the last brace of a condition, or behind its last word."""
    if not isinstance(node, Condition):
        return node.end
    name_end = node.start + len(node.name)
    if node.arguments:
        end = condition_end(node.arguments[-1], text)
        return _behind_braces(text, end, text.count("{", name_end, node.arguments[0].start))
    unit = registry.find("condition", node.name)
    if unit is None or unit.facts["shape"].form != "subconditions":
        return node.end
    return _behind_braces(text, _behind_space(text, name_end) + 1, 1)


def _behind_braces(text: str, at: int, count: int) -> int:
    for _ in range(count):
        at = _behind_space(text, at)
        if text[at : at + 1] != "}":
            break
        at += 1
    return at


def _behind_space(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip(SPACE))
