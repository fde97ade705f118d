"""Routers that send mail back to the daemon that it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values.listtext import split
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.naming import own_address
from expander.lint.places import part_of
from expander.lint.route_list import hosts_of, route_rules
from expander.lint.routing import preconditions, text_of
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.route_list import RouteRule
    from expander.lint.survey import Survey

_SMTP = "25"
_SERVICES = {"smtp": _SMTP, "submission": "587", "smtps": "465", "submissions": "465", "lmtp": "24"}
_BAD = (
    "begin routers\nscanner:\n  driver = manualroute\n  route_list = * 127.0.0.1\n  self = send\n"
    "  transport = out\nbegin transports\nout:\n  driver = smtp\n"
)


@rule(
    "EXR037",
    "mail-to-own-port",
    severity=WARNING,
    section="Generic options for routers",
    bad=_BAD,
    good=_BAD + "  port = 10025\n",
)
def mail_to_own_port(survey: Survey) -> Iterator[Finding]:
    """A router sends all addresses to this host, to a port at which Exim itself listens.

    The mail comes back and goes the same way again, until the number of its `Received:` lines ends that.
    Another port is meant, or a condition that mail which comes back does not meet is missing.
    """
    ports = _own_ports(survey)
    for router in survey.config.routers:
        asks = {name for name, _ in preconditions(router)} - {"domains", "local_parts"}
        if router.driver != "manualroute" or router["self"] != "send" or asks:
            continue
        for route in route_rules(router):
            hosts = hosts_of(route)
            host, port = own_address(hosts[0]) if hosts else ("", "")
            port = port or _port_of(survey, router, route)
            if host and port in ports:
                message = f"mail comes back: Exim listens at port {port} of this host itself"
                note = Note("self = send lets it go there")
                span = part_of(route.span, host)
                yield Finding("EXR037", message, span, severity=WARNING, notes=(note,))


def _own_ports(survey: Survey) -> frozenset[str]:
    """The ports at which the daemon listens; none if only the run can tell."""
    text = survey.config.options["daemon_smtp_ports"] or "smtp"
    items = [] if "$" in text else split(text)
    return frozenset(_SERVICES.get(item, item) for item in items)


def _port_of(survey: Survey, router: Instance, route: RouteRule) -> str:
    """The port of the transport that a route names; "" where it is not known or the transport is local."""
    names = [word for word, _ in route.words if survey.config.instance("transport", word) is not None]
    name = names[-1] if names else text_of(router, "transport") or ""
    transport = survey.config.instance("transport", name)
    if transport is None or transport.driver != "smtp":
        return ""
    port = text_of(transport, "port")
    if port is not None:
        return _SERVICES.get(port.strip(SPACE), port.strip(SPACE))
    return {"lmtp": "24", "smtps": "465"}.get(str(transport["protocol"]), _SMTP)
