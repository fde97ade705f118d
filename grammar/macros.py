"""Macros of configuration files: their table, and their replacement in a line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping

from grammar.patterns import late_pattern
from grammar.record import Record, State, made_by
from grammar.source import Piece, Span

LONGEST_NAME = 63
MACRO_TOO_LONG = f"macro name too long (maximum is {LONGEST_NAME} characters)"
LONGEST_LINE = 16 << 20
"""Exim makes lines of any length until it runs out of memory."""

_PREDEFINED_HINT = late_pattern(r"_[A-Z]")
_BEGINS_WITH_PREDEFINED = late_pattern(r"[^A-Z_]*(?:_(?![A-Z])[^A-Z_]*)*_[A-Z]")
"""Exim looks for the build's macros only where none but them can come first."""


def may_hold_predefined(text: str, start: int = 0) -> bool:
    """True if the build's macros are looked for in a line from ``start`` on.

    They are not where a capital letter stands before the first underscore that a capital follows.
    """
    return _BEGINS_WITH_PREDEFINED.match(text, start) is not None


class Definition(Record):
    """A macro: ``where`` is the place of its value, None for one that no file defines."""

    name: str
    value: str
    where: Span | None = None
    command_line: bool = False


class MacroTable(State):
    """All macros, in the order in which they are looked for in a line.

    ``defined`` are those of the command line and of files; ``build`` gives the build's own, which
    are only worked out when a name could be one of them. ``on_use`` is told of each replacement of
    one that is not the build's.
    """

    defined: dict[str, Definition] = made_by(default_factory=dict)
    build: Callable[[], Mapping[str, str]] = dict
    on_use: Callable[[Definition], None] | None = None
    _predefined: dict[str, Definition] | None = None

    @classmethod
    def of(cls, build: Callable[[], Mapping[str, str]], command_line: Mapping[str, str]) -> MacroTable:
        """A table of the build's macros and those of the command line."""
        return cls(
            {name: Definition(name, value, command_line=True) for name, value in command_line.items()}, build
        )

    @property
    def predefined(self) -> dict[str, Definition]:
        """The build's macros."""
        if self._predefined is None:
            self._predefined = {name: Definition(name, value) for name, value in self.build().items()}
        return self._predefined

    def define(self, new: Definition, *, redefines: bool) -> str:
        """Add or, with ``==``, change a macro; gives Exim's message if that is not permitted."""
        if len(new.name) > LONGEST_NAME:
            return MACRO_TOO_LONG
        old = self.defined.get(new.name)
        if old is not None and old.command_line:
            return ""
        if redefines:
            if old is None:
                return self._substring(new) or f'can\'t redefine an undefined macro "{new.name}"'
        elif old is not None:
            return f'macro "{new.name}" is already defined (use "==" if you want to redefine it)'
        elif (problem := self._substring(new)) != "":
            return problem
        self.defined[new.name] = new
        return ""

    def _substring(self, new: Definition) -> str:
        built_in = (
            [name for name in self.predefined if name in new.name]
            if _PREDEFINED_HINT.search(new.name)
            else []
        )
        for name in (*built_in, *self.defined):
            if name in new.name:
                return (
                    f'"{new.name}" cannot be defined as a macro because '
                    f'previously defined macro "{name}" is a substring'
                )
        return ""

    def replace(self, span: Span, start: int = 0) -> tuple[str, list[Piece], bool]:
        """The text with all macros replaced from ``start`` on, its pieces, and whether there were any.

        Each macro is looked for once, from left to right, in the order of definition; a value
        is not searched again for the same macro, but for those defined later. Raises `TooLongError`.
        """
        text = span.text
        pieces = [Piece(0, len(text), span)]
        found = False
        if may_hold_predefined(text, start):
            for macro in self.predefined.values():
                if text.find(macro.name, start) >= 0:
                    text, pieces, found = *_substitute(text, pieces, macro, start), True
        for macro in self.defined.values():
            if text.find(macro.name, start) >= 0:
                if self.on_use is not None:
                    for _ in range(text.count(macro.name, start)):
                        self.on_use(macro)
                text, pieces, found = *_substitute(text, pieces, macro, start), True
        return text, pieces, found


class TooLongError(Exception):
    """The values of macros make a line too long; the text says so."""


def _refuse_long(text: str, macro: Definition, start: int) -> None:
    """Macros that stand for macros that stand for macros can come to anything: look before it is made."""
    uses = text.count(macro.name, start)
    if len(text) + uses * (len(macro.value) - len(macro.name)) > LONGEST_LINE:
        raise TooLongError(f'the macro "{macro.name}" makes the line longer than {LONGEST_LINE} bytes')


def _substitute(text: str, pieces: list[Piece], macro: Definition, start: int) -> tuple[str, list[Piece]]:
    """Replace all uses of one macro; a use inside another macro's value keeps that one's place."""
    _refuse_long(text, macro, start)
    name, value = macro.name, macro.value
    ends = [piece.end for piece in pieces]
    parts: list[str] = []
    result: list[Piece] = []
    done = length = 0
    at = text.find(name, start)
    while True:
        upto = at if at >= 0 else len(text)
        parts.append(text[done:upto])
        result.extend(_moved(pieces, ends, done, upto, length))
        length += upto - done
        if at < 0:
            return "".join(parts), result
        first = pieces[bisect_right(ends, at)]
        last = pieces[bisect_left(ends, at + len(name))]
        if first.macro:
            origin = first.origin
        else:
            from_ = first.origin.start + at - first.start
            to = last.origin.end if last.macro else last.origin.start + at + len(name) - last.start
            origin = Span(first.origin.source, from_, to)
        result.append(Piece(length, length + len(value), origin, name, macro.where))
        parts.append(value)
        length += len(value)
        done = at + len(name)
        at = text.find(name, done)


def _moved(pieces: list[Piece], ends: list[int], start: int, end: int, to: int) -> Iterator[Piece]:
    """The pieces of text[start:end], placed so that they start at ``to``."""
    shift = to - start
    for number in range(bisect_right(ends, start), len(pieces)):
        p = pieces[number]
        if p.start >= end:
            return
        low, high = max(p.start, start), min(p.end, end)
        if low < high:
            origin = p.origin if p.macro else p.origin.part(low - p.start, high - p.start)
            yield Piece(low + shift, high + shift, origin, p.macro, p.definition)
