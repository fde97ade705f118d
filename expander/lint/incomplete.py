"""What a missing included file may define is not complained of as an error."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.text import SPACE
from expander.config.option_tables import driver_names
from expander.explain import shown_name
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.naming import MEANT
from expander.lint.rule import by_code

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.lint.survey import Survey

BROKEN = "EXE001"
UNDEFINED_MACRO = "undefined-macro"

_GROUPS = ("references", "lists", "routing", "acls")
"""The groups that complain of what is not there."""

_ITSELF = ("EXA01", "EXA02", "EXL005", "EXL011", "EXL012", "EXL017", "EXL019")
"""How the codes begin of what is wrong in a word or an item itself, whatever else there is."""

_SECTIONS = {
    "EXL001": "main",
    "EXN001": "acl",
    "EXN002": "transports",
    "EXN003": "authenticators",
    "EXN007": "acl",
    "EXN009": "routers",
    "EXN011": "routers",
}
"""In which section that would stand which is missed."""

_CAUSES = (
    "missing-required-option",
    "driver-conflict",
    "bad-acl-line",
    "bad-conditional",
    "conflicting-options",
    "option-set-twice",
    "unreadable-line",
    "bad-retry-rule",
    "bad-rewrite-rule",
)
"""The faults of loading that what is missing may mend."""

_WORDS = (
    "main-option", "router-option", "transport-option", "authenticator-option",
    "acl-verb", "acl-condition", "acl-modifier",
)  # fmt: skip
"""What a word may be that is unknown where it stands: the missing file may begin another section."""

_DRIVERS = ("router", "transport", "authenticator")

LIKE_MACRO = re.compile(r"[A-Z][A-Z0-9_]{2,}")
"""What looks like a macro that is not replaced."""

_MUST = "an included file is missing, which may define what is missing here"
_MAY = "a file that is included if it exists is missing, and may define what is missing here"


def soften(finding: Finding, survey: Survey) -> Finding:
    """The finding with a milder severity, if an included file is missing that may hold what it misses.

    Behind a file that must be there what loading complains of is a remark; all else, and what may come of a
    file that need not be there, is a step milder.
    """
    if finding.severity == REMARK or not (survey.incomplete or survey.perhaps_incomplete):
        return finding
    section = _SECTIONS.get(finding.code)
    if section is not None and not survey.may_hold(section):
        return finding
    unit = by_code()[finding.code]
    group = "references" if unit.syntax == UNDEFINED_MACRO else unit.facts["group"]
    missing = group in _GROUPS and not finding.code.startswith(_ITSELF)
    doubtful = missing or unit.syntax in _CAUSES or bool(LIKE_MACRO.search(_text(finding, group)))
    doubtful = doubtful or (survey.incomplete and _of_elsewhere(finding, unit.syntax, survey.profile))
    if group == "host" or not doubtful:
        return finding
    if finding.severity == WARNING and not survey.incomplete and _is_slip(finding):
        return finding
    if finding.severity == WARNING and group != "references" and not (survey.incomplete and missing):
        return finding
    remark = finding.severity == WARNING or (survey.incomplete and group in {"loading", "expansions"})
    severity = REMARK if remark else WARNING
    note = Note(_MUST if survey.incomplete else _MAY)
    return replace(finding, severity=severity, notes=(*finding.notes, note))


def _is_slip(finding: Finding) -> bool:
    """True for a name that is almost that of something which is there."""
    return any(note.text.startswith(MEANT) for note in finding.notes)


def _of_elsewhere(finding: Finding, cause: str, profile: Profile) -> bool:
    """True for a line that would make sense in another section."""
    if finding.span is None:
        return False
    word = finding.span.text.removeprefix("no_").removeprefix("not_")
    if cause == "unknown-driver":
        return any(word in driver_names(profile, family) for family in _DRIVERS)
    if cause != "unknown-option":
        return False
    heading = finding.span.source.text.rstrip(SPACE).endswith(":")
    return heading or any(word == shown_name(name) for family in _WORDS for name in registry.names(family))


def _text(finding: Finding, group: str) -> str:
    """Where a macro could be whose value mends the fault: brackets may be anywhere in it."""
    if finding.span is None:
        return ""
    anywhere = group == "loading" or finding.code == BROKEN
    return finding.span.source.text if anywhere else finding.span.text
