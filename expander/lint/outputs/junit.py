"""Findings as JUnit's XML, which most servers for continuous integration show."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from expander.lint.finding import ERROR
from expander.lint.outputs.place import place_of
from expander.lint.report import text_lines
from expander.lint.rule import named
from expander.lint.shown import one_line, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.lint.finding import Finding
    from expander.lint.outcome import Outcome


def junit_text(outcomes: Sequence[Outcome], seconds: float) -> str:
    """A document with a suite for each configuration, and in it a case for each finding.

    A finding is a failure, one that a comment leaves out is skipped; a configuration without findings has one
    case that passes. ``seconds`` is how long the whole run took.
    """
    return "\n".join(_document(outcomes, seconds)) + "\n"


def _document(outcomes: Sequence[Outcome], seconds: float) -> Iterator[str]:
    failures = sum(len(outcome.findings) for outcome in outcomes)
    tests = sum(_tests(outcome) for outcome in outcomes)
    share = seconds / max(len(outcomes), 1)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    counts = _attributes(tests=tests, failures=failures, errors=0, time=f"{seconds:.3f}")
    yield f'<testsuites name="eximulate check"{counts}>'
    for outcome in outcomes:
        counts = _attributes(
            name=shown(outcome.path),
            tests=_tests(outcome),
            failures=len(outcome.findings),
            errors=0,
            skipped=len(outcome.suppressed),
            time=f"{share:.3f}",
        )
        yield f"  <testsuite{counts}>"
        yield from _cases(outcome)
        yield "  </testsuite>"
    yield "</testsuites>"


def _tests(outcome: Outcome) -> int:
    return max(len(outcome.findings) + len(outcome.suppressed), 1)


def _cases(outcome: Outcome) -> Iterator[str]:
    for finding in outcome.findings:
        kind = "error" if finding.severity == ERROR else finding.severity
        yield f"    <testcase{_case(outcome, finding)}>"
        failure = _attributes(message=one_line(finding.message), type=f"{kind} {finding.code}")
        body = "\n".join(text_lines(outcome.path, [finding]))
        yield f"      <failure{failure}>{escape(_valid(body))}</failure>"
        yield "    </testcase>"
    for one in outcome.suppressed:
        yield f"    <testcase{_case(outcome, one.finding)}>"
        yield f"      <skipped{_attributes(message=one_line(one.reason) or 'left out by a comment')}/>"
        yield "    </testcase>"
    if not outcome.findings and not outcome.suppressed:
        passed = {"name": "nothing to complain about", "classname": shown(outcome.path), "time": "0.000"}
        yield f"    <testcase{_attributes(**passed)}/>"


def _case(outcome: Outcome, finding: Finding) -> str:
    name, where = f"{finding.code} {named(finding.code)}", {}
    file = shown(outcome.path)
    if finding.span is not None:
        place = place_of(finding.span)
        file, where = place.file, {"line": place.line}
        name += f" at line {place.line}, column {place.column}"
    return _attributes(name=name, classname=shown(outcome.path), file=file, **where)


def _attributes(**values: object) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items())


def _valid(text: str) -> str:
    r"""Text for display as UTF-8: what it has as surrogate escapes comes as ``\xNN``."""
    return shown(text.encode("utf-8", "surrogateescape").decode("latin-1"))
