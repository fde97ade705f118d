"""What is known of an expansion without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.ast.expansion import Sequence, Text

if TYPE_CHECKING:
    from grammar.ast.expansion import Node


def constant(node: Node | None) -> str | None:
    """The value of a node that is plain text, None for any other."""
    if isinstance(node, Sequence):
        if not node.parts:
            return ""
        node = node.parts[0] if len(node.parts) == 1 else None
    return node.value if isinstance(node, Text) else None
