"""Named lists that refer to each other, and lists of texts in which nothing but texts counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.lint.finding import ERROR, WARNING, Finding, Note
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.listview import ListItem, ListView
    from expander.lint.survey import Survey

_TEXTS = frozenset(("inlist", "inlisti"))
_PATTERN = re.compile(r"\*[.@\w-].*|\^.+|![\w*+^].*|\+\w+|[a-z]+;/.*", re.ASCII)


@rule(
    "EXL031",
    "list-within-itself",
    section="Named lists",
    bad="domainlist a = a.example : +b\ndomainlist b = b.example : +a\n",
    good="domainlist a = a.example : +b\ndomainlist b = b.example\n",
)
def list_within_itself(survey: Survey) -> Iterator[Finding]:
    """A named list refers to itself, or to a list that refers back to it.

    Exim goes round until it has no memory left for that, and crashes.
    """
    references = {
        (view.kind, view.text.holder): [(item, view) for item in view.items if item.text.startswith("+")]
        for view in survey.lists
        if view.text.section == "list"
    }
    for (kind, name), found in references.items():
        for item, view in found:
            if _reaches(references, kind, item.text[1:], name):
                message = f'the list "{name}" refers to itself'
                note = Note("Exim crashes when it gets there")
                yield Finding("EXL031", message, view.place(item), ERROR, (note,))
                break


def _reaches(
    references: dict[tuple[str, str], list[tuple[ListItem, ListView]]], kind: str, start: str, goal: str
) -> bool:
    """True if one named list refers to another, directly or not."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting += [item.text[1:] for item, _ in references.get((kind, name), ())]
    return False


@rule(
    "EXL032",
    "pattern-in-list-of-texts",
    severity=WARNING,
    section="Expansion conditions",
    bad="smtp_banner = ${if inlist{$primary_hostname}{*.example.com}{a}{b}}\n",
    good="smtp_banner = ${if match_domain{$primary_hostname}{*.example.com}{a}{b}}\n",
)
def pattern_in_list_of_texts(survey: Survey) -> Iterator[Finding]:
    """``inlist`` has an item with an asterisk, a negation, a pattern or a named list.

    It compares texts and nothing else. ``match_domain``, ``match_address``, ``match_ip`` and
    ``match_local_part`` take the items of lists.
    """
    for view in survey.lists:
        if view.owner not in _TEXTS:
            continue
        for item in view.items:
            written = f"!{item.text}" if item.negated else item.text
            if item.constant and _PATTERN.fullmatch(written):
                message = f'{view.owner} compares texts: "{written}" stands for itself alone'
                note = Note("use match_domain, match_address, match_ip or match_local_part")
                yield Finding("EXL032", message, view.place(item), WARNING, (note,))


_NOT_EXPANDED = frozenset(("match_domain", "match_address", "match_local_part"))
_VARIABLE = re.compile(r"\$(?:\{|[a-z]\w)", re.ASCII)


@rule(
    "EXL034",
    "list-not-expanded",
    severity=WARNING,
    section="Expansion conditions",
    bad="smtp_banner = ${if match_domain{$primary_hostname}{$qualify_domain}{a}{b}}\n",
    good="smtp_banner = ${if eqi{$primary_hostname}{$qualify_domain}{a}{b}}\n",
)
def list_not_expanded(survey: Survey) -> Iterator[Finding]:
    """The list of ``match_domain`` or one of its like has something to be expanded in it, in vain.

    The second string of these conditions ends at the first closing bracket, and a dollar sign in it stands
    for itself, because lists out of messages would be dangerous. (``match_ip`` expands its list later, but
    brackets end it just the same.) Use a named list, ``inlist``, or ``eqi``.
    """
    for view in survey.lists:
        if view.owner in _NOT_EXPANDED:
            found = _VARIABLE.search(view.value)
        else:
            found = re.search(r"\$\{[^}]*\Z", view.value) if view.owner == "match_ip" else None
        if found is None or _protected(view, found.start()):
            continue
        message = f"the list of {view.owner} is not expanded: the dollar sign stands for itself"
        if view.owner == "match_ip":
            message = "the list of match_ip ends at the first closing bracket"
        note = Note("named lists are expanded; inlist compares with the items of any list")
        severity = ERROR if view.owner == "match_ip" else WARNING
        yield Finding("EXL034", message, view.whole, severity, (note,))


def _protected(view: ListView, at: int) -> bool:
    """True for a dollar sign that is written as one that stands for itself."""
    return view.source.text.startswith("\\", view.offsets[at]) or "\\N" in view.whole.text
