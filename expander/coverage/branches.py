"""The decisions inside expansions: which ways they can go, and which they went."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from expander.coverage.collector import BRANCH
from expander.coverage.place import Place
from expander.lint.places import in_file
from grammar.ast.expansion import If, Item
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.ast.expansion import Node

    Hits = Mapping[Hashable, int]

LONGEST = 40
OF_A_DAEMON = frozenset({"smtp_accept_max_per_host", "queue_run_max"})
"""Main options that are asked for before there is a session, and where there is no daemon never."""


class _Hit(NamedTuple):
    """A decision that went one way for somebody: a statement of an ACL, a router or a transport."""

    text: str
    start: int
    taken: bool
    where: tuple[tuple[str, int] | None, str, str]


def branches(survey: Survey, hits: Hits) -> Iterator[Place]:
    """The decisions of all texts that are expanded while mail is handled."""
    left_out = OF_A_DAEMON | survey.config.options.expanded.keys()
    texts = [text for text in survey.texts if text.holder or text.name not in left_out]
    alike = Counter(text.source.text for text in texts)
    taken = {
        _Hit(*key[1:]): count for key, count in hits.items() if isinstance(key, tuple) and key[0] == BRANCH
    }
    for text in texts:
        nodes = [node for node in survey.nodes(text) if _decides(node)]
        if not nodes:
            continue
        is_outside = text.holder in survey.outside.acls
        own = _of_text(text, taken, is_only=alike[text.source.text] == 1, is_outside=is_outside)
        for node in nodes:
            yes, no = own.get((node.start, True), 0), own.get((node.start, False), 0)
            origin = in_file(Span(text.source, node.start, node.end))
            yield Place(
                origin.source.name,
                *origin.position(),
                "branch",
                f"{_shown(node, text)} in {text.owner}",
                _ways(node, yes, no),
            )


def _decides(node: Node) -> bool:
    if isinstance(node, If):
        return True
    if not isinstance(node, Item):
        return False
    unit = registry.find("item", node.name)
    if unit is None:
        return False
    shape = unit.facts["shape"]
    return bool(shape.branches or shape.open_ended)


def _ways(node: Node, yes: int, no: int) -> tuple[tuple[str, int], ...]:
    if isinstance(node, If):
        return ("true", yes), ("false", no)
    return ("found", yes), ("not found", no)


def _shown(node: Node, text: ExpandedText) -> str:
    written = " ".join(text.source.text[node.start : node.end].split())
    return written if len(written) <= LONGEST else f"{written[: LONGEST - 3]}..."


def _of_text(
    text: ExpandedText, taken: Mapping[_Hit, int], *, is_only: bool, is_outside: bool
) -> Counter[tuple[int, bool]]:
    """How often each decision of a text went each way.

    Where the same text stands in several places, only what belongs to this one counts. Options that are taken
    apart before they are expanded are known by their parts.
    """
    found: Counter[tuple[int, bool]] = Counter()
    parts: Counter[tuple[int, bool]] = Counter()
    whole = text.source.text
    for hit, count in taken.items():
        if hit.text == whole:
            if is_only or _belongs(hit, text, is_outside=is_outside):
                found[hit.start, hit.taken] += count
        elif text.section != "acl" and hit.text in whole and _belongs(hit, text, is_outside=False):
            parts[whole.index(hit.text) + hit.start, hit.taken] += count
    return found or parts


def _belongs(hit: _Hit, text: ExpandedText, *, is_outside: bool) -> bool:
    statement, router, transport = hit.where
    if text.section == "acl":
        node = text.statement
        return node is not None and statement == (text.holder if is_outside else node.file, node.number)
    if text.section == "router":
        return router == text.holder
    return text.section != "transport" or transport == text.holder
