"""The lists of a configuration, taken apart as Exim does, with the places of their items."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values import listtext
from expander.lint.texts import LIST_KINDS
from grammar.ast.expansion import Condition, If, Item, Sequence, Text
from grammar.record import Record
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.ast.expansion import Node
    from grammar.source import Source

UNKNOWN = "\ufffc"
"""Stands in a list for what only a run can tell; no byte is that character."""

KINDS = {text: kind for kind, text in LIST_KINDS.items()}
"""The kind of a list by the kind of its text."""

CONDITIONS = {
    "match_domain": "domain",
    "match_ip": "host",
    "match_address": "address",
    "match_local_part": "localpart",
    "inlist": "string",
    "inlisti": "string",
}
"""The conditions whose second argument is a list, and of which kind it is."""

OVER_LISTS = frozenset(("forany", "forall", "map", "filter", "reduce"))
"""The conditions and items that go through the list of their first argument."""

HOST_SETTINGS = ("+include_unknown", "+ignore_unknown", "+include_defer", "+ignore_defer")
SETTINGS = {"host": HOST_SETTINGS, "address": ("+caseful",), "localpart": ("+caseful",)}
"""The items that are no items but say how the rest of the list is matched."""

_PLAIN_ADDRESSES = frozenset(("match_ip",))
_TOKEN = re.compile(
    r"\\N(?P<kept>.*?)(?:\\N|\Z)|\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)|[^\\]", re.DOTALL | re.ASCII
)


class ListItem(Record):
    """One item: its text as it is matched, the offsets of the text in the list's source.

    ``text`` has `UNKNOWN` in the place of what only a run can tell. ``negated`` is true for an item behind
    an exclamation mark, which is no part of ``text``.
    """

    text: str
    start: int
    end: int
    negated: bool = False

    @property
    def constant(self) -> bool:
        """True if the item is the same whenever the list is used."""
        return UNKNOWN not in self.text


class ListView(Record):
    """One list: its kind ("domain", "host", "address", "localpart", "string"), separator and items.

    ``value`` is the text of the list after its expansion, with `UNKNOWN` in it; ``offsets`` says for each of
    its characters, and for its end, where that stands in the source. ``owner`` names the option or
    condition. ``by_address`` is true where hosts are known by their addresses alone.
    """

    kind: str
    source: Source
    owner: str
    separator: str
    value: str
    offsets: tuple[int, ...]
    items: tuple[ListItem, ...]
    text: ExpandedText
    by_address: bool = False
    single: bool = False

    def span(self, start: int, end: int) -> Span:
        """The place of a part of the source."""
        return Span(self.source, start, end)

    def place(self, item: ListItem) -> Span:
        """The place of an item."""
        return Span(self.source, item.start, item.end)

    @property
    def whole(self) -> Span:
        """The place of the whole list, without white space around it."""
        first = next((at for at, char in enumerate(self.value) if char not in SPACE), 0)
        last = len(self.value.rstrip(SPACE))
        return Span(self.source, self.offsets[first], self.offsets[max(last, first)])


def list_views(survey: Survey) -> Iterator[ListView]:
    """All lists that are matched, in the order of the file; none whose separator only a run can tell."""
    for text in survey.texts:
        kind = KINDS.get(text.kind)
        tree = survey.tree(text.source)
        if kind is not None and tree is not None:
            single = text.section in {"retry", "rewrite"} and text.name == "pattern"
            for part in alternatives(tree):
                view = _view(kind, text, text.owner, part, single=single)
                if view is not None:
                    yield view
        for node in survey.nodes(text):
            view = _inside(text, node)
            if view is not None:
                yield view


def alternatives(tree: Node) -> Iterator[Node]:
    """The texts that a list may come to, where the whole of it is a choice between texts; else the tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop(0)
        only = node.parts[0] if isinstance(node, Sequence) and len(node.parts) == 1 else node
        if isinstance(only, (If, Item)) and (only.yes is not None or only.no is not None):
            waiting += [part for part in (only.yes, only.no) if part is not None]
        else:
            yield node


def _inside(text: ExpandedText, node: Node) -> ListView | None:
    """The list that an item or a condition of an expansion goes through."""
    if isinstance(node, Condition) and node.name in CONDITIONS and len(node.arguments) > 1:
        by_address = node.name in _PLAIN_ADDRESSES
        return _view(CONDITIONS[node.name], text, node.name, node.arguments[1], by_address=by_address)
    if isinstance(node, (Condition, Item)) and node.name in OVER_LISTS:
        parts = node.arguments if isinstance(node, Condition) else node.groups
        return _view("string", text, node.name, parts[0]) if parts else None
    return None


def _view(
    kind: str, text: ExpandedText, owner: str, tree: Node, *, by_address: bool = False, single: bool = False
) -> ListView | None:
    value, offsets = flattened(text.source, tree)
    if UNKNOWN in value[:2] and listtext.COLON not in value:
        return None  # the separator may be anything
    mark, body = listtext.separator(value)
    items = (
        tuple(_items(value, offsets, body, mark)) if not single else (_item(value, offsets, 0, len(value)),)
    )
    return ListView(kind, text.source, owner, mark, value, tuple(offsets), items, text, by_address, single)


def flattened(source: Source, tree: Node) -> tuple[str, list[int]]:
    """The text of a tree with `UNKNOWN` for what is not plain, and where each character comes from."""
    value: list[str] = []
    offsets: list[int] = []
    for part in tree.parts if isinstance(tree, Sequence) else (tree,):
        if isinstance(part, Text):
            text, places = _placed(source, part)
            value.append(text)
            offsets += places
        else:
            value.append(UNKNOWN)
            offsets.append(part.start)
    return "".join(value), [*offsets, tree.end]


def _placed(source: Source, part: Text) -> tuple[str, list[int]]:
    """The value of a piece of plain text and the offset of each of its characters."""
    raw = source.text[part.start : part.end]
    if raw == part.value:
        return part.value, list(range(part.start, part.end))
    offsets: list[int] = []
    for token in _TOKEN.finditer(raw):
        at = part.start + token.start()
        if token["kept"] is not None:
            offsets += range(at + 2, at + 2 + len(token["kept"]))
        else:
            offsets.append(at)
    if len(offsets) != len(part.value):
        offsets = [part.start] * len(part.value)
    return part.value, offsets


def _items(value: str, offsets: list[int], body: str, mark: str) -> Iterator[ListItem]:
    """The items as `listtext.pieces` gives them, with their places."""
    at, end = len(value) - len(body), len(value)
    spaces = SPACE.replace(mark, "")
    while True:
        while at < end and value[at] in spaces:
            at += 1
        if at >= end:
            return
        stop = value.find(mark, at)
        while mark >= " " and stop >= 0 and value.startswith(mark, stop + 1):
            stop = value.find(mark, stop + 2)
        last = end if stop < 0 else stop
        yield _item(value, offsets, at, last, mark)
        if stop < 0:
            return
        at = stop + 1


def _item(value: str, offsets: list[int], start: int, end: int, mark: str = "") -> ListItem:
    piece = value[start:end].rstrip(SPACE)
    text = piece.replace(mark + mark, mark) if mark >= " " else piece
    stop = offsets[start + len(piece)] if start + len(piece) < len(offsets) else offsets[-1]
    negated = text.startswith("!")
    return ListItem(text[1:].lstrip(SPACE) if negated else text, offsets[start], stop, negated)


def is_setting(view: ListView, item: ListItem) -> bool:
    """True for ``+include_unknown`` and its like, where the kind of the list has them."""
    return not item.negated and item.text in SETTINGS.get(view.kind, ())


def shown(text: str) -> str:
    """An item as a message names it."""
    text = text.replace(UNKNOWN, "...")
    return text if len(text) <= 60 else f"{text[:57]}..."
