"""Operators for IP addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import is_tainted
from drivers.api.unit import operator
from drivers.values import ip
from grammar.shapes import OperatorShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion operators"
MAPPING = "::ffff:"


def _parsed(text: str) -> ip.Address:
    address = ip.parse(text)
    if address is None:
        message = f'"{text}" is not an IP address'
        raise Failed(message)
    return address


def _network(ctx: Context, text: str) -> tuple[ip.Address, int | None] | None:
    """The address and the bits of its mask. Raises `Fatal` for a mask from outside in old releases."""
    if is_tainted(text):
        ip.check_tainted_mask(ctx.profile, text)
    return ip.parse_network(text)


@operator(
    "mask",
    syntax="${mask:<IP address>/<bit count>} or ${mask_n:<IP address>/<bit count>}",
    section=SECTION,
    taint="removes",
    pure=True,
    shape=OperatorShape(suffix="optional"),
    examples={
        "${mask:10.111.131.206/28}": "10.111.131.192/28",
        "${mask_n:2001:db8::1/32}": "2001:db8::/32",
    },
)
def mask(ctx: Context, text: str, suffix: str | None) -> str:
    """Clear the bits of an address beyond the bit count, keeping the count.

    Groups of an IPv6 address are separated by dots in the result, so that it can be a key in a
    file, unless the suffix asks for the normal form.
    """
    network = _network(ctx, text)
    if network is None:
        message = f'"{text}" is not an IP address'
        raise Failed(message)
    address, bits = network
    if bits is None:
        message = f'missing mask value in "{text}"'
        raise Failed(message)
    if bits > address.width:
        message = f'mask value too big in "{text}"'
        raise Failed(message)
    masked = address.masked(bits)
    if masked.version == ip.IPV4:
        return f"{masked.dotted()}/{bits}"
    normal = suffix is not None and suffix.startswith("n")
    return f"{masked.normal() if normal else masked.full('.')}/{bits}"


@operator(
    "ipv6norm",
    syntax="${ipv6norm:<string>}",
    since="4.87",
    section=SECTION,
    taint="removes",
    pure=True,
    ends_text=True,
    examples={"${ipv6norm:2001:db8:0:0::7}": "2001:db8::7", "${ipv6norm:192.0.2.1}": "::ffff:c000:201"},
)
def ipv6norm(text: str) -> str:
    """Write an IPv6 address in its shortest form; an IPv4 address becomes a mapped one.

    Where groups are left out, whatever follows the operator in the same text is lost.
    """
    short = _parsed(text).as_ipv6().normal()
    return short + "\0" if "::" in short else short


@operator(
    "ipv6denorm",
    syntax="${ipv6denorm:<string>}",
    since="4.87",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${ipv6denorm:2001:db8::7}": "2001:0db8:0000:0000:0000:0000:0000:0007"},
)
def ipv6denorm(text: str) -> str:
    """Write an IPv6 address with all its digits; an IPv4 address becomes a mapped one."""
    return _parsed(text).as_ipv6().full(":")


@operator(
    "reverse_ip",
    syntax="${reverse_ip:<IP address>}",
    since="4.73",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${reverse_ip:192.0.2.4}": "4.2.0.192"},
)
def reverse_ip(ctx: Context, text: str) -> str:
    """Turn an address round, as it stands in names of the DNS: octets, or digits of IPv6."""
    network = _network(ctx, text)
    if network is None:
        message = f"reverse_ip() not given an IP address [{text}]"
        raise Failed(message)
    return _without_mapping(text.partition("/")[0], network[0]).reversed()


def _without_mapping(text: str, address: ip.Address) -> ip.Address:
    """What stands after the prefix of mapped addresses, if that is written in this very form.

    It is read as an address of its own, in which the first group stands at the front and the others
    at the end.
    """
    if not text.startswith(MAPPING):
        return address
    rest = text.removeprefix(MAPPING)
    if ":" not in rest:
        return ip.Address(ip.IPV4, address.number & 0xFFFFFFFF)
    count = len(rest.split(":")) + rest.count(".") // 3
    first = 16 * (count - 1)
    groups = address.number & ((1 << 16 * count) - 1)
    return ip.Address(ip.IPV6, groups >> first << 112 | groups & ((1 << first) - 1))
