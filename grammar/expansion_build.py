"""Builds the typed tree of an expansion while the parser runs, and words what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.ast.expansion import (
    Broken,
    Fail,
    If,
    Item,
    Node,
    Operator,
    Sequence,
    Text,
    Word,
)
from grammar.expansion_conditions import ConditionBuilder
from grammar.expansion_parts import LONGEST_NAME, SPACE, is_token, leading_groups, position
from grammar.machine import Token
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
    from collections.abc import Callable

    from grammar.shapes import ItemShape, Shapes

NOTHING_MORE = {
    "BAD_CAPTURE": "} expected after number",
    "BAD_BRACE": "letter or digit expected after ${",
    "BAD_DOLLAR": "$ not followed by letter, digit, or {",
    "BAD_ESCAPE": r"\ at end of string",
}
"""What is wrong with a terminal that nothing can follow."""


def _broken(message: str) -> Callable[[Token], Node]:
    return lambda token: Broken(token.start, token.end, message)


def _one_text(texts: list[Text]) -> Text:
    """Neighbours as one."""
    if len(texts) == 1:
        return texts[0]
    return Text(texts[0].start, texts[-1].end, "".join([text.value for text in texts]))


WORD_TOKENS = frozenset(("WORD", "TYPE", "OPTION", "OPTION_EXPANDS"))


class Builder(ConditionBuilder):
    """Called by the parser for each rule; `begin` sets the text of which the tokens are pieces."""

    RULES = (
        "start",
        "group",
        "raw",
        "command",
        "nested",
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
        self._last: int | None = None
        self._special: dict[str, Callable[[Token], Node]] = {
            "OPEN": self._node_open,
            "CUT": self._node_cut,
            **{kind: _broken(message) for kind, message in NOTHING_MORE.items()},
        }

    def begin(self, text: str) -> None:
        """Get ready for a text."""
        self.text = text
        self.header_with_brace = False
        self._last = None

    # -- pieces of text

    def start(self, children: list[Any]) -> Sequence:
        """The whole text."""
        return self._sequence(children, 0, len(self.text))

    def group(self, children: list[Any]) -> Sequence:
        """A group that is expanded."""
        return self._sequence(children[1:-1], children[0].end, children[-1].start)

    def raw(self, children: list[Any]) -> Sequence:
        """A group in which dollars are not looked at."""
        return self._sequence(children[1:-1], children[0].end, children[-1].start)

    def command(self, children: list[Any]) -> Sequence:
        """A group that is kept as it stands."""
        start, end = children[0].end, children[-1].start
        if any(is_token(child, "CUT") for child in children):
            message = self._worded("missing '}' closing command arg of run")
            return Sequence(start, end, (Broken(start, end, message),))
        return Sequence(start, end, (Text(start, end, self.text[start:end]),))

    def nested(self, children: list[Any]) -> Any:
        """A piece of a command; of those in braces the one that is cut short counts, else anything does."""
        return next((child for child in children if is_token(child, "CUT")), children[0])

    def operator(self, children: list[Any]) -> Operator:
        """``${name:argument}``."""
        opening, closing = children[0], children[-1]
        start = opening.end
        argument = self._sequence(children[1:-1], start, closing.start)
        name, suffix = self._operator_name(opening.text[2:-1][:LONGEST_NAME])
        shape = self.shapes.operators.get(name)
        if shape is not None and shape.certificate and self._is_unclosed_variable(start):
            argument = Sequence(start, argument.end, (Broken(start, argument.end, UNENDED),))
        return Operator(opening.start, closing.end, name, suffix, argument)

    def _is_unclosed_variable(self, at: int) -> bool:
        return self.text.startswith("$", at) and self._last_brace() < at

    def _last_brace(self) -> int:
        """Where the last closing brace stands that has no backslash before it; -1 if there is none."""
        if self._last is None:
            at = self.text.rfind("}")
            while at > 0 and self.text[at - 1] == "\\":
                at = self.text.rfind("}", 0, at)
            self._last = at
        return self._last

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

    def _sequence(self, children: list[Any], start: int, end: int) -> Sequence:
        """Pieces joined; neighbours that are plain text become one."""
        if len(children) == 1 and type(children[0]) is not Token:
            return Sequence(start, end, (children[0],))
        parts: list[Node] = []
        texts: list[Text] = []
        for child in children:
            node = self._node(child) if type(child) is Token else child
            if type(node) is Text:
                texts.append(node)
                continue
            if texts:
                parts.append(_one_text(texts))
                texts = []
            parts.append(node)
        if texts:
            parts.append(_one_text(texts))
        return Sequence(start, end, tuple(parts))

    def _node(self, token: Token) -> Node:
        make = self._special.get(token.kind)
        return Text(token.start, token.end, token.text) if make is None else make(token)

    def _node_open(self, token: Token) -> Broken:
        name, start, end = token.text[2 : LONGEST_NAME + 2], token.start, token.end
        if name[-1] in ":}":  # an item's name in the form of an operator or a variable
            return self._item_without_groups(name[:-1], end - 1)
        message = f'"${{{name}" is not a known operator (or a }} is missing in a variable reference)'
        return Broken(start, end, message)

    def without_groups(self, name: str, start: int, end: int) -> Item:
        """An item that ends where its first group is missing: nothing is wrong where it is skipped."""
        broken = self._missing_group(name, self.shapes.items[name], 0, end - 1)
        return Item(start, end, name, (), (), None, None, broken)

    def _item_without_groups(self, name: str, at: int) -> Broken:
        if name == "if":
            return self._no_condition(at)
        shape = self.shapes.items[name]
        if shape.words == "type":
            return Broken(at, at, shape.complaints.get("type", "missing lookup type"))
        return self._missing_group(name, shape, 0, at)

    def _node_cut(self, token: Token) -> Broken:
        return Broken(token.start, token.end, UNENDED_HEADER if self.header_with_brace else UNENDED)

    # -- items

    def item(self, children: list[Any]) -> Item:
        """``${name{...}...}``."""
        opening, closing = children[0], children[-1]
        name = opening.text[2:]
        shape = self.shapes.items[name]
        words = tuple(
            Word(t.start, t.end, t.text.strip()[:LONGEST_NAME])
            for t in children[1:-1]
            if type(t) is Token and t.kind in WORD_TOKENS
        )
        parts, inside = self._item_parts(shape, children[1:-1])
        if shape.words == "type":
            return self._typed(opening, closing, words, parts, shape)
        if shape.open_ended:
            return self._open_ended(opening.start, closing, name, words, parts, shape)
        groups, rest = leading_groups(parts, shape.most)
        start, end = opening.start, closing.end
        if inside is not None:
            return Item(start, end, name, words, groups, None, None, inside)
        if len(groups) < shape.least:
            at = position(rest[0]) if rest else closing.start
            broken = self._missing_group(name, shape, len(groups), at)
            return Item(start, end, name, words, groups, None, None, broken)
        if shape.branches:
            yes, no, surplus = self._branches(name, rest)
            return Item(start, end, name, words, groups, yes, no, surplus)
        return Item(start, end, name, words, groups, None, None, self._surplus(name, shape, rest, closing))

    def _typed(
        self, opening: Token, closing: Token, words: tuple[Word, ...], parts: list[Any], shape: ItemShape
    ) -> Item:
        """A lookup: perhaps a key before the type, and one group, a file or a query, after it."""
        name, start, end = opening.text[2:], opening.start, closing.end
        split_at = words[0].start if words else end + 1
        before = tuple(p for p in parts if isinstance(p, Node) and p.end < split_at)
        rest = parts[len(before) :]
        if not words:
            at = position(rest[0]) if rest else closing.start
            wrong = Broken(at, at, shape.complaints.get("type", "missing lookup type"))
            return Item(start, end, name, words, before, None, None, wrong)
        after, rest = leading_groups(rest, 1)
        if not after:
            at = position(rest[0]) if rest else closing.start
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
                    at = child[2].start
                    return parts, Broken(at, at, shape.complaints.get("inside", UNENDED_TEST))
            elif not (type(child) is Token and child.kind in WORD_TOKENS):
                parts.append(child)
        return parts, None

    def _open_ended(
        self,
        start: int,
        closing: Token,
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
                name, shape, len(groups), position(rest[0]) if rest else closing.start
            )
        elif rest and is_token(rest[0], "FAIL"):
            no = Fail(rest[0].start, rest[0].end)
            rest = rest[1:]
        if broken is None and rest:
            broken = Broken(position(rest[0]), closing.end, self._remaining(position(rest[0])))
        return Item(start, closing.end, name, words, groups, None, no, broken)

    def _missing_group(self, name: str, shape: ItemShape, index: int, at: int) -> Broken:
        general = shape.complaints.get("few", f"Not enough arguments for '{name}' (min is {shape.least})")
        message = shape.complaints.get(f"few{index}", general)
        return Broken(at, at, self._worded(message))

    def _surplus(self, name: str, shape: ItemShape, rest: list[Any], closing: Token) -> Broken | None:
        """What is wrong if more follows the groups, or white space where none may stand ("tight")."""
        if not rest:
            if "tight" not in shape.complaints or not closing.text.startswith(tuple(SPACE)):
                return None
            at = closing.start
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
        return If(opening.start, closing.end, test, yes, no, surplus)

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
        elif second.kind == "FAIL":
            no = Fail(second.start, second.end)
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
