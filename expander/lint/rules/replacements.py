"""Replacements of rewriting rules that are written like patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.options import dequote
from expander.lint.beginnings import outcomes
from expander.lint.finding import WARNING, Edit, Finding, Fix, Note
from expander.lint.places import value_source
from expander.lint.rule import rule
from grammar.ast.config import RewriteRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey


@rule(
    "EXR053",
    "asterisk-in-replacement",
    severity=WARNING,
    section="Address rewriting",
    bad="begin rewrite\n*@old.example.org *@example.org\n",
    good="begin rewrite\n*@old.example.org $1@example.org\n",
)
def asterisk_in_replacement(survey: Survey) -> Iterator[Finding]:
    """The replacement of a rule has an asterisk, as if it stood for what the pattern's asterisk matched.

    It is taken as it stands: every address becomes the one of somebody called `*`. What the first asterisk
    of the pattern matched is `$1`.
    """
    for one in survey.lines_of(RewriteRule):
        if one.replacement.text == "*":
            continue
        if "*" not in dequote(one.pattern.text)[0]:
            continue
        for found in outcomes(survey, value_source(one.replacement.span)):
            at = found.span.text.find("*") if "*" in found.text else -1
            if at >= 0:
                span = found.span.part(at, at + 1)
                message = "the asterisk is taken as it stands"
                note = Note("$1 is what the first asterisk of the pattern matched")
                fix = Fix("put $1 in its place", (Edit(span, "$1"),))
                yield Finding("EXR053", message, span, severity=WARNING, notes=(note,), fix=fix)
