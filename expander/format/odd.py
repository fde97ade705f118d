"""Lines that the formatter leaves as they are because Exim cannot read them either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.format.meaning import read
from grammar.ast.config import Broken, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.format.text import Formatted


def complaints(text: str, formatted: Formatted) -> Iterator[tuple[int, str]]:
    """The lines of a text that make no sense, by number, with Exim's words.

    A line that only looks odd because a macro stands for it is none of them.
    """
    start = "" if formatted.section == "main" else f"begin {formatted.section}\n"
    shift = start.count("\n")
    for found in read(start + text, {}):
        line = found.body[0] if isinstance(found, Section) and not found.name else found
        if not isinstance(line, Broken):
            continue
        of_directives = not line.span.source.pieces  # the others were made out of pieces of the file
        number = line.number if of_directives else line.span.origin().position()[0]
        if of_directives or number - shift in formatted.odd:
            yield max(number - shift, 1), line.message
