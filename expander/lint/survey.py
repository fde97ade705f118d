"""What all rules look at: the loaded configuration, its texts with their trees, and who calls which ACL."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from drivers.api import registry
from expander.expand import cache
from expander.expand.tree import children, depth
from expander.lint.graph import AclGraph, acl_graph
from expander.lint.texts import ExpandedText, expanded_texts
from grammar.expansion import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Config
    from grammar.ast.expansion import Node
    from grammar.source import Source

MISSING_INCLUDE = "missing-include"


class Survey:
    """One configuration as the rules see it; everything is worked out when it is first asked for.

    ``config`` was loaded in collecting mode, so it may lack what could not be read.
    """

    def __init__(self, config: Config, world: World) -> None:
        self.config = config
        self.world = world
        self._trees: dict[str, Node | None] = {}
        self._nodes: dict[str, tuple[Node, ...]] = {}

    @property
    def profile(self) -> Profile:
        """The Exim that is imitated."""
        return self.config.profile

    @cached_property
    def incomplete(self) -> bool:
        """True if a file that is included is missing: what it defines looks undefined."""
        return any(error.cause == MISSING_INCLUDE for error in self.config.errors)

    @property
    def perhaps_incomplete(self) -> bool:
        """True if a file is missing that is only included where it exists, as it may elsewhere."""
        return bool(self.config.tree.absent)

    @cached_property
    def texts(self) -> tuple[ExpandedText, ...]:
        """Every text that Exim expands, in the order of the file."""
        return tuple(expanded_texts(self.config))

    def texts_of(self, section: str, holder: str) -> Iterator[ExpandedText]:
        """The texts of one ACL, driver's instance or named list."""
        return (text for text in self.texts if text.section == section and text.holder == holder)

    def tree(self, source: Source) -> Node | None:
        """The tree of an expansion; None for one that is nested deeper than Exim could go."""
        text = source.text
        if text not in self._trees:
            tree = parse(text, registry.shapes(self.profile))
            self._trees[text] = None if depth(tree) > cache.DEEPEST else tree
        return self._trees[text]

    def nodes(self, text: ExpandedText) -> tuple[Node, ...]:
        """All nodes of the tree of a text, from left to right, outer ones before those inside them."""
        key = text.source.text
        if key not in self._nodes:
            self._nodes[key] = tuple(_walk(self.tree(text.source)))
        return self._nodes[key]

    @cached_property
    def graph(self) -> AclGraph:
        """Which ACLs call which, and where each runs."""
        return acl_graph(self)

    def phases(self, text: ExpandedText) -> frozenset[str]:
        """The phases in which a text of an ACL surely runs; empty for an ACL that nothing calls by name."""
        return self.graph.phases.get(text.holder, frozenset()) if text.section == "acl" else frozenset()


def _walk(tree: Node | None) -> Iterator[Node]:
    waiting = [tree] if tree is not None else []
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))
