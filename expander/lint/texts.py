"""Finds every text of a configuration that Exim expands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from expander.config.settings import NEGATIONS
from expander.lint.places import value_source
from grammar.ast.config import Acl, Broken, Clause, Driver, NamedList, Option, RetryRule, RewriteRule
from grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.unit import Unit
    from expander.config.model import Config
    from grammar.ast.config import Node
    from grammar.source import Span

LISTS = ("domain list", "host list", "address list", "local part list")
"""The kinds of lists that are always expanded before they are matched."""

ACL = "acl"
"""The kind of a text that names an ACL."""

FAMILIES = {"routers": "router", "transports": "transport", "authenticators": "authenticator"}


class ExpandedText(NamedTuple):
    """A text that is expanded at some time: the value as a source, and what it belongs to.

    ``kind`` is what the text is ("string", "host list"...), ``owner`` names the option or the
    condition for a person.
    """

    source: Source
    kind: str
    owner: str


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
        yield ExpandedText(value_source(node.value.span), f"{node.list_kind} list", owner)


def _in_section(config: Config, section: str, node: Node) -> Iterator[ExpandedText]:
    if isinstance(node, Driver) and section in FAMILIES:
        yield from _driver(config, FAMILIES[section], node)
    elif isinstance(node, Acl):
        yield from _acl(node)
    elif isinstance(node, RetryRule):
        yield ExpandedText(value_source(node.pattern.span), "address list", "retry rule")
        if node.senders is not None:
            yield ExpandedText(value_source(node.senders.span), "address list", "retry rule")
    elif isinstance(node, RewriteRule):
        yield ExpandedText(value_source(node.pattern.span), "address list", "rewriting rule")
        if node.replacement.text != "*":
            yield ExpandedText(value_source(node.replacement.span), "string", "rewriting rule")


def _driver(config: Config, family: str, driver: Driver) -> Iterator[ExpandedText]:
    name = driver.heading.name.text
    instance = config.instance(family, name)
    if instance is None:
        return
    for line in driver.settings:
        if isinstance(line, Option):
            unit = instance.options.unit(_plain(line.name.text))
            yield from _option(line, unit, f" of {family} {name}")


def _option(line: Option, unit: Unit | None, owner: str) -> Iterator[ExpandedText]:
    if unit is None or line.value is None:
        return
    kind = unit.facts["kind"] or unit.facts["type"]
    if unit.facts["expanded"] or kind in LISTS:
        yield ExpandedText(value_source(line.value.span), kind, f"{line.name.text}{owner}")


def _acl(acl: Acl) -> Iterator[ExpandedText]:
    """Every condition and modifier is expanded, lists when they are matched."""
    for statement in acl.statements:
        if isinstance(statement, Broken):
            continue
        for clause in statement.clauses:
            if isinstance(clause, Clause) and clause.value is not None:
                owner = f"{clause.name.text} in ACL {acl.heading.name.text}"
                yield ExpandedText(_clause_source(clause.value.span), _clause_kind(clause), owner)


def _clause_source(value: Span) -> Source:
    """ACLs have no quotes around values: what stands there is the value."""
    return Source(value.source.name, value.text, parent=value)


def _clause_kind(clause: Clause) -> str:
    if clause.name.text == "acl":
        return ACL
    unit = registry.find("acl-condition", clause.name.text)
    return str(unit.facts["argument"]).replace("_", " ") if unit is not None else "string"


def _plain(name: str) -> str:
    """An option's name without the prefix that negates it."""
    for prefix in NEGATIONS:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name
