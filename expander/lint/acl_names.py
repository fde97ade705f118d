"""Which ACLs a text runs: named in options, by the condition ``acl``, or by the item of that name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from drivers.api.text import SPACE
from expander.lint.places import value_source
from expander.lint.possible import outcomes
from grammar.ast.expansion import Condition, Item
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.ast.expansion import Node
    from grammar.source import Source

ACL = "acl"
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|[^ \t\n\v\f\r]+', re.DOTALL)

NAMED, IN_PLACE, FILE, EMPTY, UNKNOWN = "named", "in place", "file", "empty", "unknown"
"""What a text can be that is to run as an ACL: a name, statements, a path, nothing, or not known."""


class Called(NamedTuple):
    """An ACL that a text runs: its name, path or statements, and what it is.

    For one that is unknown ``name`` is what it begins with; files and statements that are only known in
    part are left out. ``span`` is the place that names it.
    """

    name: str
    what: str
    span: Span


def words(text: ExpandedText) -> Iterator[Source]:
    """The name and the arguments behind the condition ``acl``: each is expanded by itself."""
    for word in _WORD.finditer(text.source.text):
        yield value_source(Span(text.source, word.start(), word.end()))


def called(survey: Survey, text: ExpandedText) -> Iterator[Called]:
    """All ACLs that a text runs, in the order in which it names them."""
    if text.kind == ACL:
        source = text.source if text.section == "main" else next(words(text), None)
        if source is not None:
            yield from _of_node(survey, survey.tree(source), source)
    for node in survey.nodes(text):
        groups: tuple[Node, ...] = ()
        if isinstance(node, Item) and node.name == "acl":
            groups = node.groups
        elif isinstance(node, Condition) and node.name == "acl":
            groups = node.arguments
        if groups:
            yield from _of_node(survey, groups[0], text.source)


def _of_node(survey: Survey, node: Node | None, source: Source) -> Iterator[Called]:
    for outcome in outcomes(node):
        name = outcome.text.lstrip(SPACE)
        span = Span(source, outcome.start, outcome.end)
        if outcome.whole:
            yield Called(name, _kind(survey, name), span)
        elif not name.startswith("/") and not set(name) & set(SPACE):
            yield Called(name, UNKNOWN, span)


def _kind(survey: Survey, name: str) -> str:
    """What Exim takes a whole text for. See "Finding an ACL to use"."""
    if not name:
        return EMPTY
    if set(name) & set(SPACE):
        return IN_PLACE
    if name.startswith("/"):
        return FILE
    if name not in survey.config.acls and name in registry.names("acl-verb"):
        return IN_PLACE
    return NAMED
