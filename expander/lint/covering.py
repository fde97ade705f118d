"""Whether one item of a list matches everything that another item can match."""

from __future__ import annotations

from drivers.api.text import lower
from drivers.values import ip

_FORMS = ("^", "@", "+", "/")
"""How items begin that are not compared: what they match is not in their text."""


def covers(kind: str, item: str, other: str) -> bool:
    """True if ``item`` surely matches whatever ``other`` does, in a list of that kind.

    Both are items without their negation; where nothing is known the answer is no.
    """
    if item == other:
        return True
    if item == "*":
        return kind != "host" or other != ""
    if not item or not other or item.startswith(_FORMS) or other.startswith(_FORMS):
        return False
    if ";" in item or ";" in other:
        return False
    if kind == "host":
        return _network_covers(item, other)
    if kind == "address":
        return _address_covers(item, other)
    return _text_covers(item, other)


def _text_covers(item: str, other: str) -> bool:
    """The same for texts that may begin with an asterisk."""
    item, other = lower(item), lower(other)
    if item == other:
        return True
    return item.startswith("*") and "*" not in item[1:] and other.endswith(item[1:])


def _address_covers(item: str, other: str) -> bool:
    local, at, domain = item.rpartition("@")
    other_local, other_at, other_domain = other.rpartition("@")
    if not domain or not other_domain or domain.startswith(_FORMS) or other_domain.startswith(_FORMS):
        return False
    if not at or local == "*":
        return _text_covers(domain, other_domain)
    return bool(other_at) and local == other_local and _text_covers(domain, other_domain)


def _network_covers(item: str, other: str) -> bool:
    if item.startswith("*") and ip.parse_network(other) is None:
        return _text_covers(item, other)
    wide, narrow = ip.parse_network(item), ip.parse_network(other)
    if wide is None or narrow is None:
        return lower(item) == lower(other)
    (network, bits), (inside, inside_bits) = wide, narrow
    if network.version != inside.version:
        return False
    width = network.width if bits is None else min(bits, network.width)
    inside_width = inside.width if inside_bits is None else min(inside_bits, inside.width)
    return inside_width >= width and network.masked(width) == inside.masked(width)
