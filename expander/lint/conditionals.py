"""Which macros have to be there, and which must not, for the lines that conditionals leave out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.lint.macro_lines import NAME
from grammar.record import Record, State, made_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from expander.lint.macro_lines import PhysicalText

Place = tuple[str, int]
"""The file of a line and the index of its first character."""

_CONDITIONAL = re.compile(r"[ \t]*\.((?:el)?ifn?def)[ \t]+(\S+)")
_ELSE = re.compile(r"[ \t]*\.else\b")
_END = re.compile(r"[ \t]*\.endif\b")


class LeftOut(Record):
    """A line that a conditional leaves out: its place, and which macros it needs to be there or not."""

    place: Place
    needs: Mapping[str, bool]


class _Needs(State):
    """The needs of one place; ``possible`` is false where no macros lead to it."""

    macros: dict[str, bool] = made_by(default_factory=dict)
    possible: bool = True

    def add(self, name: str, *, there: bool) -> None:
        if self.macros.setdefault(name, there) != there:
            self.possible = False


class _Test(Record):
    """What a conditional asks for; ``name`` is empty for what cannot be turned."""

    name: str
    there: bool
    as_is: bool


class _Block(State):
    """An open conditional: the tests that must fail, and the one that must succeed, None behind ``.else``."""

    failed: list[_Test] = made_by(default_factory=list)
    test: _Test | None = None


def left_out(lines: Iterable[PhysicalText], given: Iterable[str]) -> tuple[LeftOut, ...]:
    """The lines that are left out and that further macros of the command line would bring in.

    ``given`` are the macros that are defined before the first line.
    """
    return tuple(_left_out(lines, dict.fromkeys(given)))


def _left_out(lines: Iterable[PhysicalText], defined: dict[str, None]) -> Iterator[LeftOut]:
    blocks: list[_Block] = []
    for line in lines:
        text = line.span.text
        if line.role == "macro" and line.defines:
            defined[line.defines] = None
        elif line.role == "directive":
            _enter(blocks, text, defined)
        elif line.role == "skipped" and text.strip():
            needs = _needs(blocks)
            if needs.possible:
                yield LeftOut((line.span.source.name, line.span.start), needs.macros)


def _enter(blocks: list[_Block], text: str, defined: Iterable[str]) -> None:
    asked = _CONDITIONAL.match(text)
    if asked is not None:
        word = asked[2] if NAME.fullmatch(asked[2]) else ""
        is_there = any(name in asked[2] for name in defined)
        test = _Test(word, not asked[1].endswith("ndef"), is_there)
        if asked[1].startswith("if"):
            blocks.append(_Block(test=test))
        elif blocks:
            _next(blocks[-1], test)
    elif _ELSE.match(text) and blocks:
        _next(blocks[-1], None)
    elif _END.match(text) and blocks:
        blocks.pop()


def _next(block: _Block, test: _Test | None) -> None:
    if block.test is not None:
        block.failed.append(block.test)
    block.test = test


def _needs(blocks: Iterable[_Block]) -> _Needs:
    needs = _Needs()
    for block in blocks:
        wanted = [(test, not test.there) for test in block.failed]
        wanted += [(block.test, block.test.there)] if block.test is not None else []
        for test, there in wanted:
            if test.as_is and there:
                continue  # it is there by itself
            if test.as_is or not test.name:
                needs.possible = False  # what a file or the build defines cannot be taken away
            else:
                needs.add(test.name, there=there)
    return needs


def plans(lines: Iterable[LeftOut], most: int) -> Iterator[tuple[frozenset[str], frozenset[Place]]]:
    """Sets of macros that bring in all the lines, at most so many: the macros, and the places of the lines.

    Each line is in one of them, and each set is made to bring in as many as go together.
    """
    remaining = list(lines)
    for _ in range(most):
        if not remaining:
            return
        chosen: dict[str, bool] = {}
        reached, others = [], []
        for line in remaining:
            if all(chosen.get(name, there) == there for name, there in line.needs.items()):
                chosen.update(line.needs)
                reached.append(line.place)
            else:
                others.append(line)
        yield frozenset(name for name, there in chosen.items() if there), frozenset(reached)
        remaining = others
