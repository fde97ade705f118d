"""Lists of routers and transports: hosts to deliver to, with ports and options, and header lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values import listtext
from expander.lint.finding import WARNING, Edit, Finding, Fix, Note
from expander.lint.listview import UNKNOWN, flattened
from expander.lint.rule import rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

HOSTS = frozenset(("hosts", "fallback_hosts"))
"""The options of routers and transports that name hosts to deliver to."""

_PORT = re.compile(
    r"(?<![\w.:\[\]-])(?P<host>[A-Za-z][\w-]*(?:\.[\w-]+)+|(?:[0-9]+\.){3}[0-9]+)"
    r"(?P<colon>[ \t]*:[ \t]*)(?P<port>[0-9]{2,5})(?![\w.:-])",
    re.ASCII,
)
_SEVERAL = re.compile(
    r"(?:\A|[:\s])(?P<hosts>[A-Za-z0-9][\w-]*(?:\.[\w-]+)+(?:\s*,\s*[A-Za-z0-9][\w-]*(?:\.[\w-]+)+)+)\s*(?=\Z|:)",
    re.ASCII,
)
_HEADER_NAME = re.compile(r"[!-9;-~]+\*?", re.ASCII)


@rule(
    "EXL028",
    "port-taken-for-host",
    severity=WARNING,
    section="Private options for smtp",
    bad="begin transports\nt:\n  driver = smtp\n  hosts = mail.example.com:587\n",
    good="begin transports\nt:\n  driver = smtp\n  hosts = mail.example.com::587\n",
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
        for several in _SEVERAL.finditer(written):
            span = Span(text.source, several.start("hosts"), several.end("hosts"))
            message = f'the comma does not separate hosts: "{several["hosts"]}" is one name'
            note = Note("write colons between hosts, or begin the list with <,")
            yield Finding("EXL005", message, span, WARNING, (note,))
        for found in _PORT.finditer(written):
            span = Span(text.source, found.start("host"), found.end())
            colon = Span(text.source, found.start("colon"), found.end("colon"))
            message = f'"{found["port"]}" is taken for a host: a single colon separates hosts'
            note = Note(f"write {found['host']}::{found['port']}")
            fix = Fix("double the colon", (Edit(colon, "::"),))
            yield Finding("EXL028", message, span, WARNING, (note,), fix)


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
        tree = survey.tree(text.source) if text.name == "headers_remove" else None
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
