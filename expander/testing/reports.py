"""Results of scenarios as text, TAP, JUnit's XML, JSON and annotations of GitHub."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from expander.testing.results import BROKEN, FAILED, PASSED, SKIPPED, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PRINTABLE = str.maketrans(
    {n: f"\\x{n:02x}" for n in (*range(9), 11, 12, *range(14, 32), 127, *range(128, 160))}
    | {n: f"\\x{n - 0xDC00:02x}" for n in range(0xDC80, 0xDD00)}
    | {n: f"\\u{n:04x}" for n in (0xFEFF, 0xFFFE, 0xFFFF)}
)
"""Characters that XML or YAML cannot hold, and bytes that are no UTF-8."""

_MESSAGE = _PRINTABLE | str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})
"""What GitHub wants to have in place of some characters."""


def text_lines(result: Result, *, explain: bool) -> Iterator[str]:
    """One result for people; with ``explain`` with all that was done, if anything is known of it."""
    if result.outcome == SKIPPED:
        reason = f" ({result.reason})" if result.reason else ""
        yield f"{result.path}:{result.line}: skipped: {result.name}{reason}"
    elif not result.is_well:
        yield f"{result.path}:{result.line}: {result.outcome}: {result.name}"
        yield from fault_lines(result)
    elif explain:
        yield f"{result.path}:{result.line}: passed: {result.name}"
    if explain:
        yield from (f"    {line}" for line in result.told)


def fault_lines(result: Result) -> Iterator[str]:
    """What is wrong with a result."""
    before: tuple[str, ...] = ()
    for fault in result.faults:
        yield f"    {result.path}:{fault.line}: expected {_indented(fault.wanted)}"
        yield f"        found {_indented(fault.found)}"
        if len(fault.why) > 1 and fault.why == before:
            yield "        (as above)"
        else:
            yield from (f"        {_indented(line)}" for line in fault.why)
        before = fault.why


def _indented(text: str) -> str:
    """The text with its further lines below the first."""
    first, *others = text.split("\n")
    return "\n".join([first, *(f"            {line.strip()}" for line in others)])


def summary(results: Sequence[Result], seconds: float) -> str:
    """All results in one line."""
    counted = Counter(result.outcome for result in results)
    words = [
        f"{counted[outcome]} {outcome}" for outcome in (PASSED, FAILED, BROKEN, SKIPPED) if counted[outcome]
    ]
    return f"{', '.join(words) or 'no scenarios'} in {seconds:.2f} s"


def tap(results: Sequence[Result]) -> str:
    """Test Anything Protocol, version 13; what is wrong is YAML with one long text."""
    lines = ["TAP version 13", f"1..{len(results)}"]
    for number, result in enumerate(results, 1):
        ok = "ok" if result.is_well else "not ok"
        name = result.name.translate(_PRINTABLE).replace("\\", "\\\\").replace("#", "\\#")
        skip = f" # SKIP {result.reason}".rstrip() if result.outcome == SKIPPED else ""
        lines.append(f"{ok} {number} - {name}{skip}")
        if not result.is_well:
            told = "\n".join(fault_lines(result)).translate(_PRINTABLE).split("\n")
            lines += ["  ---", "  message: |", *told, "  ..."]
    return "\n".join(lines) + "\n"


def plain(result: Result) -> dict[str, Any]:
    """A result as plain data."""
    return {
        "file": result.path,
        "line": result.line,
        "name": result.name,
        "tags": list(result.tags),
        "outcome": result.outcome,
        "reason": result.reason or None,
        "seconds": round(result.seconds, 6),
        "faults": [
            {"line": fault.line, "wanted": fault.wanted, "found": fault.found, "why": list(fault.why)}
            for fault in result.faults
        ],
        "told": list(result.told),
    }


def junit(results: Sequence[Result], seconds: float) -> str:
    """JUnit's XML: one suite for each file."""
    root = ET.Element("testsuites", name="eximulate", time=f"{seconds:.3f}")
    _set_counts(root, results)
    by_path: dict[str, list[Result]] = {}
    for result in results:
        by_path.setdefault(result.path, []).append(result)
    for path, found in by_path.items():
        suite = ET.SubElement(root, "testsuite", name=path.translate(_PRINTABLE))
        _set_counts(suite, found)
        suite.set("time", f"{sum(result.seconds for result in found):.3f}")
        for result in found:
            _junit_case(suite, result)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _set_counts(element: ET.Element, results: Sequence[Result]) -> None:
    counted = Counter(result.outcome for result in results)
    element.set("tests", str(len(results)))
    for name, outcome in (("failures", FAILED), ("errors", BROKEN), ("skipped", SKIPPED)):
        element.set(name, str(counted[outcome]))


def _junit_case(suite: ET.Element, result: Result) -> None:
    path = result.path.translate(_PRINTABLE)
    case = ET.SubElement(suite, "testcase", name=result.name.translate(_PRINTABLE), classname=path)
    case.set("file", path)
    case.set("line", str(result.line))
    case.set("time", f"{result.seconds:.3f}")
    if result.outcome == SKIPPED:
        ET.SubElement(case, "skipped", message=result.reason.translate(_PRINTABLE))
    elif not result.is_well:
        kind = "error" if result.outcome == BROKEN else "failure"
        first = result.faults[0]
        told = ET.SubElement(
            case, kind, message=f"expected {first.wanted}, found {first.found}".translate(_PRINTABLE)
        )
        told.text = "\n".join(fault_lines(result)).translate(_PRINTABLE)


def github(results: Sequence[Result]) -> Iterator[str]:
    """Annotations for GitHub's pages: one for each fault."""
    for result in results:
        for fault in result.faults:
            message = f"{result.name}: expected {fault.wanted}, found {fault.found}"
            where = f"file={result.path.translate(_PROPERTY)},line={fault.line}"
            yield f"::error {where},title={result.outcome}::{message.translate(_MESSAGE)}"
