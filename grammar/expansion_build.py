"""Builds the typed tree of an expansion while the parser runs, and words what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from grammar.ast.expansion import (
    Broken,
    Capture,
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
from grammar.expansion_conditions import ConditionBuilder
from grammar.expansion_parts import SPACE, end_of, is_token, leading_groups, position, start_of
from grammar.machine import Piece
from grammar.words import (
    CURLY,
    MISPLACED_HEADER,
    NO_END,
    NO_START,
    UNENDED,
    UNENDED_HEADER,
    UNENDED_TEST,
    YES_NO,
)

if TYPE_CHECKING:
    from grammar.shapes import ItemShape, Shapes

NAMED_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unescape(escape: str) -> str:
    """The character that a backslash escape stands for."""
    body = escape[1:]
    if body[0] in "01234567":
        return chr(int(body, 8) & 0xFF)
    if body[0] == "x":
        return chr(int(body[1:] or "0", 16))
    return NAMED_ESCAPES.get(body, body)


def protected(text: str) -> str:
    r"""What stands between two ``\N``, the second of which may be missing."""
    return text[2:-2] if len(text) >= 4 and text.endswith("\\N") else text[2:]


UNESCAPED_BRACE = re.compile(r"(?<!\\)\}")
WORD_TOKENS = frozenset(("WORD", "TYPE", "OPTION", "OPTION_EXPANDS"))


class Builder(ConditionBuilder):
    """Called by the parser for each rule; `begin` sets the text of which the tokens are pieces."""

    RULES = (
        "start",
        "content",
        "group",
        "raw",
        "command",
        "operator",
        "item",
        "branch",
        "condition",
        "bundle",
        "subconditions",
        "tested",
    )
    """The rules of the grammar that have a method here."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.text = ""
        self.header_with_brace = False

    def begin(self, text: str) -> None:
        """Get ready for a text."""
        self.text = text
        self.header_with_brace = False

    # -- pieces of text

    def start(self, children: list[Any]) -> Sequence:
        """The whole text."""
        return self._sequence(children, 0, len(self.text))

    def content(self, children: list[Any]) -> list[Any]:
        """The pieces inside an operator or a group."""
        return children

    def group(self, children: list[Any]) -> Sequence:
        """A group that is expanded."""
        opening, inner, closing = children
        return self._sequence(inner, end_of(opening), start_of(closing))

    def raw(self, children: list[Any]) -> Sequence:
        """A group in which dollars are not looked at."""
        return self._sequence(children[1:-1], end_of(children[0]), start_of(children[-1]))

    def command(self, children: list[Any]) -> Sequence:
        """A group that is kept as it stands."""
        start, end = end_of(children[0]), start_of(children[-1])
        if any(isinstance(child, Piece) and child.type == "CUT" for child in children):
            message = self._worded("missing '}' closing command arg of run")
            return Sequence(start, end, (Broken(start, end, message),))
        return Sequence(start, end, (Text(start, end, self.text[start:end]),))

    def operator(self, children: list[Any]) -> Operator:
        """``${name:argument}``."""
        opening, inner, closing = children
        start = end_of(opening)
        argument = self._sequence(inner, start, start_of(closing))
        name, suffix = self._operator_name(opening[2:-1])
        shape = self.shapes.operators.get(name)
        if shape is not None and shape.certificate and self._is_unclosed_variable(start):
            argument = Sequence(start, argument.end, (Broken(start, argument.end, UNENDED),))
        return Operator(start_of(opening), end_of(closing), name, suffix, argument)

    def _is_unclosed_variable(self, at: int) -> bool:
        return self.text.startswith("$", at) and UNESCAPED_BRACE.search(self.text, at) is None

    def _operator_name(self, whole: str) -> tuple[str, str | None]:
        known = self.shapes.operators
        if whole in known:
            return whole, None
        for place in range(len(whole) - 1, 0, -1):
            # Names of several words have no suffix unless their shape says so.
            name = whole[:place]
            if whole[place] == "_" and name in known and ("_" not in name or known[name].suffix != "no"):
                return name, whole[place + 1 :]
        return whole, None

    def _sequence(self, children: Iterable[Any], start: int, end: int) -> Sequence:
        """Pieces joined; neighbours that are plain text become one."""
        parts: list[Node] = []
        for child in children:
            node = self._node(child) if isinstance(child, Piece) else child
            last = parts[-1] if parts else None
            if isinstance(node, Text) and isinstance(last, Text):
                parts[-1] = Text(last.start, node.end, last.value + node.value)
            else:
                parts.append(node)
        return Sequence(start, end, tuple(parts))

    def _node(self, token: Piece) -> Node:
        start, end = start_of(token), end_of(token)
        return cast("Node", getattr(self, f"_node_{token.type.lower()}", self._plain)(token, start, end))

    @staticmethod
    def _plain(token: Piece, start: int, end: int) -> Text:
        return Text(start, end, str(token))

    @staticmethod
    def _node_escape(token: Piece, start: int, end: int) -> Text:
        return Text(start, end, unescape(token))

    @staticmethod
    def _node_protected(token: Piece, start: int, end: int) -> Text:
        return Text(start, end, protected(token))

    @staticmethod
    def _node_variable(token: Piece, start: int, end: int) -> Variable:
        return Variable(start, end, token[1:256])

    @staticmethod
    def _node_braced_variable(token: Piece, start: int, end: int) -> Variable:
        return Variable(start, end, token[2:-1], braced=True)

    @staticmethod
    def _node_capture(token: Piece, start: int, end: int) -> Capture:
        return Capture(start, end, int(token[1:]))

    @staticmethod
    def _node_braced_capture(token: Piece, start: int, end: int) -> Capture:
        return Capture(start, end, int(token[2:-1]))

    def _node_header(self, token: Piece, start: int, end: int) -> Header:
        return self._header(token[1:], start, end)

    def _header(self, text: str, start: int, end: int) -> Header:
        form, _, name = text.partition("_")
        return Header(start, end, "h" if form[0] == "h" else form[0], name.removesuffix(":"))

    def _node_open(self, token: Piece, start: int, end: int) -> Broken:
        name = token[2:256]
        if name[-1] in ":}":  # an item's name in the form of an operator or a variable
            return self._item_without_groups(name[:-1], end - 1)
        message = f'"${{{name}" is not a known operator (or a }} is missing in a variable reference)'
        return Broken(start, end, message)

    def _item_without_groups(self, name: str, at: int) -> Broken:
        if name == "if":
            return self._no_condition(at)
        shape = self.shapes.items[name]
        if shape.words == "type":
            return Broken(at, at, shape.complaints.get("type", "missing lookup type"))
        return self._missing_group(name, shape, 0, at)

    @staticmethod
    def _node_bad_capture(_token: Piece, start: int, end: int) -> Broken:
        return Broken(start, end, "} expected after number")

    @staticmethod
    def _node_bad_brace(_token: Piece, start: int, end: int) -> Broken:
        return Broken(start, end, "letter or digit expected after ${")

    @staticmethod
    def _node_bad_dollar(_token: Piece, start: int, end: int) -> Node:
        return Broken(start, end, "$ not followed by letter, digit, or {")

    @staticmethod
    def _node_bad_escape(_token: Piece, start: int, end: int) -> Broken:
        return Broken(start, end, r"\ at end of string")

    def _node_cut(self, _token: Piece, start: int, end: int) -> Broken:
        return Broken(start, end, UNENDED_HEADER if self.header_with_brace else UNENDED)

    # -- items

    def item(self, children: list[Any]) -> Item:
        """``${name{...}...}``."""
        opening, closing = children[0], children[-1]
        name = opening[2:]
        shape = self.shapes.items[name]
        words = tuple(
            Word(start_of(t), end_of(t), t.strip())
            for t in children[1:-1]
            if isinstance(t, Piece) and t.type in WORD_TOKENS
        )
        parts, inside = self._item_parts(shape, children[1:-1])
        if shape.words == "type":
            return self._typed(opening, closing, words, parts, shape)
        if shape.open_ended:
            return self._open_ended(start_of(opening), closing, name, words, parts, shape)
        groups, rest = leading_groups(parts, shape.most)
        start, end = start_of(opening), end_of(closing)
        if inside is not None:
            return Item(start, end, name, words, groups, None, None, inside)
        if len(groups) < shape.least:
            at = position(rest[0]) if rest else start_of(closing)
            broken = self._missing_group(name, shape, len(groups), at)
            return Item(start, end, name, words, groups, None, None, broken)
        if shape.branches:
            yes, no, surplus = self._branches(name, rest)
            return Item(start, end, name, words, groups, yes, no, surplus)
        return Item(start, end, name, words, groups, None, None, self._surplus(name, shape, rest, closing))

    def _typed(
        self, opening: Piece, closing: Piece, words: tuple[Word, ...], parts: list[Any], shape: ItemShape
    ) -> Item:
        """A lookup: perhaps a key before the type, and one group, a file or a query, after it."""
        name, start, end = opening[2:], start_of(opening), end_of(closing)
        split_at = words[0].start if words else end
        before = tuple(p for p in parts if isinstance(p, Node) and p.end < split_at)
        rest = parts[len(before) :]
        if not words:
            at = position(rest[0]) if rest else start_of(closing)
            wrong = Broken(at, at, shape.complaints.get("type", "missing lookup type"))
            return Item(start, end, name, words, before, None, None, wrong)
        after, rest = leading_groups(rest, 1)
        if not after:
            at = position(rest[0]) if rest else start_of(closing)
            return Item(start, end, name, words, before, None, None, self._missing_group(name, shape, 1, at))
        yes, no, surplus = self._branches(name, rest)
        return Item(start, end, name, words, before + after, yes, no, surplus)

    @staticmethod
    def _item_parts(shape: ItemShape, children: list[Any]) -> tuple[list[Any], Broken | None]:
        """Groups and other tokens without the words; a condition that does not end where it should."""
        parts: list[Any] = []
        for child in children:
            if isinstance(child, list):
                parts.append(child[1])
                if is_token(child[2], "MISSING"):
                    at = start_of(child[2])
                    return parts, Broken(at, at, shape.complaints.get("inside", UNENDED_TEST))
            elif not (isinstance(child, Piece) and child.type in WORD_TOKENS):
                parts.append(child)
        return parts, None

    def _open_ended(
        self,
        start: int,
        closing: Piece,
        name: str,
        words: tuple[Word, ...],
        parts: list[Any],
        shape: ItemShape,
    ) -> Item:
        """All groups are kept; a bare ``fail`` stands among them as a node, and what is wrong at the end."""
        groups, rest = leading_groups(parts, len(parts))
        no: Node | None = None
        broken: Broken | None = None
        if len(groups) < shape.least:
            broken = self._missing_group(
                name, shape, len(groups), position(rest[0]) if rest else start_of(closing)
            )
        elif rest and is_token(rest[0], "FAIL"):
            no = Fail(start_of(rest[0]), end_of(rest[0]))
            rest = rest[1:]
        if broken is None and rest:
            broken = Broken(position(rest[0]), end_of(closing), self._remaining(position(rest[0])))
        return Item(start, end_of(closing), name, words, groups, None, no, broken)

    def _missing_group(self, name: str, shape: ItemShape, index: int, at: int) -> Broken:
        general = shape.complaints.get("few", f"Not enough arguments for '{name}' (min is {shape.least})")
        message = shape.complaints.get(f"few{index}", general)
        return Broken(at, at, self._worded(message))

    def _surplus(self, name: str, shape: ItemShape, rest: list[Any], closing: Piece) -> Broken | None:
        """What is wrong if more follows the groups, or white space where none may stand ("tight")."""
        if not rest:
            if "tight" not in shape.complaints or not closing.startswith(tuple(SPACE)):
                return None
            at = start_of(closing)
            return Broken(at, at, self._worded(shape.complaints["tight"]))
        at = position(rest[0])
        message = shape.complaints.get("close", f"missing '}}' after '{name}'")
        if isinstance(rest[0], Node):
            message = shape.complaints.get("many", message)
        return Broken(at, at, self._worded(message))

    def branch(self, children: list[Any]) -> If | Broken:
        """``${if condition{yes}{no}}``."""
        opening, test, *parts, closing = children
        yes, no, surplus = self._branches("if", parts)
        return If(start_of(opening), end_of(closing), test, yes, no, surplus)

    def _branches(self, name: str, parts: list[Any]) -> tuple[Node | None, Node | None, Broken | None]:
        """The yes and no strings, and what is wrong after them."""
        if not parts:
            return None, None, None
        first, *rest = parts
        if not isinstance(first, Node):
            return self._yes_no_problem(NO_START, position(first)), None, None
        if not rest:
            return first, None, None
        second, *surplus = rest
        no: Node
        if isinstance(second, Node):
            no = second
        elif second.type == "FAIL":
            no = Fail(start_of(second), end_of(second))
        else:
            at = position(second)
            return first, Broken(at, at, f'syntax error in "{name}" item - "fail" expected'), None
        if not surplus:
            return first, no, None
        return first, no, self._yes_no_problem(NO_END, position(surplus[0]))

    def _yes_no_problem(self, what: str, at: int) -> Broken:
        message = f"{YES_NO}: {what}\n remaining string is '{self._remaining(at)}'"
        return Broken(at, at, self._worded(message))

    def _worded(self, message: str) -> str:
        """Exim blames a header name that swallowed a brace for every bracket that is missing later."""
        return MISPLACED_HEADER if self.header_with_brace and message.startswith(CURLY) else message
