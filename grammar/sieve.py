"""Parses Sieve scripts; where one goes wrong becomes part of the tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from grammar import tables
from grammar.ast.sieve import (
    Argument,
    Block,
    Command,
    End,
    Fault,
    Number,
    Script,
    Tag,
    Test,
    TestList,
    Text,
    TextList,
)
from grammar.machine import END, Machine, Token

if TYPE_CHECKING:
    from collections.abc import Callable


OPEN_COMMENT = "missing end of comment"
OPEN_STRING = "missing end of string"
OPEN_LINES = "missing end of multi line string"
BAD_LINES = "syntax error"
NEWLINE = "\r\n"
"""What a line end in a string is, whatever it is in the script."""

_BRACKETED = re.compile(r"#[^\n]*\n|(/\*.*?\*/)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)|\n", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LINES = re.compile(r"text:[ \t]*(?:#[^\n]*)?\n(?:.*\n)+?\.\n")
_FIRST_LINE = re.compile(r"text:[ \t]*(?:#[^\n]*)?\n")

_Makers = dict[str, "Callable[[str, str, int, int], tuple[str, Any]]"]


def parse(text: str) -> Script:
    """The tree of a script. Never raises; a NUL ends the text, as in Exim."""
    text = text.partition("\0")[0]
    uncounted: list[tuple[int, int]] = []

    def space(kind: str, found: str, start: int, end: int) -> tuple[str, Any]:
        comments = [comment for comment in _BRACKETED.finditer(found) if comment[1]]
        uncounted.extend((start + comment.start(), start + comment.end()) for comment in comments)
        return kind, Token(kind, found, start, end)

    machine = Machine(tables.load("sieve"), METHODS)
    makers: _Makers = {"SPACE": space, "NO_LINES": lambda *token: ("BROKEN_TEXT", Token(*token))}
    if not machine.run(text, makers):
        end = Token(END, "", len(text), len(text))
        broken = Token("BROKEN", *_fault(text, machine.at))
        while machine.result is None:
            if not machine.feed(broken) and not machine.feed(end):
                message = f"the parser of Sieve is stuck at {machine.at}"
                raise AssertionError(message)
    commands, fault = machine.result
    return Script(text, commands, fault, tuple(uncounted))


def _fault(text: str, at: int) -> tuple[str, int, int]:
    """What Exim says of a text that is broken at a place, the place, and how far it reads on."""
    end = len(text)
    if text.startswith(("#", "/*"), at):
        return OPEN_COMMENT, at, end
    if text.startswith('"', at) and not _QUOTED.match(text, at):
        return OPEN_STRING, at, end
    if text.startswith("text:", at) and not _LINES.match(text, at):
        return (OPEN_LINES, at, end) if _FIRST_LINE.match(text, at) else (BAD_LINES, at, at)
    return "", at, at


def _fault_of(token: Token) -> Fault:
    return Fault(token.start, token.end, token.text, space=token.text == OPEN_COMMENT)


def _end_of(token: Token) -> End | Fault:
    return _fault_of(token) if token.kind == "BROKEN" else End(token.start, token.end)


def _text_of(token: Token) -> Text:
    if token.kind == "QUOTED":
        value = _ESCAPED.sub(lambda found: found[1] or NEWLINE, token.text[1:-1])
        return Text(token.start, token.end, value)
    lines = token.text.partition("\n")[2].removesuffix(".\n")
    return Text(token.start, token.end, lines.replace("\n..", "\n.").replace("\n", NEWLINE))


class _Build:
    """Makes the nodes while the parser reduces; every method gets what the rule has matched."""

    def start(self, parts: list[Any]) -> tuple[tuple[Command, ...], Fault | None]:
        broken = type(parts[-1]) is Token if parts else False
        commands = parts[:-1] if broken else parts
        return tuple(commands), _fault_of(parts[-1]) if broken else None

    def command(self, parts: list[Any]) -> Command:
        name, *rest, last = parts
        tail = _end_of(last) if type(last) is Token else last
        return Command(name.start, name.end, name.text, *_taken(rest), tail)

    def test(self, parts: list[Any]) -> Test:
        name, *rest = parts
        return Test(name.start, name.end, name.text, *_taken(rest))

    def tests(self, parts: list[Any]) -> TestList:
        first, *between, last = parts
        tests = tuple(part for part in between if isinstance(part, Test))
        commas = tuple(End(part.start, part.end) for part in between if type(part) is Token)
        return TestList(first.start, tests, commas, _end_of(last))

    def block(self, parts: list[Any]) -> Block:
        return Block(parts[0].start, tuple(parts[1:-1]), _end_of(parts[-1]))

    def argument(self, parts: list[Any]) -> Argument:
        token = parts[0]
        if isinstance(token, TextList):
            return token
        if token.kind == "TAG":
            return Tag(token.start, token.end, token.text)
        if token.kind == "NUMBER":
            digits = token.text.rstrip("KMG")
            return Number(token.start, token.end, digits, token.text[len(digits) :])
        return _text_of(token)

    def list(self, parts: list[Token]) -> TextList:
        first, *between, last = parts
        close = _end_of(last)
        fault = close if isinstance(close, Fault) else None
        items = tuple(_text_of(token) for token in between if token.kind != "COMMA")
        return TextList(first.start, close.end, items, fault)


def _taken(parts: list[Any]) -> tuple[tuple[Argument, ...], Test | TestList | None]:
    """The arguments, and what tests stand behind them."""
    inner = parts[-1] if parts and isinstance(parts[-1], Test | TestList) else None
    return tuple(parts[:-1] if inner is not None else parts), inner


_BUILD = _Build()
METHODS = {rule: getattr(_BUILD, rule) for rule in vars(_Build) if not rule.startswith("_")}
