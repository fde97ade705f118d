"""From the text of a file of scenarios (``*.exim-test``) to its typed tree."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from grammar.scenario_words import EXPECTED, GIVEN, SETTINGS, STEPS, TAKES_LINES, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lark import Lark, Token

    from grammar.ast.scenarios import ScenarioFile

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
TAB_WIDTH = 8


def parse(text: str) -> ScenarioFile:
    """The tree of a file. Raises `ScenarioError` at the first thing that is wrong."""
    from lark.exceptions import UnexpectedInput, VisitError

    from grammar.scenarios_build import Builder

    try:
        tree = _parser().parse(text)
        found: ScenarioFile = Builder().transform(tree)
    except VisitError as wrapped:
        if isinstance(wrapped.orig_exc, ScenarioError):
            raise wrapped.orig_exc from None
        raise
    except UnexpectedInput as wrong:
        raise _told(wrong) from None
    return found


def _told(wrong: Any) -> ScenarioError:
    token = getattr(wrong, "token", None)
    wanted = sorted(_NAMES[name] for name in getattr(wrong, "expected", ()) if name in _NAMES)
    what = _NAMES.get(token.type, f'"{token}"') if token is not None else "the end"
    if token is not None and token.type not in {"_NL", "_INDENT", "_DEDENT", "$END"}:
        what = f'"{token}"'
    expected = f"; expected {' or '.join(wanted[:4])}" if wanted else ""
    line = max(getattr(wrong, "line", 1) or 1, 1)
    return ScenarioError(f"{what} cannot stand here{expected}", line, getattr(wrong, "column", 1) or 1)


_NAMES = {
    "_NL": "the end of the line", "_INDENT": "an indented line", "_DEDENT": "the end of the block",
    "$END": "the end of the file", "WORD": "a word", "REST": "a text", "CELL": "a cell", "STEP": "a step",
    "SCENARIO": '"scenario"', "GIVEN": '"given"', "EXPECT": '"expect"', "SESSION": '"session"',
    "SETTING": "a setting", "SAID": '">"', "ANSWERED": '"<"', "RAW": "a line",
}  # fmt: skip


@cache
def _parser() -> Lark:
    from importlib.resources import files

    from lark import Lark

    text = (files("grammar") / "scenarios.lark").read_text(encoding="ascii")
    return Lark(text, parser="lalr", lexer=_line_lexer(), maybe_placeholders=False)


@cache
def _line_lexer() -> Any:
    from lark.lexer import Lexer

    class LineLexer(Lexer):
        """Cuts lines into tokens and tells blocks by how far their lines stand to the right."""

        def __init__(self, lexer_conf: Any) -> None:
            """Lark hands over what it knows of terminals: nothing, as all are declared."""

        def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:
            """The tokens of a whole file: what Lark hands over is its text, or holds it."""
            text = getattr(lexer_state, "text", lexer_state)
            return _Lines(getattr(text, "text", text)).tokens()

    return LineLexer


class _Lines:
    """The lines of a text, cut into tokens."""

    def __init__(self, text: str) -> None:
        self.lines = text.replace("\r\n", "\n").split("\n")
        self.at = 0
        self.depths = [0]

    def tokens(self) -> Iterator[Token]:
        """All tokens, blocks opened and closed in pairs."""
        raw = False
        while self.at < len(self.lines):
            line = self.lines[self.at]
            stripped, depth = line.strip(), _depth(line)
            within = raw and depth > self.depths[-1]
            if not stripped or (stripped.startswith("#") and not within):
                self.at += 1
                continue
            if within:
                yield from self._block(depth)
                raw = False
                continue
            raw = False
            yield from self._indentation(depth)
            tokens = list(self._line(line))
            raw = _takes_lines(tokens)
            yield from tokens
            yield self._token("_NL", "", len(line))
            self.at += 1
        while len(self.depths) > 1:
            self.depths.pop()
            yield self._token("_DEDENT", "", 0)

    def _indentation(self, depth: int) -> Iterator[Token]:
        if depth > self.depths[-1]:
            self.depths.append(depth)
            yield self._token("_INDENT", "", 0)
        while depth < self.depths[-1]:
            self.depths.pop()
            yield self._token("_DEDENT", "", 0)
        if depth != self.depths[-1]:
            raise ScenarioError(
                "the line stands neither with those above nor within them", self.at + 1, depth + 1
            )

    def _block(self, depth: int) -> Iterator[Token]:
        """Lines that are kept as they are, without the spaces that all of them begin with."""
        yield self._token("_INDENT", "", 0)
        outer, blank = self.depths[-1], 0
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip():
                blank += 1
            elif _depth(line) <= outer:
                break
            else:
                for _ in range(blank):
                    yield self._token("RAW", "", 0)
                    yield self._token("_NL", "", 0)
                blank = 0
                yield self._token("RAW", _without(line, depth), depth)
                yield self._token("_NL", "", len(line))
            self.at += 1
        self.at -= blank
        yield self._token("_DEDENT", "", 0)

    def _line(self, line: str) -> Iterator[Token]:
        start = len(line) - len(line.lstrip())
        first = _WORD.match(line, start)
        assert first is not None
        word = first[0]
        if line.startswith(("> ", "< "), start) or line[start:].rstrip() in {">", "<"}:
            yield self._token("SAID" if word == ">" else "ANSWERED", word, start)
            yield self._token("REST", line[start + 2 :], start + 2)
        elif line.startswith("|", start):
            yield from self._cells(line, start)
        elif word in SETTINGS:
            yield self._token("SETTING", word, start)
            yield from self._words(line, first.end())
        elif word == "given":
            yield from self._given(line, first)
        elif word in {"scenario", "session"}:
            yield self._token(word.upper(), word, start)
            yield from self._words(line, first.end(), tags=word == "scenario")
        elif word == "skip":
            yield self._token("SKIP", word, start)
            rest = line[first.end() :].strip().strip('"')
            yield from (self._token("WORD", rest, first.end()),) if rest else ()
        elif word == "each":
            yield self._token("EACH", word, start)
            yield from self._cells(line, first.end())
        elif word == "message":
            yield self._token("MESSAGE", word, start)
        elif word in STEPS:
            yield self._token("STEP", word, start)
            yield self._token("REST", line[first.end() :].strip(), first.end())
        elif word == "expect":
            yield from self._expectation(line, first)
        else:
            raise ScenarioError(f'unknown word "{word}"', self.at + 1, start + 1)

    def _given(self, line: str, first: re.Match[str]) -> Iterator[Token]:
        yield self._token("GIVEN", "given", first.start())
        kind = _WORD.search(line, first.end())
        if kind is not None and kind[0] == "no":
            yield self._token("NO", "no", kind.start())
            kind = _WORD.search(line, kind.end())
        if kind is None or kind[0] not in GIVEN:
            raise ScenarioError(_unknown("given", kind, GIVEN), self.at + 1, first.end() + 2)
        yield self._token("KIND", kind[0], kind.start())
        yield from self._words(line, kind.end())

    def _expectation(self, line: str, first: re.Match[str]) -> Iterator[Token]:
        yield self._token("EXPECT", "expect", first.start())
        what = _WORD.search(line, first.end())
        if what is not None and what[0] in {"no", "not"}:
            yield self._token("NOT", what[0], what.start())
            what = _WORD.search(line, what.end())
        if what is None or what[0] not in EXPECTED:
            raise ScenarioError(_unknown("expect", what, EXPECTED), self.at + 1, first.end() + 2)
        yield self._token("WHAT", what[0], what.start())
        yield self._token("REST", line[what.end() :].strip(), what.end())

    def _words(self, line: str, start: int, *, tags: bool = False) -> Iterator[Token]:
        for count, found in enumerate(_WORD.finditer(line, start)):
            if tags and count and found[0].startswith("#"):
                yield self._token("TAG", found[0][1:], found.start())
            else:
                text = found[2] if found[1] is None else _ESCAPE.sub(_unescaped, found[1])
                yield self._token("WORD", text, found.start())

    def _cells(self, line: str, start: int) -> Iterator[Token]:
        body = line[start:].strip().removeprefix("|").removesuffix("|")
        for cell in body.split("|"):
            yield self._token("CELL", cell.strip(), start)

    def _token(self, kind: str, text: str, column: int) -> Token:
        from lark import Token

        return Token(kind, text, line=self.at + 1, column=column + 1)


def _takes_lines(tokens: Sequence[Token]) -> bool:
    """Whether the lines below belong to the line as they are."""
    kinds = {"SETTING", "KIND"}
    if tokens[0].type in {"MESSAGE", "STEP"}:
        return True
    return any(token.type in kinds and token in TAKES_LINES for token in tokens[:3])


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1])


def _depth(line: str) -> int:
    return len(line.expandtabs(TAB_WIDTH)) - len(line.expandtabs(TAB_WIDTH).lstrip())


def _without(line: str, depth: int) -> str:
    begins = line.expandtabs(TAB_WIDTH)[: _depth(line)]
    return begins[depth:] + line.lstrip()


def _unknown(before: str, word: re.Match[str] | None, known: frozenset[str]) -> str:
    from difflib import get_close_matches

    if word is None:
        return f'a word is missing behind "{before}": one of {", ".join(sorted(known))}'
    near = get_close_matches(word[0], known, 1)
    hint = f' (did you mean "{near[0]}"?)' if near else f"; one of {', '.join(sorted(known))}"
    return f'"{word[0]}" cannot stand behind "{before}"{hint}'
