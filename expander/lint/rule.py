"""The rules of the checker: each is a unit with a code, a name, a severity and an example of both sides.

A rule is a function that takes the `Survey` of a configuration and gives findings::

    @rule("EXN001", "undefined-acl", severity=ERROR, group="references", bad="...", good="...")
    def undefined_acl(survey: Survey) -> Iterator[Finding]:
        \"\"\"An option or a condition names an ACL that the configuration does not have.

        What comes of it at run time, and what to do.
        \"\"\"

The docstring is the rule's page. ``bad`` and ``good`` are whole small configurations: the first must have
the finding, the second must not; both are tests. Where one walk finds several kinds of faults, one function
is the rule and `kind` declares the other codes that it reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeVar

from drivers.api.unit import UNITS, Unit, define
from expander.lint.finding import ERROR, Finding

if TYPE_CHECKING:
    from expander.lint.survey import Survey

Check = Callable[["Survey"], Iterable[Finding]]
C = TypeVar("C", bound=Check)

FAMILY = "rule"
GROUPS = {
    "EXM": "files",
    "EXC": "comments",
    "EXO": "loading",
    "EXH": "host",
    "EXE": "expansions",
    "EXL": "lists",
    "EXN": "references",
    "EXA": "acls",
    "EXT": "taint",
    "EXS": "security",
    "EXR": "routing",
    "EXF": "filters",
}
"""What the letters of a code stand for."""


def rule(
    code: str, name: str, *, bad: str, good: str, severity: str = ERROR, section: str = ""
) -> Callable[[C], C]:
    """Register a check as the rule ``code``; ``name`` reads well behind "ignore".

    Raises ``ValueError`` for a code or a documentation that is missing: a fault of the project.
    """
    return define(
        FAMILY,
        code,
        syntax=name,
        section=section,
        severity=severity,
        bad=bad,
        good=good,
        group=GROUPS[code[:3]],
    )


def kind(
    code: str, name: str, *, doc: str, bad: str, good: str, severity: str = ERROR, section: str = ""
) -> None:
    """Declare a kind of fault that the check of another rule, or loading, reports."""
    define(
        FAMILY,
        code,
        syntax=name,
        section=section,
        doc=doc,
        severity=severity,
        bad=bad,
        good=good,
        group=GROUPS[code[:3]],
    )(None)


@cache
def rules() -> tuple[Unit, ...]:
    """All rules and kinds of faults, by code."""
    package = import_module("expander.lint.rules")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    return tuple(unit for (family, _), unit in sorted(UNITS.items()) if family == FAMILY)


@cache
def by_code() -> dict[str, Unit]:
    """The rules by code."""
    return {unit.name: unit for unit in rules()}


@cache
def by_name() -> dict[str, Unit]:
    """The rules by name."""
    return {unit.syntax: unit for unit in rules()}


def named(code: str) -> str:
    """The name of a rule. Raises ``KeyError`` for a code that no rule has."""
    return by_code()[code].syntax


def severity_of(code: str) -> str:
    """The severity that a rule has by itself. Raises ``KeyError`` for a code that no rule has."""
    return str(by_code()[code].facts["severity"])


def resolve(word: str) -> tuple[str, ...]:
    """The codes that a word means: a code, a rule's name, or a group; none for a word that is neither."""
    return tuple(
        unit.name for unit in rules() if word in (unit.name, unit.syntax, unit.facts["group"], unit.name[:3])
    )
