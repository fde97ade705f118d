"""Regular expressions: those outside of expansions, and those that an expansion spoils."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import EximError
from drivers.values import listtext
from expander.lint.finding import ERROR, REMARK, WARNING, Edit, Finding, Fix, Note
from expander.lint.listview import flattened
from expander.lint.rule import rule
from expander.lint.rules import expansions as _declared  # noqa: F401 - EXE007 is declared there
from grammar.ast.expansion import Condition, Item, Node
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

SECTION = "Regular expressions"
PATTERN_OPTIONS = ("dns_check_names_pattern", "uucp_from_pattern")
"""Main options that are patterns, and are not expanded."""

_MEANT = frozenset("dDwWsSbBhHvVAZzKRGQE.+*?()|^[]")
"""What has another meaning in a pattern behind a backslash than alone."""

_PLAIN_IN_CLASS = frozenset(".+*?()|")
"""What means itself in a character class, with a backslash or without."""


@rule(
    "EXE024",
    "lost-backslash",
    severity=WARNING,
    section=SECTION,
    bad="smtp_banner = ${if match{$primary_hostname}{^mail\\d+\\.}{a}{b}}\n",
    good="smtp_banner = ${if match{$primary_hostname}{\\N^mail\\d+\\.\\N}{a}{b}}\n",
)
def lost_backslash(survey: Survey) -> Iterator[Finding]:
    r"""A backslash in a pattern is taken away when the text is expanded, before the pattern is compiled.

    ``\.`` becomes a dot, which matches any character (a remark tells of that), and ``\d`` the letter d. Put
    the pattern between ``\N`` and ``\N``, or double the backslashes.
    """
    for text in survey.texts:
        if "\\" not in text.source.text:
            continue
        for node in survey.nodes(text):
            for pattern in _patterns(node):
                value, offsets = flattened(text.source, pattern)
                yield from _lost(text, value, offsets)
    for view in survey.lists:
        for item in view.items:
            if item.text.startswith("^"):
                start, end = bisect_left(view.offsets, item.start), bisect_left(view.offsets, item.end)
                yield from _lost(view.text, view.value[start:end], view.offsets[start : end + 1])


def _patterns(node: Node) -> Iterator[Node]:
    """The arguments of a node that are patterns."""
    if isinstance(node, Condition):
        unit, arguments = registry.find("condition", node.name), node.arguments
    elif isinstance(node, Item):
        unit, arguments = registry.find("item", node.name), node.groups
    else:
        return
    for index in unit.facts.get("patterns", ()) if unit is not None else ():
        if index < len(arguments):
            yield arguments[index]


def _lost(text: ExpandedText, value: str, offsets: Sequence[int]) -> Iterator[Finding]:
    """The worst escape of a pattern that does not come through."""
    raw = text.source.text
    only = not value.strip(".^$")  # nothing but dots: it matches whatever is there
    lost = [
        (char == "." and not only, at, char)
        for char, at, in_class in zip(value, offsets, _in_class(value), strict=False)
        if char in _MEANT
        and raw[at] == "\\"
        and raw[at + 1 : at + 2] == char
        and not (in_class and char in _PLAIN_IN_CLASS)
    ]
    for harmless, at, char in sorted(lost)[:1]:
        span = Span(text.source, at, at + 2)
        message = f'the backslash is lost when the text is expanded: the pattern has "{char}" in this place'
        note = Note("put the pattern between \\N and \\N, or double the backslash")
        severity = REMARK if harmless else WARNING
        yield Finding("EXE024", message, span, severity, (note,), _protect(text, offsets[0], offsets[-1]))


def _in_class(pattern: str) -> Iterator[bool]:
    """For each character of a pattern whether it stands in a character class."""
    first = -1
    escaped = False
    for at, char in enumerate(pattern):
        yield first >= 0
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif first < 0 and char == "[":
            first = at + 1 + pattern.startswith("^", at + 1)
        elif char == "]" and at > first >= 0:
            first = -1


def _protect(text: ExpandedText, start: int, end: int) -> Fix | None:
    r"""The pattern between two ``\N``, where nothing in it is to be expanded."""
    raw = text.source.text[start:end]
    if "$" in raw.rstrip("$") or "\\N" in raw or "\\\\" in raw or "\\$" in raw:
        return None
    edits = (Edit(Span(text.source, start, start), "\\N"), Edit(Span(text.source, end, end), "\\N"))
    return Fix("put it between \\N and \\N", edits)


@rule(
    "EXE025",
    "bad-pattern-option",
    section=SECTION,
    bad="dns_check_names_pattern = ^[a-z\n",
    good="dns_check_names_pattern = ^[a-z]+\n",
)
def bad_pattern_option(survey: Survey) -> Iterator[Finding]:
    """An option is a pattern that cannot be compiled.

    Exim compiles it when it needs it first, and ends the process.
    """
    for name in PATTERN_OPTIONS:
        setting = survey.config.options.settings.get(name)
        message = _complaint(str(setting.value)) if setting is not None else None
        if setting is not None and message is not None:
            yield Finding("EXE025", message, setting.span, ERROR)

    setting = survey.config.options.settings.get("keep_environment")
    for item in listtext.split(str(setting.value)) if setting is not None else ():
        message = _complaint(item) if item.startswith("^") else None
        if setting is not None and message is not None:
            yield Finding("EXE025", message, setting.span, ERROR)


def _complaint(pattern: str) -> str | None:
    from expander.expand import regex

    try:
        regex.pattern(pattern)
    except EximError as error:
        return error.message
    return None
