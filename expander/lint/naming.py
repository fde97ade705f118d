"""Names that a configuration has, those that it uses, and the one that may have been meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from expander.lint.beginnings import outcomes
from expander.lint.finding import Note
from grammar.ast.config import Acl, Driver, Line
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.ast.config import Configuration, Node
    from grammar.source import Span

MEANT = "did you mean"
"""How a note begins that names what may have been meant."""

CLOSE = 0.7
"""How alike a name must be to be offered, from 0 to 1."""

MOST_COMPARED = 500
"""With more names than these nobody is helped by the one that happens to be most like."""

ROUTERS_TRANSPORTS = (
    "transport",
    "directory_transport",
    "file_transport",
    "pipe_transport",
    "reply_transport",
)
"""The options of routers that name transports."""

MAINS_TRANSPORTS = tuple(f"system_filter_{word}_transport" for word in ("directory", "file", "pipe", "reply"))
"""The main options that name transports."""

WORD = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Use(Record):
    """A place that names something: the name, where it stands, and the text that it is in."""

    name: str
    span: Span
    text: ExpandedText


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like another one, None if none is like it."""
    from difflib import get_close_matches

    known = list(names)[:MOST_COMPARED]
    same = [other for other in known if lower(other) == lower(name)]
    found = same or get_close_matches(name, known, n=1, cutoff=CLOSE)
    return found[0] if found else None


def meant(name: str, names: Iterable[str]) -> tuple[Note, ...]:
    """A note with the name that may have been meant; no note if none is like it."""
    near = nearest(name, names)
    return () if near is None else (Note(f"{MEANT} {near}?"),)


def transport_texts(survey: Survey) -> Iterator[ExpandedText]:
    """The texts of the options that name a transport."""
    for text in survey.texts:
        if (text.section == "router" and text.name in ROUTERS_TRANSPORTS) or (
            text.section == "main" and text.name in MAINS_TRANSPORTS
        ):
            yield text


def transport_uses(survey: Survey) -> Iterator[Use]:
    """The transports that options name in plain text, in a branch of ``${if`` or the like too."""
    for text in transport_texts(survey):
        for found in outcomes(survey, text.source):
            if found.whole and found.text:
                yield Use(found.text, found.span, text)


def reaches(survey: Survey) -> dict[str, list[tuple[Instance, str]]]:
    """Which routers hand addresses to each transport that is named in plain text, and by which option."""
    found: dict[str, list[tuple[Instance, str]]] = {}
    for use in transport_uses(survey):
        if use.text.instance is not None and use.text.instance["verify_only"] is not True:
            found.setdefault(use.name, []).append((use.text.instance, use.text.name))
    return found


_LOOPBACK = re.compile(r"\[?(127(?:\.[0-9]{1,3}){3}|::1|localhost)\]?(?::([0-9]+))?", re.ASCII)


def own_address(item: str) -> tuple[str, str]:
    """The name or address of this host and the port that an item of a list of hosts has; "" for others."""
    found = _LOOPBACK.fullmatch(item)
    return (found[1], found[2] or "") if found is not None else ("", "")


def lines(tree: Configuration) -> Iterator[Line]:
    """All logical lines of a configuration, whatever they say."""
    for node in (*tree.main, *(node for section in tree.sections for node in section.body)):
        yield from _lines_of(node)


def _lines_of(node: Node) -> Iterator[Line]:
    if isinstance(node, Driver):
        yield node.heading
        yield from node.settings
    elif isinstance(node, Acl):
        yield node.heading
        for statement in node.statements:
            yield statement
            for clause in getattr(statement, "clauses", ()):
                if clause.span.source is not statement.span.source:
                    yield clause
    elif isinstance(node, Line):
        yield node


def skipped_text(tree: Configuration) -> str:
    """What stands in the lines that a conditional left out."""
    return "".join(line.span.text for line in tree.physical if line.role == "skipped")
