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
