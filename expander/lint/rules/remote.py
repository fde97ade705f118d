"""Hosts, ports, interfaces and numbers that Exim reads when it delivers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values import ip
from drivers.values.listtext import split
from expander.lint.beginnings import outcomes
from expander.lint.finding import ERROR, WARNING, Finding, Note
from expander.lint.naming import reaches
from expander.lint.places import part_of
from expander.lint.route_list import hosts_of, route_rules
from expander.lint.routing import text_of
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey

_ROUTER = "begin routers\nall:\n  driver = accept\n  transport = out\nbegin transports\nout:\n"
_QUOTAS = ("quota", "quota_filecount", "quota_warn_threshold", "mailbox_size", "mailbox_filecount")
_AMOUNT = re.compile(
    r"\s*[-+]?(?:[0-9]+|0[xX][0-9a-fA-F]+|[0-9]*\.[0-9]+)[KMGkmg]?(?:/no_check)?\s*", re.ASCII
)
_PERCENT = re.compile(r"\s*([-+]?[0-9.]+)%\s*", re.ASCII)
_INTEGER = re.compile(r"\s*(?:[0-9]+|0[xX][0-9a-fA-F]+)[KMGkmg]?\s*", re.ASCII)
_LOOPBACK = re.compile(r"127(?:\.[0-9]{1,3}){3}|::1|localhost|localhost\.localdomain", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
MOST_PORTS = 65535
FULL = 100


@rule(
    "EXR030",
    "malformed-amount",
    section="Private options for appendfile",
    bad=_ROUTER + "  driver = appendfile\n  file = /var/mail/all\n  quota = 10MB\n",
    good=_ROUTER + "  driver = appendfile\n  file = /var/mail/all\n  quota = 10M\n",
)
def malformed_amount(survey: Survey) -> Iterator[Finding]:
    """A quota or a limit of size is no number with at most one of the letters K, M and G behind it.

    Exim reads it when it delivers: each delivery is deferred.
    """
    for text in survey.texts:
        if text.section != "transport" or text.name not in (*_QUOTAS, "message_size_limit"):
            continue
        for found in outcomes(survey, text.source):
            message = _amount_message(text.name, found.text, text.holder) if found.whole else None
            if message is not None:
                yield Finding("EXR030", message, found.span)


def _amount_message(name: str, text: str, holder: str) -> str | None:
    """Exim's complaint about an amount, None for one that is right."""
    if not text:
        return None
    if name == "message_size_limit":
        right = _INTEGER.fullmatch(text)
        return (
            None if right else f'invalid message_size_limit in {holder} transport: invalid integer "{text}"'
        )
    percent = _PERCENT.fullmatch(text) if name == "quota_warn_threshold" else None
    if percent is not None:
        whole = int(float(percent[1])) if percent[1].count(".") < len("..") else 0
        wrong = whole > FULL
        return f"Invalid {name} percentage ({whole}) for {holder} transport" if wrong else None
    right = _AMOUNT.fullmatch(text)
    return None if right else f'Malformed value "{text}" (expansion of "{text}") in {holder} transport'


@rule(
    "EXR031",
    "bad-interface",
    section="Private options for smtp",
    bad=_ROUTER + "  driver = smtp\n  hosts = mail.example.org\n  interface = eth0\n",
    good=_ROUTER + "  driver = smtp\n  hosts = mail.example.org\n  interface = 192.0.2.1\n",
)
def bad_interface(survey: Survey) -> Iterator[Finding]:
    """The option `interface` of an `smtp` transport has something that is no IP address.

    Each delivery is deferred. An interface is named by its address, not by its device.
    """
    for text in survey.texts:
        if text.section != "transport" or text.name != "interface":
            continue
        for found in outcomes(survey, text.source):
            for item in split(found.text) if found.whole else ():
                if item and ip.version(item) == 0:
                    message = (
                        f'"{item}" is not a valid IP address for the "interface" option '
                        f"for {text.holder} transport"
                    )
                    yield Finding("EXR031", message, part_of(found.span, item))


@rule(
    "EXR032",
    "bad-port",
    section="Private options for smtp",
    bad=_ROUTER + "  driver = smtp\n  hosts = mail.example.org\n  port = 25,587\n",
    good=_ROUTER + "  driver = smtp\n  hosts = mail.example.org\n  port = 587\n",
)
def bad_port(survey: Survey) -> Iterator[Finding]:
    """The option `port` of an `smtp` transport is no port: neither a number nor the name of a service."""
    for text in survey.texts:
        if text.section != "transport" or text.name != "port":
            continue
        for found in outcomes(survey, text.source):
            port = found.text.strip(SPACE)
            if not found.whole or not port:
                continue
            if _DIGITS.fullmatch(port):
                if not 0 < int(port[:9]) <= MOST_PORTS:
                    message = f"{port} is no port"
                    yield Finding("EXR032", message, found.span, severity=WARNING)
            elif _DIGITS.match(port):
                message = f"invalid port number for {text.holder} transport: {port}"
                yield Finding("EXR032", message, found.span)
            elif set(port) & set(" ,:/"):
                message = f'TCP port "{port}" is not defined for {text.holder} transport'
                yield Finding("EXR032", message, found.span)


@rule(
    "EXR015",
    "delivery-to-itself",
    section="Generic options for routers",
    bad="begin routers\nscanner:\n  driver = manualroute\n  route_list = * 127.0.0.1::10025\n"
    "  transport = out\nbegin transports\nout:\n  driver = smtp\n",
    good="begin routers\nscanner:\n  driver = manualroute\n  route_list = * 127.0.0.1::10025\n"
    "  self = send\n  transport = out\nbegin transports\nout:\n  driver = smtp\n",
)
def delivery_to_itself(survey: Survey) -> Iterator[Finding]:
    """Mail is to go to this host, which Exim takes for a loop unless it is told otherwise.

    A router needs `self = send`, the `hosts` of a transport `allow_localhost`. Otherwise addresses are
    deferred, and their messages frozen.
    """
    drivers = {transport.name: transport.driver for transport in survey.config.transports}
    for router in survey.config.routers:
        usual = text_of(router, "transport") or ""
        if router.options.is_set("self") or drivers.get(usual) != "smtp":
            continue
        for route in route_rules(router):
            hosts = hosts_of(route)
            local = not any(word in drivers for word, _ in route.words)
            if hosts and local and _is_here(hosts[0], router):
                note = Note("self = send lets it through")
                span = part_of(route.span, _bare(hosts[0]))
                certain = ERROR if _is_number(hosts[0]) else WARNING
                message = "remote host address is the local host"
                yield Finding("EXR015", message, span, severity=certain, notes=(note,))
    yield from _transports_to_itself(survey)


def _transports_to_itself(survey: Survey) -> Iterator[Finding]:
    called = reaches(survey)
    for transport in survey.config.transports:
        hosts, setting = text_of(transport, "hosts"), transport.setting("hosts")
        if transport.driver != "smtp" or hosts is None or setting is None or "$" in hosts:
            continue
        direct = any(r.driver in {"accept", "redirect"} for r, _ in called.get(transport.name, ()))
        uses = direct or transport["hosts_override"] is True
        first = (split(hosts) or [""])[0]
        if uses and transport["allow_localhost"] is False and _LOOPBACK.fullmatch(_bare(first)):
            message = f"{transport.name} transport found host {first} to be local"
            note = Note("allow_localhost lets it through")
            certain = ERROR if _is_number(first) else WARNING
            yield Finding("EXR015", message, setting.span, severity=certain, notes=(note,))


def _is_here(host: str, router: Instance) -> bool:
    """True for the loopback's names and addresses, unless the router leaves them out."""
    ignored = text_of(router, "ignore_target_hosts") is not None
    return not ignored and _LOOPBACK.fullmatch(_bare(host)) is not None


def _bare(host: str) -> str:
    """A host without its port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, _, port = host.rpartition(":")
    return name if _DIGITS.fullmatch(port) and ":" not in name and name else host


def _is_number(host: str) -> bool:
    return "local" not in host
