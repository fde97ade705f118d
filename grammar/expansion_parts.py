"""The pieces that the parser hands to the builder: tokens and nodes, and where they stand."""

from __future__ import annotations

from typing import Any

from grammar.ast.expansion import Node
from grammar.machine import Token

SPACE = " \t\n\v\f\r"
LONGEST_NAME = 255
"""Exim cuts names at this many bytes."""


def is_token(child: Any, kind: str) -> bool:
    """True for a token of that terminal."""
    return type(child) is Token and child.kind == kind


def position(part: Any) -> int:
    """Where a group, a word or a gap begins, white space before it left out."""
    if type(part) is Token:
        return part.end - len(part.text.lstrip(SPACE))
    return int(part.start) - 1


def leading_groups(parts: list[Any], most: int) -> tuple[tuple[Node, ...], list[Any]]:
    """The groups that come first, at most so many, and everything after them."""
    count = 0
    while count < min(most, len(parts)) and isinstance(parts[count], Node):
        count += 1
    return tuple(parts[:count]), parts[count:]
