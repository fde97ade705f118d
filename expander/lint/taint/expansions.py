"""Items, operators and conditions that refuse text from outside, or that it does harm in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.constant import constant
from expander.lint.taint import sink
from expander.lint.taint.sink import Flow, Sink
from expander.lint.taint.words import arguments
from grammar.ast.expansion import Condition, Item, Node, Operator

if TYPE_CHECKING:
    from expander.lint.taint.trail import Trails
    from expander.lint.taint.values import Evaluator, Scope
    from grammar.source import Span

FILES_SINCE, EXEC_SINCE, ACL_SINCE, EXPANSION_SINCE = "4.94", "4.96", "4.95", "4.93"
NUMBER_SINCE = "4.97"
QUOTING = frozenset(("mysql", "pgsql", "sqlite", "oracle", "ibase", "redis", "nisplus"))
LDAP = frozenset(("ldap", "ldapdn", "ldapm", "ldapauth"))
_FITS = {**dict.fromkeys(LDAP, frozenset((*LDAP, "ldap_dn")))}
_SUBSTRINGS = frozenset(("substr", "length", "hash", "nhash"))


class Sinks:
    """Gathers what comes to the sinks inside of expansions."""

    def __init__(self) -> None:
        self.flows: list[Flow] = []

    def at(self, evaluator: Evaluator, node: Node, groups: list[Trails], scope: Scope) -> None:
        """Look at an operator, an item or a condition with the trails of what it is given."""
        if isinstance(node, Operator):
            if node.name == "expand":
                self._to(evaluator, groups[0], _expansion(evaluator, node))
        elif isinstance(node, Condition):
            if node.name == "acl" and groups:
                self._to(evaluator, groups[0], _acl(evaluator, node.arguments[0]))
        elif isinstance(node, Item):
            self._item(evaluator, node, groups, scope)

    def _to(self, evaluator: Evaluator, trails: Trails, where: Sink) -> None:
        if trails:
            self.flows.append(Flow(where, trails, evaluator.text))

    def _item(self, evaluator: Evaluator, node: Item, groups: list[Trails], scope: Scope) -> None:
        if node.name == "lookup":
            self._lookup(evaluator, node, groups)
        elif node.name == "run":
            self._run(evaluator, node, groups, scope)
        elif node.name in {"readfile", "readsocket"} and groups:
            begins = "Tainted filename" if node.name == "readfile" else "Tainted filename for search:"
            message = f"{begins} '{evaluator.written(node.groups[0])}'"
            where = Sink(sink.FILE, message, evaluator.span(node.groups[0]), FILES_SINCE)
            self._to(evaluator, groups[0], where)
        elif node.name == "acl" and groups:
            self._to(evaluator, groups[0], _acl(evaluator, node.groups[0]))
        elif node.name in _SUBSTRINGS and len(groups) > 1:
            for group, trails in zip(node.groups[:-1], groups[:-1], strict=False):
                message = f"attempt to use tainted string '{evaluator.written(group)}' for {node.name}"
                self._to(evaluator, trails, Sink(sink.NAME, message, evaluator.span(group), NUMBER_SINCE))

    def _run(self, evaluator: Evaluator, node: Item, groups: list[Trails], scope: Scope) -> None:
        if not node.groups:
            return
        group = node.groups[0]
        text = constant(group)
        if text is not None and text == evaluator.written(group):
            words = list(arguments(evaluator.source, group.start, group.end))
            found = [evaluator.part(word, scope) for word in words]
            if words and found[0]:
                self._to(evaluator, found[0], _command(words[0].text, evaluator.span(group)))
            return
        if groups:
            self._to(evaluator, groups[0], _command(evaluator.written(group), evaluator.span(group)))

    def _lookup(self, evaluator: Evaluator, node: Item, groups: list[Trails]) -> None:
        kind = evaluator.lookup_kind(node)
        if kind is None or not groups:
            return
        place = node.groups[-1] if len(groups) == len(node.groups) else node.groups[len(groups) - 1]
        keyed = len(groups) > 1
        if keyed:
            self._to(evaluator, groups[-1], search(evaluator.written(place), evaluator.span(place)))
            return
        self.query(
            evaluator, kind.name, kind.options, evaluator.written(place), evaluator.span(place), groups[0]
        )

    def query(
        self, evaluator: Evaluator, kind: str, options: tuple[str, ...], text: str, span: Span, trails: Trails
    ) -> None:
        """Look at the query of a lookup."""
        if (
            kind == "sqlite"
            and text.lstrip().startswith("/")
            and not any(o.startswith("file=") for o in options)
        ):
            self._to(evaluator, trails, search(text.split(maxsplit=1)[0], span))
            return
        if kind not in QUOTING and kind not in LDAP:
            return
        fits = _FITS.get(kind, frozenset((kind,)))
        bare = tuple(trail for trail in trails if trail.quoted not in fits)
        message = f"tainted search query is not properly quoted: {text}"
        self._to(evaluator, bare, Sink(sink.QUERY, message, span, "", quoter=kind))


def search(text: str, span: Span) -> Sink:
    """The sink that the file of a lookup is."""
    return Sink(sink.SEARCH, f"Tainted filename for search: '{text}'", span, FILES_SINCE)


def _command(text: str, span: Span) -> Sink:
    return Sink(sink.COMMAND, f"Attempt to exec tainted path: '{text}'", span, EXEC_SINCE)


def _acl(evaluator: Evaluator, node: Node) -> Sink:
    message = f'attempt to use tainted ACL text "{evaluator.written(node)}"'
    return Sink(sink.ACL_NAME, message, evaluator.span(node), ACL_SINCE)


def _expansion(evaluator: Evaluator, node: Operator) -> Sink:
    message = f"attempt to expand tainted string '{evaluator.written(node.argument)}'"
    return Sink(sink.EXPANSION, message, evaluator.span(node), EXPANSION_SINCE)
