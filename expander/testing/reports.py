"""Results of scenarios as text, TAP, JUnit's XML, JSON and annotations of GitHub."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from expander.testing.results import BROKEN, FAILED, PASSED, SKIPPED, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PRINTABLE = str.maketrans({n: f"\\x{n:02x}" for n in (*range(9), 11, 12, *range(14, 32))})
"""Characters that XML cannot hold."""


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
    """Test Anything Protocol, version 13."""
    lines = ["TAP version 13", f"1..{len(results)}"]
    for number, result in enumerate(results, 1):
        ok = "ok" if result.is_well else "not ok"
        name = result.name.replace("#", "\\#")
        skip = f" # SKIP {result.reason}".rstrip() if result.outcome == SKIPPED else ""
        lines.append(f"{ok} {number} - {name}{skip}")
        if not result.is_well:
            lines += ["  ---", *(f"  {line.strip()}" for line in fault_lines(result)), "  ..."]
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
    by_path: dict[str, list[Result]] = {}
    for result in results:
        by_path.setdefault(result.path, []).append(result)
    for path, found in by_path.items():
        counted = Counter(result.outcome for result in found)
        suite = ET.SubElement(root, "testsuite", name=path, tests=str(len(found)))
        suite.set("failures", str(counted[FAILED]))
        suite.set("errors", str(counted[BROKEN]))
        suite.set("skipped", str(counted[SKIPPED]))
        suite.set("time", f"{sum(result.seconds for result in found):.3f}")
        for result in found:
            _junit_case(suite, result)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _junit_case(suite: ET.Element, result: Result) -> None:
    case = ET.SubElement(suite, "testcase", name=result.name.translate(_PRINTABLE), classname=result.path)
    case.set("file", result.path)
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
            for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
                message = message.replace(character, code)
            yield f"::error file={result.path},line={fault.line},title={result.outcome}::{message}"
