"""Builds the typed tree of an expansion while the parser runs, and words what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from lark import Token, Transformer

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
from grammar.shapes import ConditionShape, ItemShape, Shapes

SPACE = " \t\n\v\f\r"
NAMED_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
NO_SHAPE = ItemShape()
YES_NO = "curly-bracket problem in conditional yes/no parsing"
CURLY = ("missing '", "Not enough arguments", YES_NO)
UNENDED = "missing } at end of string"
UNENDED_HEADER = f"{UNENDED} - could be header name not terminated by colon"
UNENDED_TEST = "missing } at end of condition"
MISPLACED_HEADER = "missing or misplaced { or } - could be header name not terminated by colon"


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
    return text[2:-2] if len(text) >= 4 and text.endswith("\\N") else text[2:]  # noqa: PLR2004


class Builder(Transformer[Token, Any]):
    """Called by the parser for each rule; `begin` sets the text of which the tokens are pieces."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.shapes = shapes
        self.text = ""
        self._header_with_brace = False

    def begin(self, text: str) -> None:
        """Get ready for a text."""
        self.text = text
        self._header_with_brace = False

    # -- pieces of text

    def start(self, children: list[Any]) -> Sequence:
        return self._sequence(children, 0, len(self.text))

    def content(self, children: list[Any]) -> list[Any]:
        return children

    def group(self, children: list[Any]) -> Sequence:
        opening, inner, closing = children
        return self._sequence(inner, opening.end_pos, closing.start_pos)

    def raw(self, children: list[Any]) -> Sequence:
        return self._sequence(children[1:-1], children[0].end_pos, children[-1].start_pos)

    def command(self, children: list[Any]) -> Sequence:
        start, end = children[0].end_pos, children[-1].start_pos
        if any(isinstance(child, Token) and child.type == "CUT" for child in children):
            message = self._worded("missing '}' closing command arg of run")
            return Sequence(start, end, (Broken(start, end, message),))
        return Sequence(start, end, (Text(start, end, self.text[start:end]),))

    def operator(self, children: list[Any]) -> Operator:
        opening, inner, closing = children
        argument = self._sequence(inner, opening.end_pos, closing.start_pos)
        name, suffix = self._operator_name(opening[2:-1])
        return Operator(opening.start_pos, closing.end_pos, name, suffix, argument)

    def _operator_name(self, whole: str) -> tuple[str, str | None]:
        known = self.shapes.operators
        if whole in known:
            return whole, None
        name, underscore, suffix = whole.partition("_")
        return (name, suffix) if underscore and name in known else (whole, None)

    def _sequence(self, children: Iterable[Any], start: int, end: int) -> Sequence:
        """Pieces joined; neighbours that are plain text become one."""
        parts: list[Node] = []
        for child in children:
            node = self._node(child) if isinstance(child, Token) else child
            last = parts[-1] if parts else None
            if isinstance(node, Text) and isinstance(last, Text):
                parts[-1] = Text(last.start, node.end, last.value + node.value)
            else:
                parts.append(node)
        return Sequence(start, end, tuple(parts))

    def _node(self, token: Token) -> Node:
        start, end = cast("int", token.start_pos), cast("int", token.end_pos)
        return cast("Node", getattr(self, f"_node_{token.type.lower()}", self._plain)(token, start, end))

    @staticmethod
    def _plain(token: Token, start: int, end: int) -> Text:
        return Text(start, end, str(token))

    @staticmethod
    def _node_escape(token: Token, start: int, end: int) -> Text:
        return Text(start, end, unescape(token))

    @staticmethod
    def _node_protected(token: Token, start: int, end: int) -> Text:
        return Text(start, end, protected(token))

    @staticmethod
    def _node_variable(token: Token, start: int, end: int) -> Variable:
        return Variable(start, end, token[1:256])

    @staticmethod
    def _node_braced_variable(token: Token, start: int, end: int) -> Variable:
        return Variable(start, end, token[2:-1], braced=True)

    @staticmethod
    def _node_capture(token: Token, start: int, end: int) -> Capture:
        return Capture(start, end, int(token[1:]))

    @staticmethod
    def _node_braced_capture(token: Token, start: int, end: int) -> Capture:
        return Capture(start, end, int(token[2:-1]))

    def _node_header(self, token: Token, start: int, end: int) -> Header:
        return self._header(token[1:], start, end)

    def _header(self, text: str, start: int, end: int) -> Header:
        form, _, name = text.partition("_")
        self._header_with_brace = self._header_with_brace or "}" in name
        return Header(start, end, "h" if form[0] == "h" else form[0], name.removesuffix(":"))

    def _node_open(self, token: Token, start: int, end: int) -> Broken:
        name = token[2:256]
        if name[-1] in ":}":  # an item's name in the form of an operator or a variable
            return self._item_without_groups(name[:-1], end - 1)
        message = f'"${{{name}" is not a known operator (or a }} is missing in a variable reference)'
        return Broken(start, end, message)

    def _item_without_groups(self, name: str, at: int) -> Broken:
        if name == "if":
            return self._no_condition(at)
        return self._missing_group(name, self.shapes.items[name], 0, at)

    @staticmethod
    def _node_bad_capture(_token: Token, start: int, end: int) -> Broken:
        return Broken(start, end, "} expected after number")

    @staticmethod
    def _node_bad_brace(_token: Token, start: int, end: int) -> Broken:
        return Broken(start, end, "letter or digit expected after ${")

    @staticmethod
    def _node_bad_dollar(token: Token, start: int, end: int) -> Node:
        return Broken(start, end, "$ not followed by letter, digit, or {")

    @staticmethod
    def _node_bad_escape(_token: Token, start: int, end: int) -> Broken:
        return Broken(start, end, r"\ at end of string")

    def _node_cut(self, _token: Token, start: int, end: int) -> Broken:
        return Broken(start, end, UNENDED_HEADER if self._header_with_brace else UNENDED)

    # -- items

    def item(self, children: list[Any]) -> Item:
        opening, closing = children[0], children[-1]
        name = opening[2:]
        shape = self.shapes.items[name]
        words = tuple(
            Word(t.start_pos, t.end_pos, t.strip())
            for t in children[1:-1]
            if isinstance(t, Token) and t.type in ("WORD", "TYPE", "OPTION", "OPTION_EXPANDS")
        )
        parts, inside = self._item_parts(shape, children[1:-1])
        if shape.words == "type":
            return self._typed(opening, closing, words, parts, shape)
        if shape.open_ended:
            return self._open_ended(opening.start_pos, closing, name, words, parts, shape)
        groups, rest = _leading_groups(parts, shape.most)
        start, end = opening.start_pos, closing.end_pos
        if inside is not None:
            return Item(start, end, name, words, groups, None, None, inside)
        if len(groups) < shape.least:
            at = _position(rest[0]) if rest else closing.start_pos
            broken = self._missing_group(name, shape, len(groups), at)
            return Item(start, end, name, words, groups, None, None, broken)
        if shape.branches:
            yes, no, surplus = self._branches(name, rest, closing)
            return Item(start, end, name, words, groups, yes, no, surplus)
        return Item(start, end, name, words, groups, None, None, self._surplus(name, shape, rest))

    def _typed(
        self, opening: Token, closing: Token, words: tuple[Word, ...], parts: list[Any], shape: ItemShape
    ) -> Item:
        """A lookup: perhaps a key before the type, and one group, a file or a query, after it."""
        name, start, end = opening[2:], opening.start_pos, closing.end_pos
        split_at = words[0].start if words else end
        before = tuple(p for p in parts if isinstance(p, Node) and p.end < split_at)
        rest = parts[len(before) :]
        if not words:
            at = _position(rest[0]) if rest else closing.start_pos
            return Item(start, end, name, words, before, None, None, self._missing_group(name, shape, 0, at))
        after, rest = _leading_groups(rest, 1)
        if not after:
            at = _position(rest[0]) if rest else closing.start_pos
            return Item(start, end, name, words, before, None, None, self._missing_group(name, shape, 1, at))
        yes, no, surplus = self._branches(name, rest, closing)
        return Item(start, end, name, words, before + after, yes, no, surplus)

    @staticmethod
    def _item_parts(shape: ItemShape, children: list[Any]) -> tuple[list[Any], Broken | None]:
        """Groups and other tokens without the words; a condition that does not end where it should."""
        parts: list[Any] = []
        for child in children:
            if isinstance(child, list):
                parts.append(child[1])
                if _is_token(child[2], "MISSING"):
                    at = child[2].start_pos
                    return parts, Broken(at, at, shape.complaints.get("inside", UNENDED_TEST))
            elif not (isinstance(child, Token) and child.type in WORD_TOKENS):
                parts.append(child)
        return parts, None

    def _open_ended(  # noqa: PLR0913, PLR0917
        self, start: int, closing: Token, name: str, words: tuple[Word, ...], parts: list[Any], shape: ItemShape
    ) -> Item:
        """All groups are kept; a bare ``fail`` stands among them as a node, and what is wrong at the end."""
        groups, rest = _leading_groups(parts, len(parts))
        no: Node | None = None
        broken: Broken | None = None
        if len(groups) < shape.least:
            broken = self._missing_group(name, shape, len(groups), _position(rest[0]) if rest else closing.start_pos)
        elif rest and _is_token(rest[0], "FAIL"):
            no = Fail(rest[0].start_pos, rest[0].end_pos)
            rest = rest[1:]
        if broken is None and rest:
            broken = Broken(_position(rest[0]), closing.end_pos, self._remaining(_position(rest[0])))
        return Item(start, closing.end_pos, name, words, groups, None, no, broken)

    def _missing_group(self, name: str, shape: ItemShape, index: int, at: int) -> Broken:
        words = shape.complaints.get(f"few{index}") or shape.complaints.get("few")
        message = words or f"Not enough arguments for '{name}' (min is {shape.least})"
        return Broken(at, at, self._worded(message))

    def _surplus(self, name: str, shape: ItemShape, rest: list[Any]) -> Broken | None:
        if not rest:
            return None
        at = _position(rest[0])
        message = shape.complaints.get("close", f"missing '}}' after '{name}'")
        if isinstance(rest[0], Node):
            message = shape.complaints.get("many", message)
        return Broken(at, at, self._worded(message))

    def branch(self, children: list[Any]) -> If | Broken:
        opening, test, *parts, closing = children
        yes, no, surplus = self._branches("if", parts, closing)
        return If(opening.start_pos, closing.end_pos, test, yes, no, surplus)

    def _branches(
        self, name: str, parts: list[Any], closing: Token
    ) -> tuple[Node | None, Node | None, Broken | None]:
        """The yes and no strings, and what is wrong after them."""
        if not parts:
            return None, None, None
        first, *rest = parts
        if not isinstance(first, Node):
            return self._yes_no_problem("'yes' part did not start with '{'", _position(first)), None, None
        if not rest:
            return first, None, None
        second, *surplus = rest
        no: Node
        after = "did not close with '}'"
        if isinstance(second, Node):
            no = second
        elif second.type == "FAIL":
            no = Fail(second.start_pos, second.end_pos)
            after = "did not close with '}' after forcedfail"
        else:
            at = _position(second)
            return first, Broken(at, at, f'syntax error in "{name}" item - "fail" expected'), None
        if not surplus:
            return first, no, None
        return first, no, self._yes_no_problem(after, _position(surplus[0]))

    def _yes_no_problem(self, what: str, at: int) -> Broken:
        message = f"{YES_NO}: {what}\n remaining string is '{self._remaining(at)}'"
        return Broken(at, at, self._worded(message))

    def _remaining(self, at: int) -> str:
        return self.text[at:].lstrip(SPACE)

    def _worded(self, message: str) -> str:
        """Exim blames a header name that swallowed a brace for every bracket that is missing later."""
        return MISPLACED_HEADER if self._header_with_brace and message.startswith(CURLY) else message

    # -- conditions

    def condition(self, children: list[Any]) -> Node:
        negations = sum(1 for child in children if _is_token(child, "NOT"))
        children = children[negations:]
        head = children[0]
        if head.type == "MISSING":
            return self._no_condition(head.start_pos)
        name = head.strip()
        start = head.end_pos - len(name)
        if head.type == "NAME":
            return Broken(start, head.end_pos, f'unknown condition "{name}"')
        shape = self.shapes.conditions[name]
        arguments, broken = getattr(self, f"_arguments_{shape.form}")(name, shape, children[1:])
        end = max((a.end for a in arguments), default=head.end_pos)
        return Condition(start, end, name, bool(negations % 2), tuple(arguments), broken)

    def _no_condition(self, at: int) -> Broken:
        found = self._remaining(at)[:16]
        return Broken(at, at, f'condition name expected, but found "{found}"')

    @staticmethod
    def _arguments_none(_name: str, _shape: ConditionShape, _rest: list[Any]) -> tuple[list[Node], Broken | None]:
        return [], None

    def _arguments_strings(
        self, name: str, shape: ConditionShape, rest: list[Any]
    ) -> tuple[list[Node], Broken | None]:
        if len(rest) == 1 and isinstance(rest[0], list):
            return self._arguments_bundle(name, shape, rest)
        arguments, surplus = _leading_groups(rest, shape.most)
        if len(arguments) >= shape.least:
            return list(arguments), None
        index, at = len(arguments), _position(surplus[0])
        default = f'missing {{ after "{name}"' if index == 0 else f'missing 2nd string in {{}} after "{name}"'
        words = shape.complaints.get(f"few{index}") or shape.complaints.get("few") or default
        return list(arguments), Broken(at, at, self._worded(words))

    def bundle(self, children: list[Any]) -> list[Any]:
        return children

    def _arguments_bundle(
        self, name: str, shape: ConditionShape, rest: list[Any]
    ) -> tuple[list[Node], Broken | None]:
        inside = rest[0]
        if not isinstance(inside, list):
            words = shape.complaints.get("open", f'missing {{ after "{name}"')
            return [], Broken(inside.start_pos, inside.start_pos, words)
        arguments, surplus = _leading_groups(inside[1:-1], shape.most)
        if len(arguments) >= shape.least and not surplus:
            return list(arguments), None
        at = _position(surplus[0]) if surplus else inside[-1].start_pos
        words = shape.complaints.get("few", f"too few arguments or bracketing error for {name}")
        if surplus and isinstance(surplus[0], Node):
            words = shape.complaints.get("many", words)
        return list(arguments), Broken(at, at, words)

    def subconditions(self, children: list[Any]) -> list[Any]:
        return children

    def tested(self, children: list[Any]) -> list[Any]:
        return children

    def _arguments_subconditions(
        self, name: str, _shape: ConditionShape, rest: list[Any]
    ) -> tuple[list[Node], Broken | None]:
        if not isinstance(rest[0], list):
            return [], Broken(rest[0].start_pos, rest[0].start_pos, f'missing {{ after "{name}"')
        arguments: list[Node] = []
        for child in rest[0][1:-1]:
            if not isinstance(child, list):
                at = child.start_pos
                words = f'each subcondition inside an "{name}{{...}}" condition must be in its own {{}}'
                return arguments, Broken(at, at, words)
            arguments.append(child[1])
            if _is_token(child[2], "MISSING"):
                at = child[2].start_pos
                return arguments, Broken(at, at, f'missing }} at end of condition inside "{name}" group')
        return arguments, None

    def _arguments_list(
        self, name: str, _shape: ConditionShape, rest: list[Any]
    ) -> tuple[list[Node], Broken | None]:
        subject, inside = rest
        if not isinstance(subject, Node):
            return [], Broken(subject.start_pos, subject.start_pos, f'missing {{ after "{name}"')
        if not isinstance(inside, list):
            return [subject], Broken(inside.start_pos, inside.start_pos, f'missing {{ after "{name}"')
        if _is_token(inside[2], "MISSING"):
            at = inside[2].start_pos
            return [subject, inside[1]], Broken(at, at, f'missing }} at end of condition inside "{name}"')
        return [subject, inside[1]], None

    def _arguments_def(
        self, _name: str, _shape: ConditionShape, rest: list[Any]
    ) -> tuple[list[Node], Broken | None]:
        colon, *named = rest
        if colon.type == "MISSING":
            return [], Broken(colon.start_pos, colon.start_pos, '":" expected after "def"')
        token = named[0]
        if token.type == "MISSING":
            return [], Broken(token.start_pos, token.start_pos, 'variable name omitted after "def:"')
        if token.type == "DEF_HEADER":
            return [self._header(token, token.start_pos, token.end_pos)], None
        return [Variable(token.start_pos, token.end_pos, str(token))], None


WORD_TOKENS = frozenset(("WORD", "TYPE", "OPTION", "OPTION_EXPANDS"))


def _is_token(child: Any, kind: str) -> bool:
    return isinstance(child, Token) and child.type == kind


def _position(part: Any) -> int:
    """Where a group, a word or a gap begins, white space before it left out."""
    if isinstance(part, Token):
        return cast("int", part.end_pos) - len(part.lstrip(SPACE))
    return cast("int", part.start) - 1


def _leading_groups(parts: list[Any], most: int) -> tuple[tuple[Node, ...], list[Any]]:
    """The groups that come first, at most so many, and everything after them."""
    count = 0
    while count < min(most, len(parts)) and isinstance(parts[count], Node):
        count += 1
    return tuple(parts[:count]), parts[count:]
