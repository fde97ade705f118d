"""Findings for a person (place, message, excerpt, caret) and for programs (JSON)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.text import printing, to_display
from expander.excerpt import excerpt, place
from expander.lint.finding import ERROR, Finding
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
    return f"{checked}, {_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}"


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
    return lines


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


def as_data(path: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings of a file as plain data for JSON."""
    return {"file": to_display(path), "findings": [_finding_data(finding) for finding in findings]}


def _finding_data(finding: Finding) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": finding.code,
        "name": named(finding.code),
        "severity": finding.severity,
        "message": to_display(finding.message),
        "notes": [{"message": to_display(note.text), **_place_data(note.span)} for note in finding.notes],
    }
    data |= _place_data(finding.span)
    if finding.span is not None:
        data["text"] = to_display(finding.span.text)
        data["macros"] = [
            {"name": to_display(piece.macro), **_place_data(piece.definition)}
            for piece in macros_at(finding.span)
        ]
    return data


def _place_data(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {}
    where = in_file(span)
    line, column = where.position()
    end_line, end_column = where.source.position(where.end)
    return {
        "file": to_display(where.source.name),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
