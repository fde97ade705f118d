"""Findings for a person: place, message, excerpt, caret, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import printing, to_display
from expander.excerpt import excerpt, place
from expander.lint.finding import ERROR, REMARK, Finding
from expander.lint.mend import changes
from expander.lint.places import in_file, macros_at
from expander.lint.rule import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grammar.source import Span


def text_lines(path: str, findings: Sequence[Finding]) -> list[str]:
    """All findings of a file as ``file:line:col: error: message`` with excerpts, ready for display."""
    lines: list[str] = []
    for finding in findings:
        lines += _finding_lines(path, finding)
    return lines


def summary(files: int, findings: Sequence[Finding]) -> str:
    """One line that counts what was found."""
    errors = sum(finding.severity == ERROR for finding in findings)
    checked = f"{_count(files, 'file')} checked"
    if not findings:
        return f"{checked}, nothing to complain about"
    remarks = sum(finding.severity == REMARK for finding in findings)
    counted = f"{checked}, {_count(errors, 'error')}, {_count(len(findings) - errors - remarks, 'warning')}"
    return f"{counted}, {_count(remarks, 'remark')}" if remarks else counted


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _finding_lines(path: str, finding: Finding) -> list[str]:
    message = f"{finding.severity}: {_one_line(finding.message)} [{finding.code} {named(finding.code)}]"
    if finding.span is None:
        return [
            f"{to_display(path)}: {message}",
            *(f"    note: {_one_line(note.text)}" for note in finding.notes),
        ]
    where = in_file(finding.span)
    lines = [f"{place(where)}: {message}", *excerpt(where)]
    lines += _macro_lines(finding.span)
    for note in finding.notes:
        at = f"{place(in_file(note.span))}: " if note.span else "    "
        lines.append(f"{at}note: {_one_line(note.text)}")
        lines += excerpt(in_file(note.span)) if note.span else []
    if finding.fix is not None:
        lines.append(f"    note: {_fix_note(finding)}")
    return lines


def _fix_note(finding: Finding) -> str:
    """What the fix of a finding does, and who makes it."""
    assert finding.fix is not None
    title = _one_line(finding.fix.title)
    if changes(finding):
        return f"{title} (--fix does it)"
    return f"{title} (--fix --unsafe-fixes does it)" if changes(finding, unsafe=True) else title


def _macro_lines(span: Span) -> list[str]:
    """The text that macros put at the place of a finding, and where they are defined."""
    lines: list[str] = []
    for piece in macros_at(span):
        if piece.definition is None:
            lines.append(
                f"    note: the text comes from the macro {to_display(piece.macro)}, which no file defines"
            )
            continue
        where = in_file(piece.definition)
        lines += [
            f"{place(where)}: note: the text comes from the macro {to_display(piece.macro)}",
            *excerpt(where),
        ]
    return lines


def _one_line(message: str) -> str:
    return to_display(printing(message.replace("\n ", " ").replace("\n", " "), top_bit_prints=True))
