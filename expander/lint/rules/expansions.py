"""Faults inside expansions: what Exim meets only when the text is expanded, if it ever is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint import expansion
from expander.lint.rule import kind, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.finding import Finding
    from expander.lint.survey import Survey

SECTION = "String expansions"


@rule(
    "EXE001",
    "broken-expansion",
    section=SECTION,
    bad="smtp_banner = ${if eq{$primary_hostname}{a}{b}\n",
    good="smtp_banner = ${if eq{$primary_hostname}{a}{b}}\n",
)
def broken_expansion(survey: Survey) -> Iterator[Finding]:
    """An expansion is not written rightly: a bracket is missing, or a part that the item needs.

    Exim reads expansions only when it needs their value, so the fault shows up as a temporary error for a
    client or as a deferred delivery.
    """
    for text in survey.texts:
        yield from expansion.check(survey, text)


kind(
    "EXE002",
    "unknown-variable",
    section="Expansion variables",
    doc="A variable of that name does not exist in the release or the build that is imitated.",
    bad="smtp_banner = $primary_hostnam ESMTP\n",
    good="smtp_banner = $primary_hostname ESMTP\n",
)
kind(
    "EXE003",
    "unknown-operator",
    section="Expansion operators",
    doc="An operator or an item of that name does not exist in the release that is imitated.",
    bad="smtp_banner = ${upper:$primary_hostname}\n",
    good="smtp_banner = ${uc:$primary_hostname}\n",
)
kind(
    "EXE004",
    "unknown-condition",
    section="Expansion conditions",
    doc="A condition of that name does not exist in the release that is imitated.",
    bad="smtp_banner = ${if equal{$primary_hostname}{a}{b}{c}}\n",
    good="smtp_banner = ${if eq{$primary_hostname}{a}{b}{c}}\n",
)
kind(
    "EXE005",
    "unknown-lookup",
    section="File and database lookups",
    doc="A lookup type of that name does not exist, or the build that is imitated lacks it.",
    bad="smtp_banner = ${lookup{a}lserach{/etc/exim/banners}}\n",
    good="smtp_banner = ${lookup{a}lsearch{/etc/exim/banners}}\n",
)
kind(
    "EXE007",
    "bad-pattern",
    section="Regular expressions",
    doc="A regular expression cannot be compiled: whatever needs it fails each time.",
    bad="smtp_banner = ${sg{$primary_hostname}{[a-z}{}}\n",
    good="smtp_banner = ${sg{$primary_hostname}{[a-z]}{}}\n",
)
kind(
    "EXE008",
    "not-built",
    section="String expansions",
    doc="The name exists in this release, but the build that is imitated was made without it.",
    bad="smtp_banner = ${if radius{user:password}{a}{b}}\n",
    good="smtp_banner = $primary_hostname\n",
)
kind(
    "EXE027",
    "wrong-number-of-arguments",
    section="Expansion items",
    doc="An item has too few arguments or too many.",
    bad="smtp_banner = ${sg{$primary_hostname}{a}}\n",
    good="smtp_banner = ${sg{$primary_hostname}{a}{b}}\n",
)
