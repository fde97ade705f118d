"""What double quotes around an option's value take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import WARNING, Edit, Finding, Fix, Note
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

_LOST = frozenset(("\\N", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S"))
"""Escapes of expansions and patterns that are none inside double quotes."""


@rule(
    "EXE028",
    "backslash-lost-in-quotes",
    severity=WARNING,
    section="String expansions",
    bad='smtp_banner = "${sg{$primary_hostname}{\\N^[a-z]+\\N}{x}}"\n',
    good='smtp_banner = "${sg{$primary_hostname}{\\\\N^[a-z]+\\\\N}{x}}"\n',
)
def backslash_lost_in_quotes(survey: Survey) -> Iterator[Finding]:
    r"""The value of an option is in double quotes, and they take a backslash away that was meant for later.

    Inside quotes ``\N`` is the letter N, before the value is expanded at all. Double the backslash, or leave
    the quotes out: hardly any option needs them.
    """
    for text in survey.texts:
        for piece in text.source.pieces:
            escape = piece.origin.text
            if escape not in _LOST:
                continue
            message = f'inside double quotes "{escape}" is the letter {escape[1]}'
            note = Note("double the backslash, or leave the quotes out")
            fix = Fix("double the backslash", (Edit(piece.origin, f"\\{escape}"),))
            yield Finding("EXE028", message, piece.origin, WARNING, (note,), fix)
            break
