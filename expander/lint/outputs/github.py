"""Findings as GitHub's workflow commands, which become annotations of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import ERROR, REMARK, WARNING
from expander.lint.outputs.place import place_of
from expander.lint.rule import named
from expander.lint.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.lint.finding import Finding
    from expander.lint.outcome import Outcome

_COMMANDS = {ERROR: "error", WARNING: "warning", REMARK: "notice"}
_VALUE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """One command for each finding that counts."""
    for outcome in outcomes:
        for finding in outcome.findings:
            yield _command(outcome.path, finding)


def _command(path: str, finding: Finding) -> str:
    properties: dict[str, str | int] = {"file": shown(path)}
    if finding.span is not None:
        place = place_of(finding.span)
        properties = {"file": place.file, "line": place.line, "endLine": place.end_line}
        if place.line == place.end_line:  # GitHub takes columns within one line only
            properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = f"{finding.code} {named(finding.code)}"
    listed = ",".join(f"{key}={str(value).translate(_PROPERTY)}" for key, value in properties.items())
    message = "\n".join([shown(finding.message), *(f"note: {shown(note.text)}" for note in finding.notes)])
    return f"::{_COMMANDS[finding.severity]} {listed}::{message.translate(_VALUE)}"
