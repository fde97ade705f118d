"""The routes of manualroute, which Exim reads when an address is routed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from expander.lint.beginnings import outcomes
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.naming import meant
from expander.lint.route_list import hosts_of, route_of, route_rules
from expander.lint.rule import rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.route_list import RouteRule
    from expander.lint.survey import Survey

SECTION = "The manualroute router"
_OPTIONS = ("randomize", "no_randomize", "byname", "bydns", "ipv4_only", "ipv4_prefer")
_ADDRESS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]+)?")
_NUMBER = re.compile(r"[0-9]+")
_BRACKETS = re.compile(r"\[[0-9A-Fa-f.:]+\]")
_QUOTE_THEM = Note("several hosts want double quotes around them, or colons without blanks")
_ROUTER = "begin routers\nsmarthost:\n  driver = manualroute\n  transport = smtp\n"
_SMTP = "begin transports\nsmtp:\n  driver = smtp\n"


def _routes(survey: Survey, router: Instance) -> Iterator[RouteRule]:
    """The rules of the route list, or what the route data say where that is plain text."""
    yield from route_rules(router)
    text = survey.by_option.get(("router", router.name, "route_data"))
    for found in outcomes(survey, text.source) if text is not None else ():
        if found.whole and found.text.strip(SPACE):
            yield route_of(found.span.source, found.text, found.span.start)


@rule(
    "EXR011",
    "unknown-routing-option",
    section=SECTION,
    bad=_ROUTER + "  route_list = * mail.example.org randomise\n" + _SMTP,
    good=_ROUTER + "  route_list = * mail.example.org randomize\n" + _SMTP,
)
def unknown_routing_option(survey: Survey) -> Iterator[Finding]:
    """Behind the hosts of a route stands a word that is neither an option nor a transport.

    Routing is deferred each time. Often the word is a second host: several hosts are one list, which
    needs quotes if there are blanks in it.
    """
    names = [transport.name for transport in survey.config.transports]
    for router in survey.config.routers:
        for route in _routes(survey, router):
            if route.hosts.count("{") != route.hosts.count("}"):
                message = f'{router.name} router: failed to expand "{route.hosts}"'
                note = Note("an expansion with blanks in it wants double quotes around the hosts")
                yield Finding("EXR011", message, route.span, notes=(note,))
                continue
            for word, span in route.words:
                if word in names or any(option.startswith(word) for option in _OPTIONS):
                    continue
                if survey.incomplete and re.fullmatch(r"\w+", word):
                    continue
                rest = span.source.text[span.start : max(route.span.end, span.end)].rstrip(SPACE)
                message = f'unknown routing option or transport name "{rest}"'
                looks_like_host = not re.fullmatch(r"\w+", word)
                notes = (_QUOTE_THEM,) if looks_like_host else meant(word, (*names, *_OPTIONS))
                yield Finding("EXR011", message, span, notes=notes)
                break


@rule(
    "EXR012",
    "route-without-hosts",
    section=SECTION,
    bad=_ROUTER + "  route_list = example.org\n" + _SMTP,
    good=_ROUTER + "  route_list = example.org mail.example.org\n" + _SMTP,
)
def route_without_hosts(survey: Survey) -> Iterator[Finding]:
    """A rule for a remote transport names no hosts: its domains are deferred."""
    drivers = {transport.name: transport.driver for transport in survey.config.transports}
    for router in survey.config.routers:
        usual = str(router["transport"]) if router.options.is_set("transport") else ""
        for route in route_rules(router):
            named = [word for word, _ in route.words if word in drivers]
            if not route.hosts and drivers.get(named[-1] if named else usual) == "smtp":
                notes = (Note("the first word is the pattern for domains"),)
                if _ADDRESS.fullmatch(route.pattern):
                    notes = (Note(f"a rule for all domains is * {route.pattern}"),)
                message = f"error in {router.name} router: no host(s) specified for domain {route.pattern}"
                yield Finding("EXR012", message, route.span, notes=notes)


@rule(
    "EXR013",
    "unreachable-route",
    severity=WARNING,
    section=SECTION,
    bad=_ROUTER + "  route_list = * mail.example.org ; example.net mail.example.net\n" + _SMTP,
    good=_ROUTER + "  route_list = example.net mail.example.net ; * mail.example.org\n" + _SMTP,
)
def unreachable_route(survey: Survey) -> Iterator[Finding]:
    """An earlier rule of the list is for all domains, or for the same one: this one is never used."""
    for router in survey.config.routers:
        before: set[str] = set()
        for route in route_rules(router):
            if "*" in before or route.pattern in before:
                message = f"the rule for {route.pattern} is never used: an earlier one takes its domains"
                yield Finding("EXR013", message, route.span, severity=WARNING)
            before.add(route.pattern)


@rule(
    "EXR014",
    "doubtful-route",
    severity=WARNING,
    section=SECTION,
    bad=_ROUTER + "  route_list = * mail.example.org:587\n" + _SMTP,
    good=_ROUTER + "  route_list = * mail.example.org::587\n" + _SMTP,
)
def doubtful_route(survey: Survey) -> Iterator[Finding]:
    """A route is read otherwise than it looks.

    A colon separates hosts, so that the one before a port has to be doubled, or the list needs another
    separator: `"<, mail.example.org:587"`. The first word of each rule is a pattern for domains: an
    address of a host there matches nothing.
    """
    for router in survey.config.routers:
        for route in _routes(survey, router):
            for message, text in (*_doubtful_hosts(route), *_doubtful_pattern(route)):
                yield Finding("EXR014", message, _place(route, text), severity=WARNING)


def _doubtful_hosts(route: RouteRule) -> Iterator[tuple[str, str]]:
    hosts = hosts_of(route)
    for at, host in enumerate(hosts):
        if _NUMBER.fullmatch(host) and at:
            before = hosts[at - 1]
            yield f"{host} is taken as a host; for a port double the colon: {before}::{host}", host
        elif _BRACKETS.fullmatch(host) and at + 1 < len(hosts) and _NUMBER.fullmatch(hosts[at + 1]):
            continue
        elif host.count(":") == 1:
            _, _, port = host.partition(":")
            if _NUMBER.fullmatch(port) and not 0 < int(port) < 1 << 16:
                yield f"{port} is no port", host


def _doubtful_pattern(route: RouteRule) -> Iterator[tuple[str, str]]:
    if route.pattern and route.hosts and _ADDRESS.fullmatch(route.pattern):
        yield f"{route.pattern} is the pattern for domains here, and matches none", route.pattern
    if route.hosts in {":", ","} or route.pattern.endswith((",", ":")):
        yield "rules are separated by semicolons", route.pattern


def _place(route: RouteRule, text: str) -> Span:
    source = route.span.source
    at = source.text.find(text, route.span.start)
    return route.span if at < 0 else Span(source, at, at + len(text))
