"""What a missing included file may define is not complained of as an error."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from expander.lint.finding import ERROR, REMARK, Finding, Note
from expander.lint.rule import by_code

if TYPE_CHECKING:
    from expander.lint.survey import Survey

BROKEN = "EXE001"

_GROUPS = ("references",)
"""The groups that complain of names without a definition."""

_CAUSES = (
    "missing-required-option",
    "driver-conflict",
    "bad-acl-line",
    "bad-conditional",
    "conflicting-options",
    "option-set-twice",
    "unreadable-line",
)
"""The faults of loading that what is missing may mend."""

_MACRO = re.compile(r"[A-Z][A-Z0-9_]{2,}")
"""What looks like a macro that is not replaced."""


def soften(finding: Finding, survey: Survey) -> Finding:
    """The finding, as a remark if an included file is missing that may hold what it misses."""
    if not survey.incomplete or finding.severity != ERROR:
        return finding
    unit = by_code()[finding.code]
    group = unit.facts["group"]
    if group == "host" or not (
        group in _GROUPS or unit.syntax in _CAUSES or _MACRO.search(_text(finding, group))
    ):
        return finding
    note = Note("an included file is missing, which may define what is missing here")
    return replace(finding, severity=REMARK, notes=(*finding.notes, note))


def _text(finding: Finding, group: str) -> str:
    """Where a macro could be whose value mends the fault: brackets may be anywhere in it."""
    if finding.span is None:
        return ""
    anywhere = group == "loading" or finding.code == BROKEN
    return finding.span.source.text if anywhere else finding.span.text
