"""Whether the MX records of a domain lead to this host: ``@mx_any``, ``@mx_primary``, ``@mx_secondary``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.values import interfaces, ip
from drivers.values.dnsdata import AGAIN, FOUND, resolved
from drivers.values.telling import STEPS_SINCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.protocols import Context
    from drivers.values.dnsdata import DnsAnswer

FORMS = ("@mx_any", "@mx_primary", "@mx_secondary")
IGNORE = "ignore="


def matches(ctx: Context, domain: str, form: str, options: str | None) -> bool:
    """True if this host is among the MX hosts of the domain as the form wants it.

    ``options`` is what follows a slash: ``ignore=`` and a host list, whose addresses do not count.
    ``@mx_primary`` wants this host to have the lowest preference, ``@mx_secondary`` others before it.
    Raises `Deferred` where the DNS has a problem that may pass.
    """
    answer = _ask(ctx, domain, "MX")
    if answer.status == AGAIN:
        raise Deferred(f'DNS lookup of "{form}" deferred')
    if answer.status != FOUND:
        return False
    if ctx.tell_checks is not None and ctx.profile.at_least(STEPS_SINCE):
        ctx.tell_checks("check dnssec require list")
        ctx.tell_checks("check dnssec request list")
    ignored = options.removeprefix(IGNORE) if options and options.startswith(IGNORE) else ""
    local: list[int] = []
    others: list[int] = []
    for record in answer.of("MX"):
        preference, name = int(record.data[0]), record.data[1]
        addresses = [found for found in _addresses(ctx, name) if not _is_ignored(ctx, found, ignored)]
        if not addresses:
            continue
        here = any(address in interfaces.addresses(ctx) for address in addresses) or _is_treated_so(ctx, name)
        (local if here else others).append(preference)
    if not local:
        return False
    primary = not others or min(local) <= min(others)
    return form == "@mx_any" or primary is (form == "@mx_primary")


def _ask(ctx: Context, name: str, kind: str) -> DnsAnswer:
    return resolved(ctx.world.dns.ask, name, kind, loops=int(ctx.options.get("dns_cname_loops") or 1))


def _addresses(ctx: Context, name: str) -> Iterator[ip.Address]:
    for kind in ("A",) if ctx.options.get("disable_ipv6") else ("AAAA", "A"):
        for record in _ask(ctx, name, kind).of(kind):
            address = ip.parse(record.data[0])
            if address is not None:
                yield address


def _is_ignored(ctx: Context, address: ip.Address, ignored: str) -> bool:
    short = address.normal() if ctx.profile.at_least(STEPS_SINCE) else address.full(":")
    shown = address.dotted() if address.version == ip.IPV4 else short
    return bool(ignored) and ctx.match_list("host", shown, ignored) is not None


def _is_treated_so(ctx: Context, name: str) -> bool:
    names = ctx.options.get("hosts_treat_as_local")
    option = "hosts_treat_as_local" if ctx.profile.at_least(STEPS_SINCE) else ""
    return bool(names) and ctx.match_list("domain", name, ctx.expand(str(names)), option=option) is not None
