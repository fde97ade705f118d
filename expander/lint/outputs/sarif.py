"""Findings as SARIF 2.1.0, the format of results of static analysis that OASIS publishes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expander.lint.baseline import fingerprint, key_of
from expander.lint.engine import UNREADABLE
from expander.lint.finding import ERROR, REMARK, WARNING
from expander.lint.mend import changes
from expander.lint.outputs.place import place_of, position
from expander.lint.outputs.rules import descriptor
from expander.lint.outputs.uri import uri_of
from expander.lint.places import macros_at
from expander.lint.rule import rules
from expander.lint.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.lint.finding import Finding
    from expander.lint.mend import Change
    from expander.lint.outcome import Outcome
    from grammar.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {ERROR: "error", WARNING: "warning", REMARK: "note"}
FINGERPRINT = "finding/v1"
"""The name of the fingerprint; another way to make it would get another number."""


def sarif_data(outcomes: Sequence[Outcome], *, baseline: bool) -> dict[str, Any]:
    """One run with the results of all configurations; ``baseline`` tells whether there is one."""
    found = [finding.code for outcome in outcomes for finding in _all(outcome)]
    used = [unit for unit in rules() if unit.name in found]
    index = {unit.name: number for number, unit in enumerate(used)}
    failed = UNREADABLE in found
    files = dict.fromkeys(name for outcome in outcomes for name in (outcome.path, *outcome.files))
    seen: dict[Any, int] = {}
    result = partial(_result, index=index, seen=seen)
    results = [one for outcome in outcomes for one in _results(outcome, result, baseline=baseline)]
    run = {
        "tool": {
            "driver": {
                "name": "eximulate",
                "semanticVersion": _version(),
                "rules": [descriptor(unit) for unit in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"uri": Path.cwd().as_uri().rstrip("/") + "/"}},
        "invocations": [{"executionSuccessful": not failed}],
        "artifacts": [{"location": uri_of(shown(name)), "sourceLanguage": "exim"} for name in files],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("eximulate")
    except PackageNotFoundError:
        return "0.0.0"


def _all(outcome: Outcome) -> Iterator[Finding]:
    yield from outcome.findings
    yield from outcome.known
    yield from (one.finding for one in outcome.suppressed)


def _results(outcome: Outcome, result: Any, *, baseline: bool) -> Iterator[dict[str, Any]]:
    state = {"baselineState": "new"} if baseline else {}
    for finding in outcome.findings:
        yield {**result(outcome, finding), **state}
    for finding in outcome.known:
        yield {**result(outcome, finding), "baselineState": "unchanged"}
    for one in outcome.suppressed:
        reason = {"justification": shown(one.reason)} if one.reason else {}
        yield {**result(outcome, one.finding), **state, "suppressions": [{"kind": "inSource", **reason}]}


def _result(
    outcome: Outcome, finding: Finding, *, index: dict[str, int], seen: dict[Any, int]
) -> dict[str, Any]:
    key = key_of(outcome.path, finding, Path.cwd())
    seen[key] = seen.get(key, 0) + 1
    texts = [shown(finding.message), *(shown(note.text) for note in finding.notes if note.span is None)]
    data: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "level": LEVELS[finding.severity],
        "message": {"text": "\n".join(texts)},
        "locations": [_location(outcome, finding)],
        "partialFingerprints": {FINGERPRINT: fingerprint(key, seen[key])},
    }
    related = list(_related(finding))
    if related:
        data["relatedLocations"] = related
    flow = list(_flow(finding))
    if len(flow) > 1:
        data["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    made = changes(finding, unsafe=True)
    if finding.fix is not None and made:
        data["fixes"] = [{"description": {"text": shown(finding.fix.title)}, "artifactChanges": _edits(made)}]
    return data


def _location(outcome: Outcome, finding: Finding) -> dict[str, Any]:
    if finding.span is None:
        return {"physicalLocation": {"artifactLocation": uri_of(shown(outcome.path))}}
    return {"physicalLocation": _physical(finding.span)}


def _physical(span: Span) -> dict[str, Any]:
    place = place_of(span)
    region: dict[str, Any] = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    if place.text:
        region["snippet"] = {"text": place.text}
    return {"artifactLocation": uri_of(place.file), "region": region}


def _related(finding: Finding) -> Iterator[dict[str, Any]]:
    """The places of notes, and of the macros that the text comes from."""
    number = 0
    for note in finding.notes:
        if note.span is not None:
            yield {
                "id": number,
                "physicalLocation": _physical(note.span),
                "message": {"text": shown(note.text)},
            }
            number += 1
    for piece in macros_at(finding.span) if finding.span is not None else ():
        if piece.definition is not None:
            text = f"the text comes from the macro {shown(piece.macro)}"
            yield {"id": number, "physicalLocation": _physical(piece.definition), "message": {"text": text}}
            number += 1


def _flow(finding: Finding) -> Iterator[dict[str, Any]]:
    """The path that notes with places tell, from its source to the place of the finding."""
    for note in finding.notes:
        if note.span is not None:
            yield _step(note.span, note.text)
    if finding.span is not None:
        yield _step(finding.span, finding.message)


def _step(span: Span, text: str) -> dict[str, Any]:
    return {"location": {"physicalLocation": _physical(span), "message": {"text": shown(text)}}}


def _edits(made: Sequence[Change]) -> list[dict[str, Any]]:
    files: dict[str, list[Change]] = {}
    for change in made:
        files.setdefault(change.file.name, []).append(change)
    return [
        {"artifactLocation": uri_of(shown(name)), "replacements": [_replacement(one) for one in some]}
        for name, some in files.items()
    ]


def _replacement(change: Change) -> dict[str, Any]:
    (line, column), (end_line, end_column) = (
        position(change.file, change.start),
        position(change.file, change.end),
    )
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"deletedRegion": region, "insertedContent": {"text": shown(change.text)}}
