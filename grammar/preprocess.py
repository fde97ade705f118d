"""From configuration files to logical lines: comments, continuation, macros, conditionals, includes.

The rules are those of the manual's chapter "The runtime configuration file". Nothing is read
here: files come through a callable. Nothing is raised either: what Exim refuses becomes a
`BrokenLine`, because Exim acts on everything that stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from grammar.macros import LONGEST_NAME, Definition, MacroTable, TooLongError
from grammar.patterns import late_pattern
from grammar.record import Record, State, made_by
from grammar.source import Piece, Source, Span

SPACE = " \t\n\v\f\r"
BOM = "\xef\xbb\xbf"
DEEPEST_CONDITIONAL = 10
DEEPEST_INCLUDE = 1000
"""Exim has no limit of its own: a file that includes itself runs out of file descriptors."""

MOST_INCLUDES = 10_000
_NOT_THERE = "failed to open included configuration file "

_DIRECTIVE = late_pattern(r"\.(ifdef|ifndef|elifdef|elifndef|else|endif)")
_ENDS_DIRECTIVE = " t\n"  # Exim means a tab, and has the letter
_INCLUDE = late_pattern(r"\.(include|include_if_exists)(?=[ \t\n\v\f\r]|\Z)")
_BEGIN = late_pattern(r"begin [ \t\v\f\r]*(\w+)", re.IGNORECASE | re.ASCII)
_MACRO_LINE = late_pattern(r"[A-Z][A-Za-z0-9_]*[ \t\v\f\r]*=")
_WITHOUT_MACROS = ("retry", "rewrite")

TAKING, WAITING, DONE = "taking", "waiting", "done"

Read = Callable[[str], "str | None"]
"""Gives the text of a file by its absolute path, None if it cannot be opened; a directory is ""."""


def name_too_long(name: str) -> str:
    """Exim's words for a name in a section that is longer than it keeps."""
    cut = name[:LONGEST_NAME]
    return f'exim item name too long (>{LONGEST_NAME + 1}), unable to use "{cut}" (truncated)'


class PhysicalLine(Record):
    """A line of a file as it stands there, its newline included.

    ``kind`` is "text", "comment", "blank", "directive" (conditionals, includes), "macro" or "skipped".
    """

    kind: str
    span: Span


class LogicalLine(Record):
    """A line as Exim acts on it; ``source`` has its text and knows the pieces it was made of.

    ``file`` and ``number`` name the physical line that was read last, which is the one that
    Exim's messages give.
    """

    source: Source
    file: str
    number: int

    @property
    def text(self) -> str:
        """The text that is acted on."""
        return self.source.text


class BrokenLine(Record):
    """A place where reading stops. ``framed`` is false for messages without a line number.

    ``cause`` names the kind of fault for programs.
    """

    message: str
    file: str
    number: int
    span: Span
    framed: bool = True
    cause: str = ""


class Switch(Record):
    """From the logical line with index ``before`` on, lines come from this place in this file."""

    before: int
    number: int
    file: str


class _Open(State):
    """A file that is being read."""

    source: Source
    offset: int = 0
    number: int = 0


class Preprocessor(State):
    """Reads a configuration line by line; iterate over `lines`.

    ``macros`` starts with the predefined macros and those of the command line. ``files`` and
    ``physical`` collect everything that was read, for tools that show or rewrite files, ``absent`` the
    lines that include a file if it exists, where it does not.
    ``tolerant`` makes it go on after a broken line instead of stopping there.
    """

    path: str
    read: Read
    macros: MacroTable
    tolerant: bool = False
    files: dict[str, Source] = made_by(default_factory=dict)
    absent: list[Span] = made_by(default_factory=list)
    physical: list[PhysicalLine] = made_by(default_factory=list)
    switches: list[Switch] = made_by(default_factory=list)
    _count: int = 0
    _stack: list[_Open] = made_by(default_factory=list)
    _conditions: list[str] = made_by(default_factory=list)
    _beginnings: list[Span] = made_by(default_factory=list)
    _section: str = ""
    _opened: int = 0
    _too_deep: set[str] = made_by(default_factory=set)
    _first: bool = True
    _indented: bool = False

    def lines(self) -> Iterator[LogicalLine | BrokenLine]:
        """The logical lines in order; a `BrokenLine` is the last one unless ``tolerant``.

        Lines that define macros are among them: who reads on must see them, but they have
        already had their effect.
        """
        text = self.read(self.path)
        self._open(self.path, text or "")
        parts: list[Piece] = []
        joined, indented = "", False
        for item in self._physical_lines():
            if isinstance(item, BrokenLine):
                yield item
                if not self.tolerant:
                    return
                continue
            piece_text, pieces, goes_on = item
            parts.extend(
                Piece(p.start + len(joined), p.end + len(joined), p.origin, p.macro, p.definition)
                for p in pieces
            )
            joined += piece_text
            if goes_on:
                indented = indented or self._indented
                self._first = not (joined or indented)
                continue
            self._first = True
            if not piece_text:  # a blank line at the end lets Exim look at the end of what is before it
                joined = joined.rstrip(SPACE)
                goes_on = joined.endswith("\\")  # of which it makes the end of a line that goes on
                joined = joined[:-1] if goes_on else joined
                parts = _cut(parts, 0, len(joined))
                if goes_on:
                    self._first = not (joined or indented)
                    continue
            if joined:
                result = self._logical(joined, tuple(parts))
                yield result
                if isinstance(result, BrokenLine) and not self.tolerant:
                    return
            parts, joined, indented = [], "", False
        if self._conditions:
            missing = "Unexpected end of configuration file: .endif missing"
            yield self._broken(missing, self._beginnings[-1], "bad-conditional")
            if not self.tolerant:
                return
        if joined or indented:  # white space before the backslash is enough for a line that nothing follows
            yield self._logical(joined, tuple(parts))

    def _open(self, path: str, text: str) -> None:
        source = self.files.get(path)
        if source is None or source.text != text:
            source = self.files[path] = Source(path, text)
        self._stack.append(_Open(source))
        if text:  # Exim notes the place as it reads the first line
            self.switches.append(Switch(self._count, 1, path))

    def _switch(self) -> None:
        """Note that lines come from the innermost open file from here on."""
        top = self._stack[-1]
        self.switches.append(Switch(self._count, top.number, top.source.name))

    def _here(self, start: int, end: int) -> Span:
        return Span(self._stack[-1].source, start, end)

    def _broken(self, message: str, span: Span, cause: str, *, framed: bool = True) -> BrokenLine:
        top = self._stack[-1]
        return BrokenLine(message, top.source.name, top.number, span, framed, cause)

    def _logical(self, text: str, pieces: tuple[Piece, ...]) -> LogicalLine | BrokenLine:
        """The finished line; a macro definition takes effect, ``begin`` is noted."""
        top = self._stack[-1]
        source = Source(top.source.name, text, None, pieces)
        begin = _BEGIN.match(text)
        if begin:
            self._section = begin[1].lower()
        elif _MACRO_LINE.match(text) and not self._section.startswith(_WITHOUT_MACROS):
            problem = self._define(source)
            if problem:
                framed = "too long" in problem
                return self._broken(problem, Span(source, 0, len(text)), "bad-macro-line", framed=framed)
        self._count += 1
        return LogicalLine(source, top.source.name, top.number)

    def _define(self, source: Source) -> str:
        name, _, rest = source.text.partition("=")
        name = name.rstrip(SPACE)
        if self._section and len(name) > LONGEST_NAME:
            return name_too_long(name)
        redefines = rest.startswith("=")
        value = rest[redefines:].strip(SPACE)
        start = source.text.find(value, len(source.text) - len(rest) + redefines)
        where = Span(source, start, start + len(value))
        return self.macros.define(Definition(name, value, where), redefines=redefines)

    def _physical_lines(self) -> Iterator[tuple[str, list[Piece], bool] | BrokenLine]:
        """Texts with macros replaced and white space stripped, and whether the next line belongs to it."""
        while self._stack:
            top = self._stack[-1]
            start = top.offset
            if start >= len(top.source.text):
                if len(self._stack) == 1:
                    return
                self._stack.pop()
                self._switch()
                continue
            end = top.source.text.find("\n", start)
            end = len(top.source.text) if end < 0 else end + 1
            top.offset = end
            top.number += 1
            span = self._here(start, end)
            raw = span.text.partition("\0")[0]
            if top.number == 1 and raw.startswith(BOM):
                yield self._broken("found unexpected BOM (Byte Order Mark)", span, "unreadable-line")
                span = span.part(len(BOM), end - start)
            yield from self._physical(span)

    def _physical(self, span: Span) -> Iterator[tuple[str, list[Piece], bool] | BrokenLine]:
        keep_from = _MACRO_LINE.match(span.text.lstrip(SPACE)) if self._first else None
        name_end = span.text.find("=") if keep_from else 0
        try:
            text, pieces, found = self.macros.replace(span, name_end)
        except TooLongError as error:
            yield self._broken(str(error), span, "bad-macro-line")
            return
        text = text.partition("\0")[0]
        bare = text.lstrip(SPACE)
        if bare.startswith("#"):
            self._note("comment", span)
            return
        directive = _DIRECTIVE.match(bare)
        if directive:
            self._note("directive", span)
            line = span.part(0, len(span.text.rstrip(SPACE)))
            problem = self._conditional(line, directive[1], bare[directive.end() :], found=found)
            if problem:
                yield self._broken(problem, line, "bad-conditional")
            return
        if self._conditions and self._conditions[-1] != TAKING:
            self._note("skipped", span)
            return
        include = _INCLUDE.match(bare)
        if include:
            self._note("directive", span)
            opened = self._opened
            problem = self._include(include[1], bare[include.end() :])
            if problem:
                missing = problem.startswith(_NOT_THERE)
                line = span.part(0, len(span.text.rstrip(SPACE)))
                yield self._broken(problem, line, "missing-include" if missing else "bad-include")
            elif not opened < self._opened:
                self.absent.append(span)
            return
        skip = len(text) - len(bare)
        self._indented = skip > 0
        bare = bare.rstrip(SPACE)
        goes_on = bare.endswith("\\")
        bare = bare[:-1] if goes_on else bare
        self._note(("macro" if keep_from else "text") if bare or goes_on else "blank", span)
        yield bare, _cut(pieces, skip, skip + len(bare)), goes_on

    def _note(self, kind: str, span: Span) -> None:
        self.physical.append(PhysicalLine(kind, span))

    def _conditional(self, line: Span, word: str, rest: str, *, found: bool) -> str:
        """Act on a conditional; gives a message if it cannot be.

        A word that goes on after the directive's name, even with a tab, is silently passed over. The letter t
        ends the name as a blank does.
        """
        if rest and rest[0] not in _ENDS_DIRECTIVE:
            return ""
        if word.startswith("if"):
            if len(self._conditions) >= DEEPEST_CONDITIONAL:
                return f".{word} nested too deeply"
            skipping = bool(self._conditions) and self._conditions[-1] != TAKING
            taken = found == (word == "ifdef")
            self._conditions.append(DONE if skipping else TAKING if taken else WAITING)
            self._beginnings.append(line)
            return ""
        if not self._conditions:
            return f".{word} without matching .ifdef"
        if word == "endif":
            self._conditions.pop()
            self._beginnings.pop()
        elif self._conditions[-1] == WAITING:
            if word == "else" or found == (word == "elifdef"):
                self._conditions[-1] = TAKING
        else:
            self._conditions[-1] = DONE
        return ""

    def _include(self, word: str, rest: str) -> str:
        name = rest.strip(SPACE)
        if name == '"':
            name = rest.partition('"')[2]  # Exim takes the one for both
        elif name.startswith('"') and name.endswith('"'):
            name = name[1:-1]
        if not name.startswith("/"):
            if word == "include_if_exists":
                return f'.include specifies a non-absolute path "{name}"'
            folder, slash, _ = self._stack[0].source.name.rpartition("/")
            name = f"{folder}{slash}{name}"
        if name in self._too_deep:  # told already: where reading goes on, it would come again and again
            return ""
        if self._opened >= MOST_INCLUDES:
            return f"too many included files (more than {MOST_INCLUDES})"
        text = None
        if len(self._stack) < DEEPEST_INCLUDE:
            text = self.read(name)
        else:
            self._too_deep.add(name)
        if text is not None:
            self._opened += 1
            self._switch()
            self._open(name, text)
        elif word == "include":
            return f"{_NOT_THERE}{name}"
        return ""


def _cut(pieces: list[Piece], start: int, end: int) -> list[Piece]:
    """The pieces of a part of a text, counted from that part's start."""
    result = []
    for p in pieces:
        low, high = max(p.start, start), min(p.end, end)
        if low < high:
            origin = p.origin if p.macro else p.origin.part(low - p.start, high - p.start)
            result.append(Piece(low - start, high - start, origin, p.macro, p.definition))
    return result
