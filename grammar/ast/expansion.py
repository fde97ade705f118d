"""The typed tree of an expansion: frozen nodes with byte offsets into the text they came from."""

from __future__ import annotations

from typing import ClassVar

from grammar.record import Record


class Node(Record):
    """A piece of expansion text; ``start`` and ``end`` are byte offsets, the end not included."""

    kind: ClassVar[str] = "node"
    start: int
    end: int


class Text(Node):
    r"""Literal text; ``value`` has the escapes and ``\N...\N`` already resolved."""

    kind: ClassVar[str] = "text"
    value: str


class Variable(Node):
    """``$name`` or ``${name}``; ``braced`` tells the second form."""

    kind: ClassVar[str] = "variable"
    name: str
    braced: bool = False


class Capture(Node):
    """``$0`` to ``$9``, ``${10}``: what a part of a pattern matched."""

    kind: ClassVar[str] = "capture"
    number: int


class Header(Node):
    """``$h_name:`` and its relatives; ``form`` is "h", "r" (raw), "b" (no charset) or "l" (list)."""

    kind: ClassVar[str] = "header"
    form: str
    name: str


class Broken(Node):
    """Where the text stops making sense; evaluating it fails with ``message``, in Exim's words."""

    kind: ClassVar[str] = "broken"
    message: str


class Sequence(Node):
    """Pieces one after the other; their values are joined."""

    kind: ClassVar[str] = "sequence"
    parts: tuple[Node, ...]


class Fail(Node):
    """The word ``fail`` in place of a no string: forces the expansion to fail."""

    kind: ClassVar[str] = "fail"


class Operator(Node):
    """``${name:argument}`` or ``${name_suffix:argument}``; ``suffix`` is None without underscore."""

    kind: ClassVar[str] = "operator"
    name: str
    suffix: str | None
    argument: Node


class Word(Node):
    """A bare word between the groups of an item: ``json``, a lookup type with its options."""

    kind: ClassVar[str] = "word"
    value: str


class Item(Node):
    """``${name{...}{...}}``.

    ``words`` are the bare words before the groups and between them. ``groups`` are its own
    arguments in order; ``yes`` and ``no`` are the strings chosen by the result, None where not
    given. ``broken`` is set where the item goes wrong after the last of ``groups``.
    """

    kind: ClassVar[str] = "item"
    name: str
    words: tuple[Word, ...]
    groups: tuple[Node, ...]
    yes: Node | None
    no: Node | None
    broken: Broken | None


class Condition(Node):
    """What stands after ``${if`` and in the groups of ``and``, ``or``, ``forany`` and the like.

    ``arguments`` holds strings (any node) or conditions, as the condition's shape says.
    ``broken`` is set where the condition goes wrong after the last of ``arguments``.
    """

    kind: ClassVar[str] = "condition"
    name: str
    negated: bool
    arguments: tuple[Node, ...]
    broken: Broken | None


class If(Node):
    """``${if condition{yes}{no}}``; ``yes`` is None where both strings are absent.

    ``broken`` is set where the item goes wrong after the strings.
    """

    kind: ClassVar[str] = "if"
    condition: Node
    yes: Node | None
    no: Node | None
    broken: Broken | None = None
