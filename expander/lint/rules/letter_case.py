"""Comparisons that the case of letters makes impossible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower, upper
from expander.lint import itemforms
from expander.lint.constant import constant
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.rule import rule
from grammar.ast.expansion import Condition, Node, Operator, Sequence, Variable
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

_MACRO = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", re.ASCII)
"""What looks like a macro that nothing defines."""

_LOWER, _UPPER = "small", "capital"


@rule(
    "EXE031",
    "impossible-letter-case",
    severity=WARNING,
    section="Expansion conditions",
    bad="smtp_banner = ${if eq{${lc:$primary_hostname}}{Mail.Example}{a}{b}}\n",
    good="smtp_banner = ${if eq{${lc:$primary_hostname}}{mail.example}{a}{b}}\n",
)
def impossible_letter_case(survey: Survey) -> Iterator[Finding]:
    """A text that has no capital letters, or no small ones, is compared with one that has.

    ``${lc:...}`` and ``$domain`` have small letters, ``${uc:...}`` capital ones. Compare with such a text, or
    use ``eqi``.
    """
    for text in survey.texts:
        for node in survey.nodes(text):
            if not isinstance(node, Condition) or node.name != "eq" or len(node.arguments) != 2:
                continue
            for changing, other in (node.arguments, node.arguments[::-1]):
                letters, plain = _letters(changing), constant(other)
                if letters is None or plain is None or _MACRO.fullmatch(plain):
                    continue
                if plain != (lower(plain) if letters == _LOWER else upper(plain)):
                    span = Span(text.source, other.start, other.end)
                    message = f'"{plain}" is compared with a text that has {letters} letters only'
                    yield Finding("EXE031", message, span, WARNING, (Note("eqi compares without case"),))


def _letters(node: Node) -> str | None:
    """Which letters alone a text can have, None if both."""
    if isinstance(node, Sequence):
        if len(node.parts) != 1:
            return None
        node = node.parts[0]
    if isinstance(node, Operator) and node.name in {"lc", "uc"}:
        return _LOWER if node.name == "lc" else _UPPER
    return _LOWER if isinstance(node, Variable) and node.name == "domain" else None


@rule(
    "EXL033",
    "capital-in-rewriting-pattern",
    severity=WARNING,
    section="Rewriting patterns",
    bad="begin rewrite\n*@Example.COM  $1@example.com\n",
    good="begin rewrite\n*@example.com  $1@example.com\n",
)
def capital_in_rewriting_pattern(survey: Survey) -> Iterator[Finding]:
    """The domain in a pattern of a rewriting rule has capital letters, so that the rule never applies.

    Domains have small letters when they are compared with the patterns.
    """
    for view in survey.lists:
        if view.text.section != "rewrite" or not view.single:
            continue
        for item in view.items:
            domain = item.text.rpartition("@")[2]
            plain = item.constant and ";" not in item.text and not item.text.startswith(("^", "+"))
            if itemforms.is_filled_in_later(domain):
                continue
            if plain and domain != lower(domain) and not domain.startswith("+"):
                message = f'"{domain}" has capital letters: no domain is like that when it is compared'
                yield Finding("EXL033", message, view.place(item), WARNING)
