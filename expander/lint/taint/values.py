"""What of a text from outside the value of an expansion may have, worked out without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from drivers.api.errors import EximError
from drivers.api.text import is_plain
from drivers.values import lookup_type
from expander.lint.constant import constant
from expander.lint.taint import sources
from expander.lint.taint.trail import NONE, Trail, Trails, joined, through, unsure
from grammar.ast.expansion import (
    Capture,
    Condition,
    Fail,
    Header,
    If,
    Item,
    Node,
    Operator,
    Sequence,
    Variable,
)
from grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

    class Memory(Protocol):
        """What is kept between expansions."""

        def read(self, name: str, text: ExpandedText) -> Trails:
            """What a variable may hold where a text is expanded."""

        def captures(self, text: ExpandedText) -> Trails:
            """What the numeric variables may hold when a text begins to be expanded."""

        def called(self, acl: str, arguments: tuple[Trails, ...]) -> Trails:
            """What an ACL that is called with arguments may answer."""

    class Watcher(Protocol):
        """Whoever wants to know what comes where."""

        def at(self, evaluator: Evaluator, node: Node, groups: list[Trails], scope: Scope) -> None:
            """An operator, an item or a condition is given values."""


class Scope(NamedTuple):
    """What the items and conditions around a piece have set; None is what stood there before."""

    captures: Trails | None = None
    value: Trails = NONE
    item: Trails = NONE


NO_SCOPE = Scope()
LOOPS = frozenset(("map", "filter", "sort", "reduce"))
_LIST_CONDITIONS = ("inlist", "inlisti", "match_domain", "match_address", "match_local_part", "match_ip")
_MAY_LEAVE = frozenset(("utf8_domain_to_alabel", "utf8_domain_from_alabel", "utf8_localpart_from_alabel"))
"""Operators that give back what they need not convert."""

_EACH = ("forany", "forall")
_FAILURE = 4
"""The group of readsocket that is its value where the socket fails."""

_NO_VALUE = frozenset(("", "0", "no", "false"))
_WHOLE = frozenset((".*", "^.*", "^.*$", "^.+$", ".+"))
"""Patterns that match the whole of a line."""


class Evaluator:
    """Works out one text; `watcher` hears of everything on the way."""

    def __init__(
        self, survey: Survey, memory: Memory, text: ExpandedText, watcher: Watcher | None = None
    ) -> None:
        self.survey = survey
        self.memory = memory
        self.text = text
        self.watcher = watcher
        self.source: Source = text.source

    def whole(self, scope: Scope = NO_SCOPE) -> Trails:
        """The trails of the text's value; nothing for one that is nested too deeply to be looked at."""
        tree = self.survey.tree(self.source)
        if tree is None:
            return NONE
        try:
            return self.value(tree, scope)
        except RecursionError:
            return NONE

    def part(self, source: Source, scope: Scope) -> Trails:
        """The trails of a part of the text that is expanded by itself."""
        tree = self.survey.tree(source)
        outer, self.source = self.source, source
        try:
            return NONE if tree is None else self.value(tree, scope)
        finally:
            self.source = outer

    def span(self, node: Node) -> Span:
        """The place of a node."""
        return Span(self.source, node.start, node.end)

    def written(self, node: Node) -> str:
        """A node as it is written."""
        return self.source.text[node.start : node.end]

    def value(self, node: Node | None, scope: Scope) -> Trails:
        """The trails of a node's value."""
        if isinstance(node, Sequence):
            return joined([self.value(part, scope) for part in node.parts])
        if isinstance(node, Variable):
            return self._variable(node, scope)
        if isinstance(node, Capture):
            return self.memory.captures(self.text) if scope.captures is None else scope.captures
        if isinstance(node, Header):
            return (Trail(self.written(node), sources.HEADER, self.span(node)),)
        if isinstance(node, Operator):
            return self._operator(node, scope)
        if isinstance(node, If):
            return self._if(node, scope)
        return self._item(node, scope) if isinstance(node, Item) else NONE

    def _tell(self, node: Node, groups: list[Trails], scope: Scope) -> None:
        if self.watcher is not None:
            self.watcher.at(self, node, groups, scope)

    def _variable(self, node: Variable, scope: Scope) -> Trails:
        if node.name == "value":
            return scope.value
        if node.name == "item":
            return scope.item
        kept = self.memory.read(node.name, self.text)
        if kept:
            return kept
        reason = sources.why(node.name)
        return (Trail(f"${node.name}", reason, self.span(node)),) if reason else NONE

    def _operator(self, node: Operator, scope: Scope) -> Trails:
        inner = self.value(node.argument, scope)
        self._tell(node, [inner], scope)
        if node.name == "expand":
            return joined([inner, self._again(node.argument, scope)])
        unit = registry.find("operator", node.name)
        if unit is None or (unit.facts.get("taint") == "removes" and node.name not in _MAY_LEAVE):
            return NONE
        name = node.name if node.suffix is None else f"{node.name}_{node.suffix}"
        after = through(inner, f"through ${{{name}:...}}", self.span(node))
        if node.name.startswith("quote_") and node.name != "quote_local_part":
            return tuple(trail._replace(quoted=node.name.removeprefix("quote_")) for trail in after)
        return after

    def _again(self, node: Node, scope: Scope) -> Trails:
        """What a text comes to that is expanded once more, which is known where it is plain text."""
        text = constant(node)
        if text is None or is_plain(text):
            return self.value(node, scope)
        span = self.span(node)
        return self.part(Source(span.source.name, text, parent=span), scope)

    def _if(self, node: If, scope: Scope) -> Trails:
        inside = self._test(node.condition, scope)
        return self._one_of([string for string in (node.yes, node.no) if string is not None], inside)

    def _one_of(self, strings: Iterable[Node], scope: Scope) -> Trails:
        """The trails of a value that is one of several strings."""
        found = [(self.value(string, scope), string) for string in strings]
        clean = any(not trails and not _says_nothing(string) for trails, string in found)
        trails = joined(trails for trails, _ in found)
        return unsure(trails) if clean else trails

    def _test(self, node: Node, scope: Scope) -> Scope:
        """What a condition leaves behind for the strings that depend on it."""
        if not isinstance(node, Condition):
            return scope
        if node.name in {"and", "or"}:
            for argument in node.arguments:
                scope = self._test(argument, scope)
            return scope
        if node.name.startswith(_EACH) and len(node.arguments) > 1:
            list_ = self.value(node.arguments[0], scope)
            return self._test(node.arguments[1], scope._replace(item=list_))._replace(item=scope.item)
        arguments = [
            NONE if isinstance(argument, Condition) else self.value(argument, scope)
            for argument in node.arguments
        ]
        self._tell(node, arguments, scope)
        if not arguments:
            return scope
        if node.name == "acl":
            return scope._replace(value=self._acl(node.arguments, arguments))
        if node.name in _LIST_CONDITIONS and len(arguments) > 1:
            captures = scope.captures if node.name.startswith("inlist") else arguments[0]
            return scope._replace(value=arguments[1], captures=captures)
        if node.name == "match":
            return scope._replace(captures=through(arguments[0], "captured by a pattern", self.span(node)))
        return scope

    def _acl(self, groups: tuple[Node, ...], values: list[Trails]) -> Trails:
        name = constant(groups[0]) if groups else None
        return NONE if name is None else self.memory.called(name, tuple(values[1:]))

    def _item(self, node: Item, scope: Scope) -> Trails:
        if node.name in LOOPS:
            return self._loop(node, scope)
        if node.name == "sg" and len(node.groups) > 2:
            return self._substitution(node, scope)
        own, chosen = self._strings(node)
        groups = [self.value(group, scope) for group in own]
        self._tell(node, groups, scope)
        result = self._result(node, groups)
        inside = scope._replace(value=result)
        if node.name == "lookup":
            inside = inside._replace(captures=self._partial(node, groups) or scope.captures)
        if not chosen:
            return result
        return self._one_of(chosen, inside)

    def _strings(self, node: Item) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """An item's own groups, and the strings of which one is its value."""
        own, named = node.groups, tuple(n for n in (node.yes, node.no) if n is not None)
        if not registry.shapes(self.survey.profile).items[node.name].open_ended:
            return own, named
        key = constant(own[0]) if own else None
        if key is None and len(own) == 3:  # either form
            return own, named
        count = 3 if (key is None or key.strip().lstrip("-").isdigit()) and not node.words else 2
        return own[:count], (*own[count:], *named)

    def _result(self, node: Item, groups: list[Trails]) -> Trails:
        """What the item itself comes to."""
        unit = registry.find("item", node.name)
        if unit is None:
            return NONE
        rule = unit.facts.get("taint", "keeps")
        if rule == "adds":
            return (Trail(self.written(node), "it comes from the other side", self.span(node)),)
        if rule == "removes":
            return groups[_FAILURE] if node.name == "readsocket" and len(groups) > _FAILURE else NONE
        if node.name == "acl":
            return self._acl(node.groups, groups)
        if isinstance(rule, tuple):
            data = [groups[at] for at in rule if at < len(groups)]
        else:
            data = groups[1:] if node.name in {"extract", "listextract"} else groups
        return through(joined(data), f"through ${{{node.name}...}}", self.span(node))

    def _loop(self, node: Item, scope: Scope) -> Trails:
        list_ = self.value(node.groups[0], scope) if node.groups else NONE
        self._tell(node, [list_], scope)
        inside = scope._replace(item=list_)
        if node.name == "filter" and len(node.groups) > 1:
            self._test(node.groups[1], inside)
            return through(list_, "through ${filter...}", self.span(node))
        if node.name == "reduce" and len(node.groups) > 2:
            start = self.value(node.groups[1], scope)
            once = self.value(node.groups[2], inside._replace(value=start))
            return joined([start, self.value(node.groups[2], inside._replace(value=joined([start, once])))])
        if node.name == "sort":
            for group in node.groups[2:]:
                self.value(group, inside)
            return list_
        return self.value(node.groups[1], inside) if len(node.groups) > 1 else NONE

    def _substitution(self, node: Item, scope: Scope) -> Trails:
        subject, pattern = (self.value(group, scope) for group in node.groups[:2])
        self._tell(node, [subject, pattern], scope)
        put_in = self._again(node.groups[2], scope._replace(captures=subject))
        whole = constant(node.groups[1]) in _WHOLE  # nothing of the subject is left
        rest = NONE if whole else through(subject, "through ${sg...}", self.span(node))
        return joined([rest, put_in])

    def _partial(self, node: Item, groups: list[Trails]) -> Trails:
        """The numeric variables that a partial match or a default sets to parts of the key."""
        kind = self.lookup_kind(node)
        shortened = kind is not None and (kind.least is not None or bool(kind.default))
        return through(groups[0], "part of the key", self.span(node)) if shortened and groups else NONE

    def lookup_kind(self, node: Item) -> lookup_type.LookupType | None:
        """The type of a lookup item, None for one that is not known."""
        return lookup_kind(self.survey, node.words[-1].value) if node.words else None


def lookup_kind(survey: Survey, text: str) -> lookup_type.LookupType | None:
    """The type of a lookup as it is written, None for one that is not known."""

    def style(name: str) -> str | None:
        unit = registry.find("lookup", name)
        return None if unit is None or not survey.profile.has(unit) else str(unit.facts["style"])

    try:
        return lookup_type.parse(text, style)
    except EximError:
        return None


def _says_nothing(node: Node) -> bool:
    """True for a string that is no value: nothing, a word for no, or a failure."""
    return isinstance(node, Fail) or constant(node) in _NO_VALUE


def value_leaves(node: Node | None) -> Iterator[Sequence]:
    """The alternatives of a value: the strings of which one is the beginning of what it comes to."""
    if not isinstance(node, Sequence):
        return
    first = node.parts[0] if node.parts else None
    if isinstance(first, If | Item) and first.yes is not None:
        yield from value_leaves(first.yes)
        yield from value_leaves(first.no)
    else:
        yield node
