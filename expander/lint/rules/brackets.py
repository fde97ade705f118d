"""Names of variables in brackets that stand there as plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from expander.lint.finding import WARNING, Edit, Finding, Fix
from expander.lint.rule import rule
from grammar.ast.expansion import Text
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

_NAME = re.compile(r"(?<![$\\\w{}])\{([a-z][a-z0-9]*(?:_[a-z0-9]+)+|domain)\}", re.ASCII)


@rule(
    "EXE032",
    "name-in-brackets",
    severity=WARNING,
    section="Expansion variables",
    bad="begin transports\nt:\n  driver = appendfile\n  file = /var/mail/{local_part}\n",
    good="begin transports\nt:\n  driver = appendfile\n  file = /var/mail/${local_part_data}\n",
)
def name_in_brackets(survey: Survey) -> Iterator[Finding]:
    """The name of a variable stands in brackets without a dollar sign, and is plain text.

    Exim does not complain: the brackets and the name become part of the value.
    """
    for text in survey.texts:
        if "{" not in text.source.text:
            continue
        for node in survey.nodes(text):
            if not isinstance(node, Text) or "{" not in node.value:
                continue
            for found in _NAME.finditer(text.source.text, node.start, node.end):
                unit = registry.find("variable", found[1])
                if unit is None or not survey.profile.has(unit):
                    continue
                span = Span(text.source, found.start(), found.end())
                at = Span(text.source, found.start(), found.start())
                fix = Fix("put a dollar sign before it", (Edit(at, "$"),))
                yield Finding("EXE032", f'"{found[0]}" is a plain text here', span, WARNING, (), fix)
