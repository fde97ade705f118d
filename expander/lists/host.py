"""Elements of host lists, as far as they are about IP addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.values import ip
from expander.lists import own
from expander.lists.subject import NotKnownError

if TYPE_CHECKING:
    from expander.lists.subject import Subject

_NET = re.compile(r"net([0-9]*)-(.*)\Z", re.ASCII | re.DOTALL)
_LOOKUP = re.compile(r"(?:net[0-9]*-)?[A-Za-z0-9_,=()*@.-]+;", re.ASCII)


def unknown_setting(subject: Subject, element: str) -> bool:
    """``+include_unknown`` and ``+ignore_unknown``: what an element means that cannot be found out."""
    if element == "+include_unknown":
        subject.include_unknown, subject.ignore_unknown = True, False
    elif element == "+ignore_unknown":
        subject.include_unknown, subject.ignore_unknown = False, True
    else:
        return element in {"+include_defer", "+ignore_defer"}
    return True


def match_element(subject: Subject, pattern: str) -> str | None:
    """The value for ``$value``, empty except for lookups, if the element matches the address; else None.

    Raises `NotKnownError` for host names, as only the address is known here, and what lookups raise.
    See "Host lists" in the manual.
    """
    text = subject.text
    if not pattern:
        return "" if not text else None
    if pattern == "*":
        return ""
    address = ip.parse(text)
    if address is None:
        return None
    address = ip.plain(address)
    if pattern == "@[]":
        return "" if address in own.addresses(subject.ctx) else None
    if pattern == "@":
        raise NotKnownError
    if subject.tainted:
        ip.check_tainted_mask(subject.ctx.profile, pattern)
    network = ip.parse_network(pattern)
    if network is not None:
        return "" if in_network(address, *network) else None
    if _LOOKUP.match(pattern):
        return _looked_up(subject, address, pattern)
    raise NotKnownError


def in_network(address: ip.Address, network: ip.Address, bits: int | None) -> bool:
    """True if the address is in the network; a mask that is too long is as long as it can be."""
    if address.version != network.version:
        return False
    width = address.width if bits is None else min(bits, address.width)
    return address.masked(width) == network.masked(width)


def _looked_up(subject: Subject, address: ip.Address, pattern: str) -> str | None:
    kind, _, place = pattern.partition(";")
    net = _NET.match(kind)
    bits = int(net[1][:3]) if net and net[1] else None
    if net:
        kind = net[2]
    return subject.ctx.look_up(kind, place, lookup_key(address, bits, kind, by_network=net is not None))


def lookup_key(address: ip.Address, bits: int | None, kind: str, *, by_network: bool) -> str:
    """The key for a lookup by address.

    IPv6 addresses are written in full; with dots between the groups for lookups by network in files
    where a colon would end the key.
    """
    if bits is not None:
        address = address.masked(min(bits, address.width))
    suffix = "" if bits is None else f"/{bits}"
    if address.version == ip.IPV4:
        return address.dotted() + suffix
    if not by_network:
        return address.normal() + suffix
    return address.full(":" if kind.startswith("iplsearch") else ".") + suffix
