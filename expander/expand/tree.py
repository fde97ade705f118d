"""Going through the tree of an expansion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.ast.expansion import Condition, If, Item, Node, Operator, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator


def depth(tree: Node) -> int:
    """How deep operators, items and conditions nest."""
    deepest = 0
    waiting: list[tuple[Node, int]] = [(tree, 0)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        inside = level if isinstance(node, Sequence) else level + 1
        waiting.extend((child, inside) for child in children(node))
    return deepest


def walk(tree: Node) -> Iterator[Node]:
    """A node and all nodes inside it, from left to right, each before those inside it."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node, in the order in which they are read."""
    if isinstance(node, Sequence):
        return node.parts
    if isinstance(node, Operator):
        return (node.argument,)
    if isinstance(node, Condition):
        return _present(*node.arguments, node.broken)
    if isinstance(node, Item):
        return _present(*node.groups, node.yes, node.no, node.broken)
    if isinstance(node, If):
        return _present(node.condition, node.yes, node.no, node.broken)
    return ()


def _present(*nodes: Node | None) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node is not None)
