"""Lists of routers and transports: hosts to deliver to, with ports and options, and header lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values import listtext
from expander.lint.finding import ERROR, WARNING, Edit, Finding, Fix, Note
from expander.lint.listview import UNKNOWN, flattened
from expander.lint.rule import rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

HOSTS = frozenset(("route_list", "route_data", "hosts", "fallback_hosts"))
"""The options of routers and transports that name hosts to deliver to."""

OPTIONS = frozenset("randomize no_randomize byname bydns ipv4_only ipv4_prefer".split())
"""What may stand behind the hosts of a routing rule, beside the name of a transport."""

_PORT = re.compile(
    r"(?<![\w.:\[\]-])(?P<host>[A-Za-z][\w-]*(?:\.[\w-]+)+|(?:[0-9]+\.){3}[0-9]+)"
    r"(?P<colon>[ \t]*:[ \t]*)(?P<port>[0-9]{2,5})(?![\w.:-])",
    re.ASCII,
)
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|\S+', re.ASCII)
_HEADER_NAME = re.compile(r"[!-9;-~]+\*?", re.ASCII)


@rule(
    "EXL028",
    "port-taken-for-host",
    severity=WARNING,
    section="The manualroute router",
    bad="begin routers\nr:\n  driver = manualroute\n  route_list = * mail.example.com:587\n  transport = t\n"
    "begin transports\nt:\n  driver = smtp\n",
    good="begin routers\nr:\n  driver = manualroute\n  route_list = * mail.example.com::587\n"
    "  transport = t\nbegin transports\nt:\n  driver = smtp\n",
)
def port_taken_for_host(survey: Survey) -> Iterator[Finding]:
    """A port stands behind a host and one colon, which separates hosts: it is taken for another host.

    Mail goes to the usual port of the host, or nowhere. The colon before a port is doubled:
    ``mail.example.com::587``.
    """
    for text in survey.texts:
        if text.section not in {"router", "transport"} or text.name not in HOSTS:
            continue
        written = text.source.text
        if written.lstrip(SPACE).startswith("<"):
            continue
        for found in _PORT.finditer(written):
            span = Span(text.source, found.start("host"), found.end())
            colon = Span(text.source, found.start("colon"), found.end("colon"))
            message = f'"{found["port"]}" is taken for a host: a single colon separates hosts'
            note = Note(f"write {found['host']}::{found['port']}")
            fix = Fix("double the colon", (Edit(colon, "::"),))
            yield Finding("EXL028", message, span, WARNING, (note,), fix)


@rule(
    "EXL029",
    "unknown-routing-option",
    section="The manualroute router",
    bad="begin routers\nr:\n  driver = manualroute\n  route_list = * a.example : b.example\n  transport = t\n"
    "begin transports\nt:\n  driver = smtp\n",
    good='begin routers\nr:\n  driver = manualroute\n  route_list = * "a.example : b.example"\n'
    "  transport = t\nbegin transports\nt:\n  driver = smtp\n",
)
def unknown_routing_option(survey: Survey) -> Iterator[Finding]:
    """Behind the hosts of a routing rule stands what is neither an option nor a transport.

    The delivery is deferred. A list of hosts with spaces in it needs quotes.
    """
    known = OPTIONS | {instance.name for instance in survey.config.transports}
    for text in survey.texts if not survey.incomplete else ():
        if text.section != "router" or text.name != "route_list":
            continue
        for words in _behind_hosts(text):
            wrong = next((span for span in words if span.text not in known and "$" not in span.text), None)
            if wrong is not None:
                message = f'unknown routing option or transport name "{wrong.text}"'
                notes = (_QUOTES,) if wrong.text.startswith(":") else ()
                yield Finding("EXL029", message, wrong, ERROR, notes)


_QUOTES = Note("a list of hosts with spaces in it needs double quotes around it")


def _behind_hosts(text: ExpandedText) -> Iterator[list[Span]]:
    """The words behind the hosts in each rule of a route list, where they can be told before a run."""
    written = text.source.text
    start, mark = 0, ";"
    if written.lstrip(SPACE).startswith("<"):
        start = written.index("<") + 2
        mark = written[start - 1 : start]
    one = re.escape(mark)
    for routing in re.finditer(rf"(?:{one}{one}|[^{one}])+", written[start:]):
        if "${" not in routing[0]:
            at = start + routing.start()
            words = list(_WORD.finditer(routing[0]))[2:]
            yield [Span(text.source, at + word.start(), at + word.end()) for word in words]


@rule(
    "EXL030",
    "no-header-name",
    severity=WARNING,
    section="Generic options for transports",
    bad="begin transports\nt:\n  driver = smtp\n  headers_remove = X-Spam, X-Virus\n",
    good="begin transports\nt:\n  driver = smtp\n  headers_remove = X-Spam : X-Virus\n",
)
def no_header_name(survey: Survey) -> Iterator[Finding]:
    """A list of header lines to be removed has an item that is no name of a header line.

    The names are separated by colons, and stand without the colon that ends them in a message.
    """
    for text in survey.texts:
        tree = survey.tree(text.source) if text.name in {"headers_remove", "remove_header"} else None
        if tree is None:
            continue
        value, _ = flattened(text.source, tree)
        for item in listtext.split(value):
            if UNKNOWN in item or not item:
                continue
            if _HEADER_NAME.fullmatch(item) is None or "," in item:
                span = Span(text.source, 0, len(text.source.text))
                message = f'"{item}" is not the name of a header line'
                yield Finding("EXL030", message, span, WARNING, (Note("names are separated by colons"),))
