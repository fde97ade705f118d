"""The tree of an expansion back to text: to the letter from its source, or in a canonical form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from grammar.ast.expansion import (
    Broken,
    Capture,
    Condition,
    Fail,
    Header,
    If,
    Item,
    Node,
    Operator,
    Sequence,
    Text,
    Variable,
    Word,
)
from grammar.shapes import COMMAND, ItemShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammar.shapes import Shapes

Piece = str | Node
"""What unparsing a node starts with: text as it will stand, or a node still to be unparsed."""

_SPECIAL = re.compile(r"[\\${}]")
_NAME_GOES_ON = re.compile(r"[A-Za-z0-9_]")
_NO_SHAPE = ItemShape()


def unparse(node: Node, text: str | None, shapes: Shapes | None = None) -> str:
    r"""The text of a tree.

    With ``text``, the source that the tree was parsed from, the result is the piece of it that
    the node covers, byte for byte: ``unparse(parse(t, shapes), t) == t`` for every ``t``. It is
    put together from the children and what stands between them, so a tree whose offsets are
    wrong does not pass for a right one.

    Without it the result is canonical text, for which ``shapes`` (those of the parse) must be
    given: ``parse(unparse(tree, None, shapes), shapes)`` means the same as the tree, see
    `same_meaning`. Raises ``ValueError`` for a tree with a `Broken` node, which has no text of
    its own, and where ``shapes`` is missing.
    """
    if text is not None:
        return _stitched(node, text)
    if shapes is None:
        raise ValueError("canonical text needs the shapes that the tree was parsed with")
    return _Canonical(shapes).write(node)


def same_meaning(one: Node, other: Node) -> bool:
    """True if two trees are the same apart from their offsets."""
    waiting: list[tuple[Any, Any]] = [(one, other)]
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, Node):
            names = [name for name in left.record_fields if name not in {"start", "end"}]
            waiting.extend((getattr(left, name), getattr(right, name)) for name in names)
        elif isinstance(left, tuple):
            if len(left) != len(right):
                return False
            waiting.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True


def parts(node: Node) -> list[Node]:
    """The nodes directly inside a node, words included, in the order of the text."""
    found: list[Node] = []
    for name in node.record_fields:
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(part for part in value if isinstance(part, Node))
    return sorted(found, key=lambda part: (part.start, part.end))


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes inside it, each before its parts."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(parts(node)))


def _stitched(node: Node, text: str) -> str:
    """The text of a node: its children's, and the gaps between them."""
    written: list[str] = []
    waiting: list[Piece] = [node]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, str):
            written.append(piece)
            continue
        row: list[Piece] = []
        at = piece.start
        for part in parts(piece):
            # What is wrong is marked over text that other nodes may cover as well.
            if at <= part.start and part.end <= piece.end:
                row += [text[at : part.start], part]
                at = part.end
        row.append(text[at : piece.end])
        waiting.extend(reversed(row))
    return "".join(written)


def _escaped(value: str, *, after_name: bool) -> str:
    r"""Literal text; ``after_name`` where a name before it must not swallow its first character."""
    special = len(_SPECIAL.findall(value))
    if not value or (special > 1 and "\\N" not in value):
        return rf"\N{value}\N"
    head = ""
    if after_name and _NAME_GOES_ON.match(value):
        head, value = f"\\{ord(value[0]):03o}", value[1:]
    return head + _SPECIAL.sub(r"\\\g<0>", value)


class _Canonical:
    """Writes trees without their source."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def write(self, node: Node) -> str:
        written: list[str] = []
        waiting: list[Piece] = [node]
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, str):
                written.append(piece)
            else:
                waiting.extend(reversed(self._row(piece)))
        return "".join(written)

    def _row(self, node: Node) -> list[Piece]:
        if isinstance(node, Sequence):
            return self._sequence(node)
        if isinstance(node, Operator):
            suffix = "" if node.suffix is None else f"_{node.suffix}"
            return [f"${{{node.name}{suffix}:", node.argument, "}"]
        if isinstance(node, Item):
            return self._item(node)
        if isinstance(node, If):
            _refuse(node.broken)
            return ["${if ", node.condition, *_branches(node.yes, node.no), "}"]
        if isinstance(node, Condition):
            return self._condition(node)
        return [_leaf(node)]

    @staticmethod
    def _sequence(node: Sequence) -> list[Piece]:
        row: list[Piece] = []
        before: Node | None = None
        for part in node.parts:
            if isinstance(part, Text):
                open_name = isinstance(before, Variable) and not before.braced
                row.append(_escaped(part.value, after_name=open_name))
            else:
                row.append(part)
            before = part
        return row

    def _item(self, node: Item) -> list[Piece]:
        _refuse(node.broken)
        shape = self._shapes.items.get(node.name, _NO_SHAPE)
        verbatim = shape.group_kind(0) == COMMAND and not self._expands(node, shape)
        row: list[Piece] = [f"${{{node.name}"]
        words = list(node.words)
        for index, group in enumerate(node.groups):
            while words and words[0].start <= group.start:
                row.append(_word(words.pop(0), shape))
            row += ["{", _verbatim(group) if verbatim and index == 0 else group, "}"]
        row += [_word(word, shape) for word in words]
        return [*row, *_branches(node.yes, node.no), "}"]

    @staticmethod
    def _expands(node: Item, shape: ItemShape) -> bool:
        """True if an option makes the first group an ordinary text."""
        option = shape.expanding_option
        return bool(option) and any(option in word.value.split(",") for word in node.words)

    def _condition(self, node: Condition) -> list[Piece]:
        _refuse(node.broken)
        row: list[Piece] = [f"{'!' if node.negated else ''}{node.name}"]
        shape = self._shapes.conditions.get(node.name)
        form = shape.form if shape else "strings"
        if form == "def":
            (named,) = node.arguments
            return [*row, ":", _leaf(named).lstrip("$").removeprefix("{").removesuffix("}")]
        inside: list[Piece] = []
        for argument in node.arguments:
            inside += ["{", argument, "}"]
        if form in {"bundle", "subconditions"}:
            inside = ["{", *inside, "}"]
        return [*row, " ", *inside]


def _refuse(broken: Broken | None) -> None:
    if broken is not None:
        raise ValueError(f"a broken expansion has no canonical text: {broken.message}")


def _leaf(node: Node) -> str:
    """A node without children."""
    if isinstance(node, Text):
        return _escaped(node.value, after_name=False)
    if isinstance(node, Variable):
        return f"${{{node.name}}}" if node.braced else f"${node.name}"
    if isinstance(node, Capture):
        return f"${{{node.number}}}"
    if isinstance(node, Header):
        form = "h" if node.form == "h" else f"{node.form}h"
        return f"${form}_{node.name}:"
    if isinstance(node, Fail):
        return "fail"
    if isinstance(node, Broken):
        _refuse(node)
    raise ValueError(f"a {node.kind} cannot stand alone")


def _verbatim(group: Node) -> str:
    """A command, which the tree keeps as it was written."""
    _refuse(next((part for part in parts(group) if isinstance(part, Broken)), None))
    return "".join(part.value for part in parts(group) if isinstance(part, Text))


def _word(word: Word, shape: ItemShape) -> str:
    return word.value if shape.words == "option" else f" {word.value} "


def _branches(yes: Node | None, no: Node | None) -> list[Piece]:
    row: list[Piece] = [] if yes is None else ["{", yes, "}"]
    if isinstance(no, Fail):
        return [*row, " fail"]
    return row if no is None else [*row, "{", no, "}"]
