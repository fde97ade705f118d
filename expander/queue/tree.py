"""The balanced trees in which Exim keeps names, whose shape its spool files show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Node(State):
    name: str
    left: _Node | None = None
    right: _Node | None = None
    height: int = 1


class Tree:
    """An AVL tree of names, put in one after the other; its shape depends on their order."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._top: _Node | None = None
        for name in names:
            self._top = _with(self._top, name)

    def walk(self) -> Iterator[tuple[str, str]]:
        """Each node before its branches: whether it has a left and a right one ("YN"), and its name."""
        waiting = [self._top] if self._top is not None else []
        while waiting:
            node = waiting.pop()
            yield f"{'Y' if node.left else 'N'}{'Y' if node.right else 'N'}", node.name
            waiting += [branch for branch in (node.right, node.left) if branch is not None]


def _with(node: _Node | None, name: str) -> _Node:
    if node is None:
        return _Node(name)
    if name < node.name:
        node.left = _with(node.left, name)
    elif name > node.name:
        node.right = _with(node.right, name)
    else:
        return node
    return _balanced(node)


def _height(node: _Node | None) -> int:
    return 0 if node is None else node.height


def _balanced(node: _Node) -> _Node:
    left, right = node.left, node.right
    if left is not None and _height(left) > _height(right) + 1:
        if _height(left.right) > _height(left.left):
            node.left = _to_the_left(left)
        return _to_the_right(node)
    if right is not None and _height(right) > _height(left) + 1:
        if _height(right.left) > _height(right.right):
            node.right = _to_the_right(right)
        return _to_the_left(node)
    node.height = max(_height(left), _height(right)) + 1
    return node


def _to_the_right(node: _Node) -> _Node:
    """Let the left branch be the top."""
    top = node.left
    assert top is not None
    node.left, top.right = top.right, node
    node.height = max(_height(node.left), _height(node.right)) + 1
    top.height = max(_height(top.left), node.height) + 1
    return top


def _to_the_left(node: _Node) -> _Node:
    """Let the right branch be the top."""
    top = node.right
    assert top is not None
    node.right, top.left = top.left, node
    node.height = max(_height(node.left), _height(node.right)) + 1
    top.height = max(node.height, _height(top.right)) + 1
    return top
