"""Variables that a precondition of a router fills, and routers without that precondition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.listtext import split
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.naming import reaches
from expander.lint.routing import text_of
from expander.lint.rule import rule
from grammar.ast.expansion import Variable
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

_LISTS = {"local_part_data": "local_parts", "domain_data": "domains"}
_BEFORE = ("domains", "local_parts", "local_part_prefix", "local_part_suffix", "router_home_directory")
_HOMES = ("router_home_directory", "transport_home_directory")
_BOX = (
    "  transport = box\nbegin transports\nbox:\n  driver = appendfile\n  file = /var/mail/$local_part_data\n"
)
_HOME_BOX = "  transport = box\nbegin transports\nbox:\n  driver = appendfile\n  file = $home/mail\n"
_ROUTER = "begin routers\nusers:\n  driver = accept\n"


def _uses(survey: Survey, router: Instance, names: tuple[str, ...]) -> Iterator[tuple[str, Span]]:
    """The variables in what a router expands behind its preconditions, and in the transport that it names."""
    transports = {name for name, by in reaches(survey).items() if (router, "transport") in by}
    for text in survey.texts:
        in_router = text.section == "router" and text.holder == router.name and text.name not in _BEFORE
        in_transport = text.section == "transport" and text.holder in transports
        if (in_router or in_transport) and any(name in text.source.text for name in names):
            yield from _variables(survey, text, names)


def _variables(survey: Survey, text: ExpandedText, names: tuple[str, ...]) -> Iterator[tuple[str, Span]]:
    for node in survey.nodes(text):
        guarded = isinstance(node, Variable) and f"def:{node.name}" in text.source.text
        if isinstance(node, Variable) and node.name in names and not guarded:
            yield node.name, Span(text.source, node.start, node.end)


@rule(
    "EXR060",
    "match-data-unset",
    severity=WARNING,
    section="Expansion variables",
    bad=_ROUTER + _BOX,
    good=_ROUTER + "  check_local_user\n" + _BOX,
)
def match_data_unset(survey: Survey) -> Iterator[Finding]:
    """A router or its transport reads `$local_part_data` or `$domain_data`, which nothing fills.

    The match of the router's own `local_parts` or `domains` gives the value, as does `check_local_user` for
    the local part. Without these the value is empty; a pattern or a star that matches gives itself.
    """
    told: set[Span] = set()
    for router in survey.config.routers:
        for name, span in _uses(survey, router, tuple(_LISTS)):
            message = _unset(router, name)
            if message is not None and span not in told:
                told.add(span)
                note = Note(f"{router.name} is the router", router.span)
                yield Finding("EXR060", message, span, severity=WARNING, notes=(note,))


def _unset(router: Instance, name: str) -> str | None:
    """What is wrong with the variable in this router, None if it has a value."""
    option = _LISTS[name]
    if name == "local_part_data" and router["check_local_user"] is True:
        return None
    text = text_of(router, option)
    if text is None:
        return f"${name} is empty: the router {router.name} has no {option}"
    if "$" in text or "+" in text or ";" in text:
        return None
    items = [item for item in split(text) if not item.startswith("!")]
    if not items:
        return f"${name} is empty: {option} of the router {router.name} only says what does not match"
    patterns = [item for item in items if item.startswith(("*", "^"))]
    if len(patterns) < len(items):
        return None
    return f"${name} is the text {patterns[0]} of the router {router.name}, not the {option.rstrip('s')}"


@rule(
    "EXR061",
    "home-unset",
    severity=WARNING,
    section="Expansion variables",
    bad=_ROUTER + _HOME_BOX,
    good=_ROUTER + "  check_local_user\n" + _HOME_BOX,
)
def home_unset(survey: Survey) -> Iterator[Finding]:
    """A router or its transport reads `$home`, and nothing says what that is.

    The value comes from `check_local_user`, `router_home_directory`, `transport_home_directory` or the
    transport's `home_directory`. Otherwise it is empty, and `$home/mail` is `/mail`.
    """
    own = {one.name for one in survey.config.transports if one.options.is_set("home_directory")}
    told: set[Span] = set()
    for router in survey.config.routers:
        if router["check_local_user"] is True or any(map(router.options.is_set, _HOMES)):
            continue
        transport = text_of(router, "transport")
        for _, span in _uses(survey, router, ("home",)) if transport not in own else ():
            if span not in told:
                told.add(span)
                message = f"$home is empty: the router {router.name} does not say what it is"
                note = Note("check_local_user and transport_home_directory give it a value")
                yield Finding("EXR061", message, span, severity=WARNING, notes=(note,))
