"""Going through the tree of an expansion with what stands above each node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.expand.tree import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammar.ast.expansion import Node


def with_ancestors(tree: Node | None) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """All nodes from left to right, each with the nodes around it, the outermost first."""
    waiting: list[tuple[Node, tuple[Node, ...]]] = [(tree, ())] if tree is not None else []
    while waiting:
        node, above = waiting.pop()
        yield node, above
        inside = (*above, node)
        waiting.extend((child, inside) for child in reversed(children(node)))
