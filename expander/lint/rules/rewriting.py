"""Rewriting rules: those that are never used, and those that do not make an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.options import dequote
from drivers.api.text import SPACE
from drivers.values import mailbox
from expander.lint.beginnings import outcomes
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.places import value_source
from expander.lint.rule import rule
from grammar.ast.config import RewriteRule
from grammar.ast.expansion import Capture, Sequence, Text
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from grammar.ast.expansion import Node

_REWRITE = "Address rewriting"
_ALL = ("*", "*@*")
_ALL_FLAGS = frozenset("bcfhrstEFT")


@rule(
    "EXR050",
    "unreachable-rewriting-rule",
    severity=WARNING,
    section=_REWRITE,
    bad="begin rewrite\n*@* $1@example.org q\nann@example.net bob@example.org\n",
    good="begin rewrite\nann@example.net bob@example.org\n*@* $1@example.org q\n",
)
def unreachable_rewriting_rule(survey: Survey) -> Iterator[Finding]:
    """An earlier rule is for all addresses and has the flag `q`, with which no further rule is looked at."""
    before: list[RewriteRule] = []
    for one in survey.lines_of(RewriteRule):
        earlier = next((other for other in before if _ends_all(other, one)), None)
        if earlier is not None:
            note = Note("this one comes first", earlier.span)
            message = "this rewriting rule is never used"
            yield Finding("EXR050", message, one.pattern.span, severity=WARNING, notes=(note,))
        before.append(one)


def _flags(one: RewriteRule) -> str:
    return one.flags.text if one.flags is not None else ""


def _ends_all(earlier: RewriteRule, later: RewriteRule) -> bool:
    """True if rewriting always ends before the later rule."""
    certain = "fail" not in earlier.replacement.text and "R" not in _flags(earlier)
    if "q" not in _flags(earlier) or not certain:
        return False
    same = dequote(earlier.pattern.text)[0] == dequote(later.pattern.text)[0]
    if not same and dequote(earlier.pattern.text)[0] not in _ALL:
        return False
    return _used_for(later) <= _used_for(earlier)


def _used_for(one: RewriteRule) -> frozenset[str]:
    """The addresses that a rule is for, as flags; without any it is for all of them."""
    chosen = set(_flags(one))
    if "S" in chosen:
        return frozenset("S")
    if "h" in chosen:
        chosen |= set("bcfrst")
    if "E" in chosen:
        chosen |= set("FT")
    return frozenset(chosen & (_ALL_FLAGS - set("hE"))) or _ALL_FLAGS - set("hE")


@rule(
    "EXR051",
    "rewritten-to-no-address",
    section=_REWRITE,
    bad="begin rewrite\n*@old.example.org example.org\n",
    good="begin rewrite\n*@old.example.org $1@example.org\n",
)
def rewritten_to_no_address(survey: Survey) -> Iterator[Finding]:
    """What a rule puts in the place of an address is no whole address.

    The address stays as it was, and each time there is a line in the panic log.
    """
    for one in survey.lines_of(RewriteRule):
        source = value_source(one.replacement.span)
        if one.replacement.text == "*" or set("QS") & set(_flags(one)):
            continue
        for found in outcomes(survey, source):
            known = found.text.strip(SPACE)
            problem = _address_problem(known) if found.whole and known not in {"", "<>"} else None
            if problem is not None:
                pattern = dequote(one.pattern.text)[0]
                yield Finding("EXR051", f"Rewrite of {pattern} yielded {problem}", found.span)
        if _is_local_part(survey.tree(source)) and not set(dequote(one.pattern.text)[0]) & set("^;+$\\"):
            message = f'Rewrite of {dequote(one.pattern.text)[0]} yielded unqualified address "{source.text}"'
            yield Finding("EXR051", message, Span(source, 0, len(source.text)))


def _is_local_part(tree: Node | None) -> bool:
    """True for a replacement of nothing but captures and text without an at sign.

    The asterisks of a plain pattern stand for parts without one.
    """
    parts = tree.parts if isinstance(tree, Sequence) else ()
    captured = [part for part in parts if isinstance(part, Capture) and part.number > 0]
    plain = [part for part in parts if isinstance(part, Text) and "@" not in part.value]
    return bool(captured) and len(captured) + len(plain) == len(parts)


def _address_problem(text: str) -> str | None:
    """What Exim's log says of a rewritten address, None for one that is right."""
    try:
        address = mailbox.parse(text)
    except Failed as problem:
        return f"unparseable address: {problem.message.rstrip()} in address {text}"
    return None if address.domain else f'unqualified address "{text}"'


@rule(
    "EXR052",
    "unset-capture",
    severity=WARNING,
    section=_REWRITE,
    bad="begin rewrite\nann@old.example.org $1@example.org\n",
    good="begin rewrite\n*@old.example.org $1@example.org\n",
)
def unset_capture(survey: Survey) -> Iterator[Finding]:
    """The replacement of a rule uses `$1`, `$2`..., and its pattern has fewer asterisks.

    Each asterisk of a pattern fills one of these variables; the others are empty.
    """
    for one in survey.lines_of(RewriteRule):
        pattern = dequote(one.pattern.text)[0]
        if set(pattern) & set("^;+$\\"):
            continue
        source = value_source(one.replacement.span)
        for capture in _captures(survey.tree(source)):
            if capture.number > pattern.count("*"):
                message = f"${capture.number} is empty: the pattern has no asterisk for it"
                span = Span(source, capture.start, capture.end)
                yield Finding("EXR052", message, span, severity=WARNING)


def _captures(tree: Node | None) -> Iterator[Capture]:
    """The captures that stand in a replacement itself, where no condition could have set them."""
    parts = tree.parts if isinstance(tree, Sequence) else ()
    return (part for part in parts if isinstance(part, Capture))
