"""Elements of host lists, as far as they are about IP addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.values import interfaces, ip
from drivers.values.lookup_type import FILE_QUERY, QUERY
from expander.expand.lookup import style_of
from expander.lists import text_pattern
from expander.lists.subject import IGNORE, INCLUDE, NotKnownError
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from expander.lists.subject import Subject

_NET = late_pattern(r"net([0-9]*)-(.*)\Z", re.ASCII | re.DOTALL)
NUMERIC = late_pattern(r"[0-9.]+(?:/|\Z)", re.ASCII)
MALFORMED = "malformed IPv4 address or address mask"
NAMES_UNKNOWN = "cannot match host name in match_ip list"
MAPPED_AS_TEXT = "::ffff:"
"""What is cut off before an address is compared, however else the same address may be written."""


def unknown_setting(subject: Subject, element: str) -> bool:
    """What an element means that cannot be found out, or not now: ``+include_unknown`` and its relatives."""
    word, _, about = element.removeprefix("+").partition("_")
    if not element.startswith("+") or word not in {INCLUDE, IGNORE} or about not in {"unknown", "defer"}:
        return False
    if about == "unknown":
        subject.on_unknown = word
    else:
        subject.on_defer = word
    return True


def match_element(subject: Subject, pattern: str) -> bool:
    """True if the element matches the address; the value is what a lookup found, else it stays.

    Raises `NotKnownError` for host names, as only the address is known here, and what lookups raise.
    See "Host lists" in the manual.
    """
    text = subject.text
    if not pattern:
        return not text
    if pattern == "*":
        return True
    written = ip.parse(text)
    if written is None:
        return False
    plain = ip.parse(text.removeprefix(MAPPED_AS_TEXT)) or written
    if pattern == "@[]":
        return text in interfaces.as_written(subject.ctx)  # IPv6 addresses as they are written
    if pattern == "@":
        raise NotKnownError(NAMES_UNKNOWN)
    if subject.tainted:
        ip.check_tainted_mask(subject.ctx.profile, pattern)
    network = ip.parse_network(pattern)
    if network is not None:
        return in_network(plain, *network)
    if NUMERIC.match(pattern):
        raise NotKnownError(MALFORMED)
    if ";" in pattern:
        return _looked_up(subject, written, pattern)
    raise NotKnownError(NAMES_UNKNOWN)


def in_network(address: ip.Address, network: ip.Address, bits: int | None) -> bool:
    """True if the address is in the network; a mask that is too long is as long as it can be."""
    if address.version != network.version:
        return False
    rest = 0 if bits is None else max(address.width - bits, 0)
    return address.number >> rest == network.number >> rest


def _looked_up(subject: Subject, address: ip.Address, pattern: str) -> bool:
    kind, _, place = pattern.partition(";")
    net = _NET.match(kind)
    if net is None and kind.startswith("net"):
        raise NotKnownError(NAMES_UNKNOWN)
    bits = int(net[1][:3]) if net and net[1] else None
    if net:
        kind = net[2]
    name = kind.partition(",")[0]
    if name.startswith("partial") or "*" in name:
        raise Fatal(f'unknown lookup type "{name}"')
    if style_of(subject.ctx.profile, name) in {QUERY, FILE_QUERY}:
        kind = name  # options of a query do not reach it from here
    key = lookup_key(address, bits, kind)
    subject.value = None
    subject.value = text_pattern.look_up(subject, f"{kind};{place}", key, first_word=True)
    return subject.value is not None


def lookup_key(address: ip.Address, bits: int | None, kind: str) -> str:
    """The key for a lookup by address.

    IPv6 addresses are written in full; with dots between the groups for lookups by network in files
    where a colon would end the key.
    """
    if bits is not None:
        address = address.masked(min(bits, address.width))
    suffix = "" if bits is None else f"/{bits}"
    if address.version == ip.IPV4:
        return address.dotted() + suffix
    return address.full(":" if kind.startswith("iplsearch") else ".") + suffix
