"""From counts to the places of a configuration: what was come to, and what never."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from expander.coverage import collector as counted
from expander.coverage.branches import branches
from expander.coverage.place import Place, added
from expander.lint.places import in_file
from expander.lint.survey import Survey
from grammar.ast.config import Acl, Driver, Option, Statement

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from drivers.api.outside import World
    from expander.config.model import Config, Instance
    from grammar.ast.config import Clause
    from grammar.source import Span

    Hits = Mapping[Hashable, int]

HOLDS, FAILS = counted.HOLDS, counted.FAILS
ANY = frozenset({"*", "yes", "true", "1"})
"""Values of conditions that always hold."""

LISTS = ("domains", "local_parts", "senders", "condition", "require_files", "check_local_user")
AFFIXES = ("local_part_prefix", "local_part_suffix")
BEFORE_AFFIXES = frozenset({"repeat_use", *AFFIXES})
TAKES, LEAVES = "takes it", "leaves it"
_TAKEN = frozenset({"OK", "REROUTED", "DISCARD"})


def measured(config: Config, world: World, hits: Hits) -> list[Place]:
    """All places of a configuration in the order of its files, ACLs in files of their own among them."""
    survey = Survey(config, world)
    found = [
        *_acls(survey, hits),
        *_routers(config, hits),
        *_transports(config, hits),
        *_authenticators(config, hits),
        *_rules(config, hits),
        *branches(survey, hits),
    ]
    return added(found)


def _place(span: Span, kind: str, title: str, *counts: tuple[str, int]) -> Place:
    origin = in_file(span)
    return Place(origin.source.name, *origin.position(), kind, title, counts)


def _acls(survey: Survey, hits: Hits) -> Iterator[Place]:
    for section in survey.config.tree.sections:
        for acl in section.body:
            if isinstance(acl, Acl):
                yield from _statements(acl.heading.name.text, "", acl.statements, hits)
    for name, outside in survey.outside.acls.items():
        shown = name if name.startswith("/") else "an ACL written in place"
        yield from _statements(shown, name, outside.statements, hits)


def _statements(acl: str, outside: str, nodes: Iterable[object], hits: Hits) -> Iterator[Place]:
    """The places of an ACL; ``outside`` is the text or the path of one outside of the section."""
    for node in nodes:
        if isinstance(node, Statement):
            count = hits.get((counted.STATEMENT, outside or node.file, node.number), 0)
            yield _place(node.verb.span, "statement", f"{node.verb.text} in {acl}", ("reached", count))
            for clause in counted.carried_out(node):
                yield _clause(acl, outside, clause, hits)


def _clause(acl: str, outside: str, clause: Clause, hits: Hits) -> Place:
    def count(word: str) -> int:
        return hits.get((counted.CLAUSE, outside or clause.file, clause.number, word), 0)

    name = clause.name.text
    title = f"{'!' if clause.negated else ''}{name} in {acl}"
    if registry.find("acl-condition", name) is None or name == "set":
        return _place(clause.name.span, "modifier", title, ("done", count(HOLDS)))
    value = clause.value.text.strip() if clause.value is not None else ""
    if value in ANY:
        way = FAILS if clause.negated else HOLDS
        return _place(clause.name.span, "condition", title, (way, count(way)))
    return _place(clause.name.span, "condition", title, (HOLDS, count(HOLDS)), (FAILS, count(FAILS)))


def _lines(config: Config, section: str) -> Mapping[str, Mapping[str, Option]]:
    """The lines of the options of each driver of a section, by their names."""
    drivers = [one for part in config.tree.sections if part.name == section for one in part.body]
    return {
        one.heading.name.text: {line.name.text: line for line in one.settings if isinstance(line, Option)}
        for one in drivers
        if isinstance(one, Driver)
    }


def _routers(config: Config, hits: Hits) -> Iterator[Place]:
    lines = _lines(config, "routers")
    for router in config.routers:
        own = lines.get(router.name, {})
        outcomes = {
            str(key[2]): count
            for key, count in hits.items()
            if isinstance(key, tuple) and key[:2] == (counted.ROUTER, router.name)
        }
        takes = sum(count for word, count in outcomes.items() if word in _TAKEN)
        ways = [(TAKES, takes)]
        if router.driver != "accept" or any(name in own for name in (*LISTS, *AFFIXES)):
            ways.append((LEAVES, sum(outcomes.values()) - takes))
        yield _place(router.span, "router", f"router {router.name}", *ways)
        for name in (*LISTS, *AFFIXES):
            if name in own and not (name in AFFIXES and f"{name}_optional" in own):
                yield _precondition(router, own[name], name, hits)


def _precondition(router: Instance, line: Option, name: str, hits: Hits) -> Place:
    def count(what: str, way: str) -> int:
        return hits.get((counted.PRECONDITION, router.name, what, way), 0)

    if name in AFFIXES:
        others = sum(
            number
            for key, number in hits.items()
            if isinstance(key, tuple)
            and (
                (key[:2] == (counted.ROUTER, router.name) and key[2] != "")
                or (
                    key[0] == counted.PRECONDITION
                    and key[1] == router.name
                    and key[3] == FAILS
                    and key[2] not in BEFORE_AFFIXES
                )
            )
        )
        ways = [(HOLDS, others), (FAILS, count(name, FAILS))]
    else:
        ways = [(HOLDS, count(name, HOLDS)), (FAILS, count(name, FAILS))]
    if line.value is not None and line.value.text.strip() in ANY:
        del ways[1:]
    return _place(line.name.span, "precondition", f"{name} of router {router.name}", *ways)


def _transports(config: Config, hits: Hits) -> Iterator[Place]:
    for one in config.transports:
        count = hits.get((counted.TRANSPORT, one.name), 0)
        yield _place(one.span, "transport", f"transport {one.name}", ("used", count))


def _authenticators(config: Config, hits: Hits) -> Iterator[Place]:
    from expander.config.driver_checks import sides

    for one in config.authenticators:
        if "server" not in sides(one):
            continue
        ways = {word: hits.get((counted.AUTHENTICATOR, one.name, word), 0) for word in (HOLDS, FAILS)}
        counts = ("succeeds", ways[HOLDS]), ("fails", ways[FAILS])
        yield _place(one.span, "authenticator", f"authenticator {one.name}", *counts)


def _rules(config: Config, hits: Hits) -> Iterator[Place]:
    for rule in config.rewrite:
        count = hits.get((counted.REWRITE, rule.pattern, rule.replacement), 0)
        yield _place(rule.span, "rewriting rule", f"rewriting rule {rule.pattern}", ("applies", count))
    for retry in config.retry:
        place = retry.span.origin()
        count = hits.get((counted.RETRY, place.source.name, place.position()[0]), 0)
        title = f"retry rule {retry.pattern} {retry.error}"
        yield _place(retry.span, "retry rule", title, ("chosen", count))
