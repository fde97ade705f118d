"""The decisions inside expansions: which ways they can go, and which they went."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from expander.coverage.collector import BRANCH
from expander.coverage.place import Place
from expander.lint.places import in_file
from expander.lint.survey import Survey
from grammar.ast.expansion import If, Item
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from drivers.api.outside import World
    from expander.config.model import Config
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


def branches(config: Config, world: World, hits: Hits) -> Iterator[Place]:
    """The decisions of all texts that are expanded while mail is handled."""
    survey = Survey(config, world)
    left_out = OF_A_DAEMON | config.options.expanded.keys()
    texts = [text for text in survey.texts if text.holder or text.name not in left_out]
    alike = Counter(text.source.text for text in texts)
    taken = {
        _Hit(*key[1:]): count for key, count in hits.items() if isinstance(key, tuple) and key[0] == BRANCH
    }
    for text in texts:
        nodes = [node for node in survey.nodes(text) if _decides(node)]
        if not nodes:
            continue
        own = _of_text(text, taken, is_only=alike[text.source.text] == 1)
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


def _of_text(text: ExpandedText, taken: Mapping[_Hit, int], *, is_only: bool) -> Counter[tuple[int, bool]]:
    """How often each decision of a text went each way.

    Where the same text stands in several places, only what belongs to this one counts. Options that are taken
    apart before they are expanded are known by their parts.
    """
    found: Counter[tuple[int, bool]] = Counter()
    parts: Counter[tuple[int, bool]] = Counter()
    whole = text.source.text
    for hit, count in taken.items():
        if hit.text == whole:
            if is_only or _belongs(hit, text):
                found[hit.start, hit.taken] += count
        elif text.section != "acl" and hit.text in whole and _belongs(hit, text):
            parts[whole.index(hit.text) + hit.start, hit.taken] += count
    return found or parts


def _belongs(hit: _Hit, text: ExpandedText) -> bool:
    statement, router, transport = hit.where
    if text.section == "acl":
        node = text.statement
        return node is not None and statement == (node.file, node.number)
    if text.section == "router":
        return router == text.holder
    return text.section != "transport" or transport == text.holder
