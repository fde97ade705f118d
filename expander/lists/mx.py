"""Whether the MX records of a domain lead to this host: ``@mx_any``, ``@mx_primary``, ``@mx_secondary``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.values import interfaces, ip
from drivers.values.dnsdata import AGAIN, FOUND, resolved
from drivers.values.telling import STEPS_SINCE, tell_removed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.protocols import Context
    from drivers.values.dnsdata import DnsAnswer

FORMS = ("@mx_any", "@mx_primary", "@mx_secondary")
IGNORE = "ignore="
SPREAD = 500


def matches(ctx: Context, domain: str, form: str, options: str | None) -> bool:
    """True if this host is among the MX hosts of the domain as the form wants it.

    ``options`` is what follows a slash: ``ignore=`` and a host list, whose addresses do not count.
    ``@mx_primary`` wants this host to have the lowest preference, ``@mx_secondary`` others before it.
    Raises `Deferred` where the DNS has a problem that may pass.
    """
    tell = ctx.tell_checks if ctx.profile.at_least(STEPS_SINCE) else None
    if tell is not None:
        tell("check dnssec require list")
        tell("check dnssec request list")
    answer = _ask(ctx, domain, "MX")
    if answer.status == AGAIN:
        raise Deferred(f'DNS lookup of "{form}" deferred')
    if answer.status != FOUND:
        return False
    ignored = options.removeprefix(IGNORE) if options and options.startswith(IGNORE) else ""
    local: list[int] = []
    others: list[int] = []
    hosts: list[tuple[str, str, int]] = []
    for preference, _, name in _ranked(ctx, answer):
        addresses = [found for found in _addresses(ctx, name) if not _is_ignored(ctx, found, ignored)]
        if not addresses:
            continue
        here = any(address in interfaces.addresses(ctx) for address in addresses) or _is_treated_so(ctx, name)
        (local if here else others).append(preference)
        ranked = sorted((ctx.world.random.below(SPREAD), _shown(ctx, address)) for address in addresses)
        hosts += [(name, shown, preference) for _, shown in ranked]
    if not local:
        return False
    primary = not others or min(local) <= min(others)
    if primary and tell is not None:
        tell("local host has lowest MX")
    elif not primary:
        tell_removed(ctx, (each for each in hosts if each[2] >= min(local)))
    return form == "@mx_any" or primary is (form == "@mx_primary")


def _ranked(ctx: Context, answer: DnsAnswer) -> list[tuple[int, int, str]]:
    """The hosts in the order of their preferences, those of the same preference in a random one."""
    records = answer.of("MX")
    return sorted((int(each.data[0]), ctx.world.random.below(SPREAD), each.data[1]) for each in records)


def _ask(ctx: Context, name: str, kind: str) -> DnsAnswer:
    return resolved(ctx.world.dns.ask, name, kind, loops=int(ctx.options.get("dns_cname_loops") or 1))


def _addresses(ctx: Context, name: str) -> Iterator[ip.Address]:
    for kind in ("A",) if ctx.options.get("disable_ipv6") else ("AAAA", "A"):
        for record in _ask(ctx, name, kind).of(kind):
            address = ip.parse(record.data[0])
            if address is not None:
                yield address


def _is_ignored(ctx: Context, address: ip.Address, ignored: str) -> bool:
    return bool(ignored) and ctx.match_list("host", _shown(ctx, address), ignored) is not None


def _shown(ctx: Context, address: ip.Address) -> str:
    short = address.normal() if ctx.profile.at_least(STEPS_SINCE) else address.full(":")
    return address.dotted() if address.version == ip.IPV4 else short


def _is_treated_so(ctx: Context, name: str) -> bool:
    names = ctx.options.get("hosts_treat_as_local")
    option = "hosts_treat_as_local" if ctx.profile.at_least(STEPS_SINCE) else ""
    return bool(names) and ctx.match_list("domain", name, ctx.expand(str(names)), option=option) is not None
