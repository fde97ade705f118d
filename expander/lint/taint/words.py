"""Values that Exim takes apart before it expands the parts: commands, and lists with their items."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api.text import SPACE
from drivers.values import listtext
from grammar.ast.expansion import Sequence, Text
from grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammar.ast.expansion import Node


def arguments(source: Source, start: int, end: int) -> Iterator[Source]:
    """The arguments of a command line, each as a source of its own, without its quotes."""
    text, at = source.text, start
    while at < end:
        if text[at] in SPACE:
            at += 1
            continue
        quote = text[at] if text[at] in "\"'" else ""
        begin = at + len(quote)
        stop = begin
        while stop < end and (text[stop] != quote if quote else text[stop] not in SPACE):
            stop += 2 if quote == '"' and text[stop] == "\\" else 1
        stop = min(stop, end)
        yield Source(source.name, text[begin:stop], parent=Span(source, begin, stop))
        at = stop + len(quote)


class ListItem(NamedTuple):
    """An item of a list: its pieces, and the text that it begins with."""

    parts: tuple[Node, ...]
    head: str

    @property
    def negated(self) -> bool:
        """True for an item with an exclamation mark."""
        return self.head.startswith("!")

    @property
    def body(self) -> str:
        """The text that it begins with, without the mark of a negation."""
        return self.head.lstrip("!").lstrip(SPACE)

    @property
    def is_constant(self) -> bool:
        """True for an item that is plain text."""
        return all(isinstance(part, Text) for part in self.parts)


def items(tree: Node | None) -> list[ListItem]:
    """The items of a list as it is written; a piece that expands to several items counts as one."""
    parts = tree.parts if isinstance(tree, Sequence) else () if tree is None else (tree,)
    first = parts[0].value if parts and isinstance(parts[0], Text) else ""
    mark, body = listtext.separator(first) if first else (listtext.COLON, "")
    found: list[ListItem] = []
    current: list[Node] = []
    for number, part in enumerate(parts):
        if not isinstance(part, Text):
            current.append(part)
            continue
        pieces = _cut(body if number == 0 else part.value, mark)
        for index, piece in enumerate(pieces):
            if index:
                found.append(_item(current))
                current = []
            current.append(Text(part.start, part.end, piece))
    found.append(_item(current))
    return [item for item in found if item.head or len(item.parts) > 1 or not item.is_constant]


def _cut(text: str, mark: str) -> list[str]:
    """The text at its separators; doubled ones stand for themselves."""
    return [piece.replace("\0", mark) for piece in text.replace(mark * 2, "\0").split(mark)]


def _item(parts: list[Node]) -> ListItem:
    head = parts[0].value.lstrip(SPACE) if parts and isinstance(parts[0], Text) else ""
    if all(isinstance(part, Text) for part in parts):
        head = head.rstrip(SPACE)
    return ListItem(tuple(parts), head)
