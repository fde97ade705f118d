"""Findings as plain data for JSON. The form is described by ``docs/check.schema.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from expander.lint.mend import changes
from expander.lint.outputs.place import place_of, position
from expander.lint.places import macros_at
from expander.lint.rule import named
from expander.lint.shown import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.lint.finding import Finding
    from expander.lint.mend import Change
    from expander.lint.outcome import Outcome
    from grammar.source import Span


def as_data(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """One entry for each configuration."""
    return [_outcome(outcome) for outcome in outcomes]


def _outcome(outcome: Outcome) -> dict[str, Any]:
    data: dict[str, Any] = {
        "file": shown(outcome.path),
        "findings": [_finding(finding) for finding in outcome.findings],
    }
    if outcome.known:
        data["known"] = [_finding(finding) for finding in outcome.known]
    if outcome.suppressed:
        data["suppressed"] = [
            {**_finding(one.finding), "reason": shown(one.reason)} for one in outcome.suppressed
        ]
    return data


def _finding(finding: Finding) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": finding.code,
        "name": named(finding.code),
        "severity": finding.severity,
        "message": shown(finding.message),
        "notes": [{"message": shown(note.text), **_place(note.span)} for note in finding.notes],
    }
    data |= _place(finding.span)
    if finding.span is not None:
        data["text"] = shown(finding.span.text)
        data["macros"] = [
            {"name": shown(piece.macro), **_place(piece.definition)} for piece in macros_at(finding.span)
        ]
    if finding.fix is not None:
        data["fix"] = {
            "title": shown(finding.fix.title),
            "safe": finding.fix.safe,
            "edits": [_edit(change) for change in changes(finding, unsafe=True)],
        }
    return data


def _place(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {}
    place = place_of(span)
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def _edit(change: Change) -> dict[str, Any]:
    (line, column), (end_line, end_column) = (
        position(change.file, change.start),
        position(change.file, change.end),
    )
    return {
        "file": shown(change.file.name),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "text": shown(change.text),
    }
