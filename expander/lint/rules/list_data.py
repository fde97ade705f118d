"""$domain_data and $local_part_data where they do not hold what is expected of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import WARNING, Finding, Note
from expander.lint.rule import rule
from expander.lint.taint import lists, sources
from expander.lint.taint.memory import memory_of
from grammar.ast.expansion import Condition, Variable
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from expander.lint.taint.memory import Memory
    from expander.lint.texts import ExpandedText
    from grammar.ast.expansion import Node

SECTION = "Expansion variables"
SET_SINCE = "4.94"
"""The release since which every match of a list sets the variables."""

PATHS = frozenset(
    (
        "file",
        "directory",
        "command",
        "home_directory",
        "current_directory",
        "router_home_directory",
        "transport_home_directory",
        "transport_current_directory",
    )
)
_TRANSPORT = "begin transports\nt:\n  driver = appendfile\n"
_FILE = f"{_TRANSPORT}  file = /var/mail/$local_part_data\n"
_FOLDER = f"{_TRANSPORT}  directory = /srv/mail/$domain_data\n"
_ROUTER = "begin routers\nr:\n  driver = accept\n  transport = t\n"


@rule(
    "EXT011",
    "list-data-pattern",
    severity=WARNING,
    section="Domain lists",
    bad=f"{_ROUTER}  domains = *.example.org\n{_FOLDER}",
    good=f"{_ROUTER}  domains = dsearch;/srv/mail\n{_FOLDER}",
)
def list_data_pattern(survey: Survey) -> Iterator[Finding]:
    """$domain_data or $local_part_data is part of a path, and the list that sets it has a wildcard.

    What a wildcard finds is the item as it is written; a list that ends with a negated item finds nothing.
    Deliveries then go to a file or a folder of another name.
    """
    if not survey.profile.at_least(SET_SINCE):
        return
    memory = memory_of(survey)
    for text in survey.texts:
        if text.name in PATHS:
            for node, routers in _uses(survey, memory, text):
                option = sources.LIST_DATA[node.name]
                setters = [router for router in routers if _sets(router, option)]
                yield from _patterns(memory, text, node, setters)


def _uses(survey: Survey, memory: Memory, text: ExpandedText) -> Iterator[tuple[Variable, list[Instance]]]:
    """Where a text of a router or a transport has one of the variables, with the routers that can set it."""
    if text.section not in {"router", "transport"} or "_data" not in text.source.text:
        return
    nodes = survey.nodes(text)
    names = {variable for node in nodes for variable in _asked(node)}
    for node in nodes:
        if isinstance(node, Variable) and node.name in sources.LIST_DATA and node.name not in names:
            yield node, memory.routers_of(text)


def _asked(node: Node) -> tuple[str, ...]:
    """The variable that a condition ``def`` asks for."""
    if not isinstance(node, Condition) or node.name != "def":
        return ()
    return tuple(argument.name for argument in node.arguments if isinstance(argument, Variable))


def _sets(router: Instance, option: str) -> bool:
    settings = router.options.settings
    if option in settings:
        return True
    checked = settings.get("check_local_user")
    return option == "local_parts" and checked is not None and checked.value is not False


def _patterns(
    memory: Memory, text: ExpandedText, node: Variable, routers: list[Instance]
) -> Iterator[Finding]:
    option = sources.LIST_DATA[node.name]
    span = Span(text.source, node.start, node.end)
    for router in routers:
        for list_ in memory.texts("router", router.name, option):
            found = lists.found_by(memory, list_)
            if option == "local_parts" and "check_local_user" in router.options.settings:
                continue
            where = Note(f"{option} of router {router.name}", Span(list_.source, 0, len(list_.source.text)))
            remedy = Note("use a lookup: dsearch, or a file with the option ret=key")
            if found.patterns:
                message = f'${node.name} may be "{found.patterns[0]}", the item of the list that matched'
                yield Finding("EXT011", message, span, WARNING, (where, remedy))
            elif found.negated:
                message = f'${node.name} may be empty: the list ends with the negated item "{found.negated}"'
                yield Finding("EXT011", message, span, WARNING, (where, remedy))
