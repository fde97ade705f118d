"""Formatting the text of a configuration file."""

from __future__ import annotations

from expander.format.heads import ODD, describe
from expander.format.layout import Layout
from expander.format.meaning import same_meaning
from expander.format.rows import FIRST, rows
from grammar.record import Record

MOST_ROUNDS = 8


class MeaningError(Exception):
    """Laying the text out would change what Exim reads from it."""


class Formatted(Record):
    """A text in the project's layout.

    ``odd`` are the numbers of the lines that were left as they stood, counted in the old text;
    ``section`` is the one that the file starts in.
    """

    text: str
    odd: frozenset[int]
    section: str


def format_file(text: str, *, section: str = "main") -> Formatted:
    """The text of a configuration file, or of a part of one, laid out evenly.

    ``text`` is bytes held as latin-1 ``str``. White space changes, and nothing else: Exim reads the same
    from both, and remarks, macros, conditionals and included files keep their places. The file is
    taken to begin on a fresh line of ``section``, and so are included files. Formatting a text twice
    gives what formatting it once gives. Raises `MeaningError` where macros make lines into something
    that they do not look like, so that white space would count. See "Configuration file format" in the
    manual.
    """
    new, odd, start = _laid_out(text, section)
    # a column may give way to another one: lay out until nothing moves
    for _ in range(MOST_ROUNDS):
        again, _, _ = _laid_out(new, start)
        if again == new:
            break
        new = again
    if new != text and not same_meaning(text, new, section=start):
        raise MeaningError("macros make white space count in it")
    return Formatted(new, odd, start)


def _laid_out(text: str, section: str) -> tuple[str, frozenset[int], str]:
    """The text after one round, the odd lines, and the section that it starts in."""
    found = rows(text)
    start = describe(found, section)
    odd = frozenset(
        row.number for row in found if row.kind == FIRST and row.head is not None and row.head.role == ODD
    )
    return Layout(found).text(), odd, start


def format_text(text: str, *, section: str = "main") -> str:
    """The text alone of `format_file`."""
    return format_file(text, section=section).text
