"""The physical lines of a configuration: where macros are defined, and which words look like one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from expander.lint.survey import Survey
    from grammar.source import Span

NAME = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Za-z0-9_]*", re.ASCII)
"""A whole word that could be a macro's name."""

_DEFINITION = re.compile(r"[ \t]*([A-Z][A-Za-z0-9_]*)[ \t]*==?", re.ASCII)
_BLOCK = re.compile(r"[ \t]*\.(if|el|end)")
_BEGIN = re.compile(r"[ \t]*begin[ \t]+(\w+)", re.IGNORECASE | re.ASCII)
_DIRECTIVE = re.compile(r"[ \t]*\.(ifdef|ifndef|elifdef|elifndef)[ \t]+(\S.*)")


class PhysicalText(Record):
    """A line as it stands in its file: its number in the order of reading, what it is, its span.

    ``role`` is "text", "macro" (also for the lines that go on with a macro's value), "directive" or
    "skipped"; ``defines`` is the name that the line defines, with the place where its value begins.
    """

    number: int
    role: str
    span: Span
    defines: str = ""
    value_at: int = 0


def physical_texts(survey: Survey) -> tuple[PhysicalText, ...]:
    """The lines of all files in the order of reading, without comments and blank ones."""
    return tuple(_classified(survey))


def _classified(survey: Survey) -> Iterator[PhysicalText]:
    goes_on = in_macro = False
    for number, line in enumerate(survey.config.tree.physical):
        if line.role in {"comment", "blank"}:
            continue
        text = line.span.text
        role = line.role
        if role == "directive":
            yield PhysicalText(number, role, line.span)
            continue
        found = None if goes_on else _DEFINITION.match(text)
        if goes_on and in_macro and role == "text":
            role = "macro"
        in_macro = role == "macro"
        goes_on = text.rstrip().endswith("\\") and role != "skipped"
        if found is not None and (role in {"macro", "skipped"}):
            yield PhysicalText(number, role, line.span, found[1], found.end())
        else:
            yield PhysicalText(number, role, line.span)


def sections_of(
    lines: Iterable[PhysicalText], places: set[tuple[str, int]]
) -> tuple[frozenset[str], frozenset[str]]:
    """The sections in which some lines stand, and all those that there are; "main" is the first.

    ``places`` are the files of the lines and the indexes of their first characters.
    """
    section = "main"
    found, there = set(), {section}
    for line in lines:
        begun = _BEGIN.match(line.span.text) if line.role == "text" else None
        if begun is not None:
            section = lower(begun[1])
            there.add(section)
        elif (line.span.source.name, line.span.start) in places:
            found.add(section)
    return frozenset(found), frozenset(there)


def words(line: PhysicalText) -> Iterator[tuple[str, Span]]:
    """The words of a line that could be names of macros, without the one that it defines."""
    for found in NAME.finditer(line.span.text, line.value_at):
        yield found[0], line.span.part(found.start(), found.end())


def asked(line: PhysicalText) -> tuple[str, tuple[tuple[str, Span], ...]]:
    """The word of a conditional directive, and the names that it asks for."""
    found = _DIRECTIVE.match(line.span.text)
    if line.role != "directive" or found is None:
        return "", ()
    names = NAME.finditer(line.span.text, found.start(2))
    return found[1], tuple((n[0], line.span.part(n.start(), n.end())) for n in names)


def block_ends(lines: tuple[PhysicalText, ...]) -> dict[int, int]:
    """For each line with a conditional, by number, the number of the line that ends its block."""
    ends: dict[int, int] = {}
    open_blocks: list[list[int]] = []
    for line in lines:
        found = _BLOCK.match(line.span.text) if line.role == "directive" else None
        if found is None:
            continue
        if found[1] == "end":
            for number in open_blocks.pop() if open_blocks else ():
                ends[number] = line.number
        elif found[1] == "el":
            if open_blocks:
                open_blocks[-1].append(line.number)
        else:
            open_blocks.append([line.number])
    return ends


def macro_places(survey: Survey) -> tuple[tuple[str, int], ...]:
    """The macros in the order in which Exim replaces them, with the number of the line that defines each.

    The number is -1 for those of the command line.
    """
    places: dict[str, int] = {}
    for line in survey.physical:
        if line.defines and line.role == "macro":
            places.setdefault(line.defines, line.number)
    macros = survey.config.macros.defined.values()
    return tuple((macro.name, -1 if macro.command_line else places.get(macro.name, -1)) for macro in macros)
