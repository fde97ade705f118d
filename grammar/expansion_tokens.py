"""What the terminals of an expansion become when they are read: nodes, or tokens with other names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.ast.expansion import Capture, Header, Sequence, Text, Variable
from grammar.expansion_parts import LONGEST_NAME
from grammar.machine import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from grammar.expansion_build import Builder

    Maker = Callable[[str, str, int, int], tuple[str, Any]]

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


def header(text: str, start: int, end: int) -> Header:
    """A header reference, without its dollar."""
    form, _, name = text.partition("_")
    return Header(start, end, "h" if form[0] == "h" else form[0], name.removesuffix(":"))


def _text(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
    return kind, Text(start, end, text)


def _escape(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
    return kind, Text(start, end, unescape(text))


def _protected(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
    return kind, Text(start, end, protected(text))


def _variable(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
    return kind, Variable(start, end, text[1 : LONGEST_NAME + 1])


def _capture(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
    return kind, Capture(start, end, int(text[1:]))


def _braced_capture(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
    return kind, Capture(start, end, int(text[2:-1]))


def _plain_group(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
    start += text.index("{") + 1
    end -= 1
    inner = text[start - end - 1 : -1] if end > start else ""
    return kind, Sequence(start, end, (Text(start, end, inner),) if inner else ())


def _variable_group(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
    dollar = text.index("$")
    start += dollar
    name = text[dollar + 1 : -1]
    return kind, Sequence(start, end - 1, (Variable(start, end - 1, name[:LONGEST_NAME]),))


def makers(
    items: Mapping[str, str], conditions: Mapping[str, str], expanding: AbstractSet[str], builder: Builder
) -> dict[str, Maker]:
    """The makers for the machine.

    ``items`` and ``conditions`` give for each name that is known the terminal that its shape makes of
    it, ``expanding`` the options that make an ordinary text of a command. The builder is told of
    header names with a brace in them.
    """

    def opened(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
        kind = items.get(text[2:], kind)
        return kind, Token(kind, text, start, end)

    def closed(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
        """An item's name in the form of an operator or a variable is one with all groups missing."""
        name = text[2:-1]
        if name in items:
            if kind == "BRACED_VARIABLE" and items[name] == "ITEM_FORMAT":
                return kind, builder.without_groups(name, start, end)
            return "OPEN", Token("OPEN", text, start, end)
        if kind == "OPERATOR":
            return kind, Token(kind, text, start, end)
        return kind, Variable(start, end, name[:LONGEST_NAME], braced=True)

    def condition(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
        kind = conditions.get(text.strip(), kind)
        return kind, Token(kind, text, start, end)

    def referred(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
        builder.header_with_brace |= "}" in text
        return kind, header(text[1:], start, end)

    def defined(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
        builder.header_with_brace |= "}" in text
        return kind, Token(kind, text, start, end)

    def option(kind: str, text: str, start: int, end: int) -> tuple[str, Any]:
        given = text.rstrip().split(",")[1:]
        kind = kind if expanding.isdisjoint(given) else "OPTION_EXPANDS"
        return kind, Token(kind, text, start, end)

    return {
        "TEXT": _text,
        "RAW_TEXT": _text,
        "COMMAND_TEXT": _text,
        "ESCAPE": _escape,
        "PROTECTED": _protected,
        "VARIABLE": _variable,
        "CAPTURE": _capture,
        "BRACED_CAPTURE": _braced_capture,
        "PLAIN_GROUP": _plain_group,
        "VARIABLE_GROUP": _variable_group,
        "OPEN": opened,
        "OPERATOR": closed,
        "BRACED_VARIABLE": closed,
        "NAME": condition,
        "HEADER": referred,
        "DEF_HEADER": defined,
        "OPTION": option,
    }
