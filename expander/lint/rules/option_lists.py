"""Options that are lists of words of their own: interfaces, ports, scanners, DNS lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.api.text import lower
from drivers.values import hostport, ip, listtext
from expander.lint.finding import ERROR, WARNING, Finding, Note
from expander.lint.rule import rule
from expander.lint.services import SERVICES
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from grammar.source import Span

INTERFACES = ("local_interfaces", "extra_local_interfaces")
PORTS = ("daemon_smtp_ports", "tls_on_connect_ports")
"""The names of services that mail is expected at."""

HIGHEST_PORT = 65535

WORDS = {
    "host_lookup_order": frozenset(("bydns", "byaddr")),
    "dkim_verify_hashes": frozenset(("sha256", "sha512", "sha1")),
    "dkim_verify_keytypes": frozenset(("ed25519", "rsa")),
}
"""Options that are lists of a few words."""

SCANNERS = frozenset(
    "avast aveserver clamd cmdline drweb f-prot6d f-protd fsecure kavdaemon mksd sock sophie".split()
)
"""The types of virus scanners."""


class _Item(NamedTuple):
    text: str
    span: Span


def _items(survey: Survey, name: str) -> Iterator[_Item]:
    """The items of a main option that is set and has nothing to be expanded."""
    setting = survey.config.options.settings.get(name)
    if setting is None or not isinstance(setting.value, str) or "$" in setting.value:
        return
    written = setting.span.text
    at = 0
    for item in listtext.split(setting.value):
        found = written.find(item, at) if item else -1
        span = setting.span if found < 0 else setting.span.part(found, found + len(item))
        at = at if found < 0 else found + len(item)
        yield _Item(item, span)


@rule(
    "EXL021",
    "malformed-interface",
    section="Specifying which interfaces to listen on",
    bad="local_interfaces = 127.0.0.1 : ::1\n",
    good="local_interfaces = <; 127.0.0.1 ; ::1\n",
)
def malformed_interface(survey: Survey) -> Iterator[Finding]:
    """A list of interfaces has an item that is no IP address with or without a port.

    The daemon does not start, which ``exim -bV`` does not tell of. IPv6 addresses need doubled colons or
    another separator, names of hosts cannot be used.
    """
    for name in INTERFACES:
        for item in _items(survey, name):
            if hostport.parse(item.text) is not None or re.fullmatch(r"[A-Z][A-Z0-9_]+", item.text, re.ASCII):
                continue
            notes: tuple[Note, ...] = ()
            if ":" in item.text:
                notes = (Note("begin the list with another separator: <; 127.0.0.1 ; ::1"),)
            message = f'Malformed IP address "{item.text}" in {name}'
            yield Finding("EXL021", message, item.span, ERROR, notes)


@rule(
    "EXL022",
    "unknown-port",
    severity=WARNING,
    section="Specifying which interfaces to listen on",
    bad="daemon_smtp_ports = 25 : submision\n",
    good="daemon_smtp_ports = 25 : submission\n",
)
def unknown_port(survey: Survey) -> Iterator[Finding]:
    """A list of ports has an item that is no number of a port and no usual name of a service.

    The daemon does not start if the machine does not know the name.
    """
    for name in PORTS:
        for item in _items(survey, name):
            number = int(item.text) if re.fullmatch(r"[0-9]{1,9}", item.text, re.ASCII) else None
            if item.text in SERVICES or (number is not None and 0 < number <= HIGHEST_PORT):
                continue
            message = (
                f'TCP port "{item.text}" not found' if number is None else f"there is no TCP port {number}"
            )
            yield Finding("EXL022", message, item.span, WARNING)


@rule(
    "EXL023",
    "bad-scanner",
    section="Content scanning at ACL time",
    bad="av_scanner = clamdd:/run/clamav/clamd.ctl\n",
    good="av_scanner = clamd:/run/clamav/clamd.ctl\n",
)
def bad_scanner(survey: Survey) -> Iterator[Finding]:
    """A scanner for viruses or spam has a type or an address that Exim does not understand.

    The conditions ``malware`` and ``spam`` defer each time: the client gets a temporary error for every
    message.
    """
    virus = tuple(_items(survey, "av_scanner"))
    if virus and virus[0].text not in SCANNERS:
        message = f"malware acl condition: unknown scanner type '{virus[0].text}'"
        yield Finding("EXL023", message, virus[0].span, ERROR)
    elif len(virus) > 1 and virus[0].text == "clamd":
        for item in virus[1:]:
            host = item.text.split()
            if not item.text.startswith("/") and len(host) == 1 and "=" not in host[0] and host[0] != "local":
                message = f"malware acl condition: clamd  : missing port: '{item.text}'"
                note = Note("a host is followed by a space and its port")
                yield Finding("EXL023", message, item.span, ERROR, (note,))
                return
    elif virus and virus[0].text == "cmdline" and len(virus) < 3:
        message = "malware acl condition: cmdline  : missing trigger specification"
        yield Finding("EXL023", message, virus[0].span, ERROR)
    for item in _items(survey, "spamd_address"):
        words = item.text.split()
        if not words or words[0].startswith("/"):
            continue
        if len(words) < 2 or not re.match(r"[0-9]", words[1], re.ASCII) or _is_odd_address(words[0]):
            message = f"spam acl condition: warning - invalid spamd address: '{item.text}'"
            note = Note("a host is followed by a space and its port; servers are separated by colons")
            yield Finding("EXL023", message, item.span, ERROR, (note,))


def _is_odd_address(host: str) -> bool:
    """True for what looks like an IPv4 address and is none."""
    return re.fullmatch(r"[0-9]+(?:\.[0-9]+){2,}", host, re.ASCII) is not None and ip.parse(host) is None


@rule(
    "EXL024",
    "unknown-list-word",
    severity=WARNING,
    section="Main configuration",
    bad="host_lookup_order = bydsn : byaddr\n",
    good="host_lookup_order = bydns : byaddr\n",
)
def unknown_list_word(survey: Survey) -> Iterator[Finding]:
    """An option that is a list of a few words has another word.

    Exim ignores words that it does not know, without a message.
    """
    for name, words in WORDS.items():
        for item in _items(survey, name):
            if lower(item.text) not in words:
                known = ", ".join(sorted(words))
                yield Finding("EXL024", f'"{item.text}" is none of {known}', item.span, WARNING)
