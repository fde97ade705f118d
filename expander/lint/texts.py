"""Finds every text of a configuration that Exim expands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from expander.config.settings import NEGATIONS
from expander.lint.places import command_source, value_source
from grammar.ast.config import (
    Acl,
    Broken,
    Clause,
    Driver,
    NamedList,
    Option,
    RetryRule,
    RewriteRule,
    Statement,
)
from grammar.ast.expansion import Item
from grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drivers.api.unit import Unit
    from expander.config.model import Config, Instance
    from grammar.ast.config import Node, Word
    from grammar.ast.expansion import Node as ExpansionNode

LISTS = ("domain list", "host list", "address list", "local part list")
"""The kinds of lists that are always expanded before they are matched."""

LIST_KINDS = {
    "domain": "domain list",
    "host": "host list",
    "address": "address list",
    "localpart": "local part list",
}
"""What the values of named lists are."""

IN_PARTS = ("manualroute.route_list", "*.set")
"""Options whose parts are expanded one by one, after Exim has taken them apart."""

COMMANDS = ("command", "transport_filter")
"""The options that are taken apart into arguments before they are expanded."""

ACL = "acl"
"""The kind of a text that names an ACL."""

_ASSIGNMENT = re.compile(
    r"(?:\A|;)\s*(?P<name>r_\w+)\s*=\s*(?P<value>.*?)(?=;\s*r_\w+\s*=|\Z)", re.ASCII | re.DOTALL
)
FAMILIES = {"routers": "router", "transports": "transport", "authenticators": "authenticator"}


class ExpandedText(NamedTuple):
    """A text that is expanded at some time: the value as a source, and what it belongs to.

    ``kind`` is what the text is ("string", "host list"...), ``owner`` names the option or the
    condition for a person.

    ``section`` is "main", "router", "transport", "authenticator", "acl", "retry", "rewrite" or "list";
    ``name`` the option, condition or modifier ("pattern" and the like in rules); ``holder`` the ACL, the
    driver's instance or the named list by name, "" for main options. ``instance`` is the driver's instance,
    ``clause`` and ``statement`` are those of an ACL.
    """

    source: Source
    kind: str
    owner: str
    section: str = "main"
    name: str = ""
    holder: str = ""
    instance: Instance | None = None
    clause: Clause | None = None
    statement: Statement | None = None


def expanded_texts(config: Config) -> Iterator[ExpandedText]:
    """All of them, in the order of the file."""
    for node in config.tree.main:
        yield from _main(config, node)
    for section in config.tree.sections:
        for node in section.body:
            yield from _in_section(config, section.name, node)


def _main(config: Config, node: Node) -> Iterator[ExpandedText]:
    if isinstance(node, Option):
        for text in _option(node, config.options.unit(_plain(node.name.text)), ""):
            yield text._replace(kind=ACL) if node.name.text.startswith("acl_") else text
    elif isinstance(node, NamedList):
        owner = f"{node.list_kind}list {node.name.text}"
        source = value_source(node.value.span)
        yield ExpandedText(source, LIST_KINDS[node.list_kind], owner, "list", node.list_kind, node.name.text)


def _in_section(config: Config, section: str, node: Node) -> Iterator[ExpandedText]:
    if isinstance(node, Driver) and section in FAMILIES:
        yield from _driver(config, FAMILIES[section], node)
    elif isinstance(node, Acl):
        yield from acl_texts(node)
    elif isinstance(node, RetryRule):
        yield _of_rule(node.pattern, "address list", "retry", "pattern")
        if node.senders is not None:
            yield _of_rule(node.senders, "address list", "retry", "senders")
    elif isinstance(node, RewriteRule):
        yield _of_rule(node.pattern, "address list", "rewrite", "pattern")
        if node.replacement.text != "*":
            yield _of_rule(node.replacement, "string", "rewrite", "replacement")


def _of_rule(word: Word, kind: str, section: str, name: str) -> ExpandedText:
    owner = "retry rule" if section == "retry" else "rewriting rule"
    return ExpandedText(value_source(word.span), kind, owner, section, name)


def _driver(config: Config, family: str, driver: Driver) -> Iterator[ExpandedText]:
    name = driver.heading.name.text
    instance = config.instance(family, name)
    if instance is None:
        return
    for line in driver.settings:
        if isinstance(line, Option):
            unit = instance.options.unit(_plain(line.name.text))
            of = f" of {family} {name}"
            texts = _assignments(line, of) if line.name.text == "set" else _option(line, unit, of)
            for text in texts:
                yield text._replace(section=family, holder=name, instance=instance)


def _option(line: Option, unit: Unit | None, owner: str) -> Iterator[ExpandedText]:
    if unit is None or line.value is None:
        return
    kind = unit.facts["kind"] or unit.facts["type"]
    if unit.facts["expanded"] or kind in LISTS or unit.name in IN_PARTS:
        source, name = value_source(line.value.span), unit.name.rpartition(".")[2]
        source = command_source(source) if name in COMMANDS else source
        yield ExpandedText(source, kind, f"{line.name.text}{owner}", name=name)


def _assignments(line: Option, owner: str) -> Iterator[ExpandedText]:
    """The values of a router's ``set``, each without the variable, which the owner names."""
    if line.value is None:
        return
    whole = value_source(line.value.span)
    for found in _ASSIGNMENT.finditer(whole.text):
        value = Span(whole, found.start("value"), found.end("value"))
        source = Source(whole.name, value.text, parent=value)
        yield ExpandedText(source, "string", f"set {found['name']}{owner}", name="set")


def acl_texts(acl: Acl) -> Iterator[ExpandedText]:
    """The texts of an ACL: every condition and modifier is expanded, lists when they are matched."""
    holder = acl.heading.name.text
    for statement in acl.statements:
        if isinstance(statement, Broken):
            continue
        for clause in statement.clauses:
            if isinstance(clause, Clause) and clause.value is not None:
                source, name = _clause_source(clause.value.span), clause.name.text
                owner = f"{name} in ACL {holder}"
                kind = _clause_kind(clause)
                yield ExpandedText(
                    source, kind, owner, "acl", name, holder, clause=clause, statement=statement
                )


def _clause_source(value: Span) -> Source:
    """ACLs have no quotes around values: what stands there is the value."""
    return Source(value.source.name, value.text, parent=value)


def _clause_kind(clause: Clause) -> str:
    if clause.name.text == "acl":
        return ACL
    unit = registry.find("acl-condition", clause.name.text)
    return str(unit.facts["argument"]).replace("_", " ") if unit is not None else "string"


def inner_texts(text: ExpandedText, nodes: Iterable[ExpansionNode]) -> Iterator[ExpandedText]:
    """The commands in an expansion that are taken apart before their words are expanded."""
    for node in nodes:
        if not isinstance(node, Item) or node.name != "run" or node.words or not node.groups:
            continue
        group = Span(text.source, node.groups[0].start, node.groups[0].end)
        source = Source(text.source.name, group.text, parent=group)
        yield text._replace(
            source=source, kind="string", owner=f"the command of run in {text.owner}", name="run"
        )


def _plain(name: str) -> str:
    """An option's name without the prefix that negates it."""
    for prefix in NEGATIONS:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name
