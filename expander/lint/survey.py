"""What all rules look at: the loaded configuration, its texts with their trees, and who calls which ACL."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from drivers.api import registry
from expander.expand import cache
from expander.expand.tree import depth, walk
from expander.lint.acl_spots import Spot, spots
from expander.lint.graph import AclGraph, acl_graph
from expander.lint.in_place import Outside, outside
from expander.lint.listview import ListView, list_views
from expander.lint.macro_lines import macro_places, physical_texts, sections_of
from expander.lint.texts import ExpandedText, expanded_texts, inner_texts
from grammar.expansion import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Acl, Config
    from expander.lint.macro_lines import PhysicalText
    from grammar.ast.config import Line
    from grammar.ast.expansion import Node
    from grammar.source import Source

L = TypeVar("L", bound="Line")

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
    def _lacking(self) -> tuple[frozenset[str], frozenset[str]]:
        """The sections that include a missing file, and those that the configuration has."""
        missing = [error.span for error in self.config.errors if error.cause == MISSING_INCLUDE]
        places = {
            (span.source.name, span.start)
            for span in (*missing, *self.config.tree.absent)
            if span is not None
        }
        return sections_of(self.physical, places)

    def may_hold(self, section: str) -> bool:
        """True if a missing file may hold something of a section ("main", "acl"...).

        No section may stand twice, so a file holds something of the section in which it is included, or
        begins one that the configuration does not have.
        """
        lacking, there = self._lacking
        return bool(lacking) and (section in lacking or section not in there)

    @cached_property
    def texts(self) -> tuple[ExpandedText, ...]:
        """Every text that Exim expands, in the order of the file; ACLs outside of the section come last."""
        return (*self._written, *self.outside.texts)

    @cached_property
    def _written(self) -> tuple[ExpandedText, ...]:
        found: list[ExpandedText] = []
        for text in expanded_texts(self.config):
            found.append(text)
            found += inner_texts(text, self.nodes(text))
        return tuple(found)

    @cached_property
    def outside(self) -> Outside:
        """The ACLs that stand in options, conditions and files of their own."""
        return outside(self, self._written)

    @cached_property
    def acls(self) -> Mapping[str, Acl]:
        """All ACLs by name; those outside of the section by their text or their path."""
        return {**self.outside.acls, **self.config.acls}

    def texts_of(self, section: str, holder: str) -> Iterator[ExpandedText]:
        """The texts of one ACL, driver's instance or named list."""
        return (text for text in self.texts if text.section == section and text.holder == holder)

    def lines_of(self, kind: type[L]) -> list[L]:
        """The lines of one kind in all sections: the retry rules or the rewriting rules."""
        lines = (line for section in self.config.tree.sections for line in section.body)
        return [line for line in lines if isinstance(line, kind)]

    @cached_property
    def by_option(self) -> dict[tuple[str, str, str], ExpandedText]:
        """The texts of options by section ("main", "router"...), driver's instance and option."""
        return {(text.section, text.holder, text.name): text for text in self.texts if text.clause is None}

    @cached_property
    def physical(self) -> tuple[PhysicalText, ...]:
        """The lines of all files as they stand there, in the order of reading."""
        return physical_texts(self)

    @cached_property
    def macro_places(self) -> tuple[tuple[str, int], ...]:
        """The macros in the order in which they are replaced, with the numbers of their lines."""
        return macro_places(self)

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
            tree = self.tree(text.source)
            self._nodes[key] = () if tree is None else tuple(walk(tree))
        return self._nodes[key]

    @cached_property
    def lists(self) -> tuple[ListView, ...]:
        """Every list that is matched, taken apart, in the order of the file."""
        return tuple(list_views(self))

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """Every condition and modifier of all ACLs, in order."""
        return tuple(spots(self))

    @cached_property
    def graph(self) -> AclGraph:
        """Which ACLs call which, and where each runs."""
        return acl_graph(self)

    def phases(self, text: ExpandedText) -> frozenset[str]:
        """The phases in which a text of an ACL surely runs; empty for an ACL that nothing calls by name."""
        return self.graph.phases.get(text.holder, frozenset()) if text.section == "acl" else frozenset()
