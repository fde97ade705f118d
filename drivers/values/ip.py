"""IP addresses as Exim reads and writes them."""

from __future__ import annotations

import _socket  # inet_pton is all that is wanted: what stands around it makes three dozen enumerations
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.api.text import SPACE
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.profile import Profile

IPV4, IPV6 = 4, 6
MAPPED = 0xFFFF << 32
LARGEST_LONG = (1 << 63) - 1
LONGEST_NUMBER = 20
MASK_OF_TAINTED_SINCE = "4.97"
KEPT, LONGEST_KEPT = 1024, 64
"""So many texts are remembered with what they are, if they are no longer than that."""

_CUT = late_pattern(r"[^/%]*(?:/[0-9]*|%[^/]*)", re.ASCII | re.DOTALL)
_NUMBER = late_pattern(rf"[{SPACE}]*(?:\+|(-))?([0-9]+)", re.ASCII)
_FORM4 = late_pattern(r"[0-9.]{7,15}", re.ASCII)
_FORM6 = late_pattern(r"[0-9A-Fa-f:.]{2,45}", re.ASCII)


class Address(Record):
    """An address: its version (4 or 6) and its bits as a number."""

    version: int
    number: int

    def __hash__(self) -> int:
        return hash((self.version, self.number))

    @property
    def width(self) -> int:
        """How many bits an address of this version has."""
        return 32 if self.version == IPV4 else 128

    def masked(self, bits: int) -> Address:
        """The address with all bits but the first ``bits`` cleared."""
        rest = self.width - bits
        return Address(self.version, self.number >> rest << rest)

    def as_ipv6(self) -> Address:
        """The address itself, or the mapped one (``::ffff:...``) for IPv4."""
        return self if self.version == IPV6 else Address(IPV6, MAPPED | self.number)

    def octets(self) -> list[int]:
        """The four octets of an IPv4 address, or of the last 32 bits of any other."""
        return [self.number >> shift & 0xFF for shift in (24, 16, 8, 0)]

    def groups(self) -> list[int]:
        """The eight groups of 16 bits of an IPv6 address."""
        return [self.number >> shift & 0xFFFF for shift in range(112, -1, -16)]

    def dotted(self) -> str:
        """An IPv4 address as text."""
        return ".".join(map(str, self.octets()))

    def full(self, separator: str) -> str:
        """An IPv6 address with four digits in every group."""
        return separator.join([f"{group:04x}" for group in self.groups()])

    def normal(self) -> str:
        """An IPv6 address in its shortest form; the one of zeros alone comes out as one colon."""
        digits = [f"{group:x}" for group in self.groups()]
        start, length = _longest_zeros(digits)
        if length == 0:
            return ":".join(digits)
        if length == len(digits):
            return ":"
        return f"{':'.join(digits[:start])}::{':'.join(digits[start + length :])}"

    def reversed(self) -> str:
        """The address turned round as in the DNS: octets, or digits."""
        if self.version == IPV4:
            return ".".join(map(str, reversed(self.octets())))
        return ".".join(reversed(f"{self.number:032x}"))


def _longest_zeros(digits: list[str]) -> tuple[int, int]:
    best, length, run = 0, 0, 0
    for index, digit in enumerate(digits):
        run = run + 1 if digit == "0" else 0
        if run > length:
            best, length = index + 1 - run, run
    return best, length


def plain(address: Address) -> Address:
    """An IPv4 address that came as a mapped IPv6 one, as itself."""
    if address.version == IPV6 and address.number >> 32 == MAPPED >> 32:
        return Address(IPV4, address.number & 0xFFFFFFFF)
    return address


def parse(text: str) -> Address | None:
    """The address that the text is, None if it is none. An IPv6 address may have a scope (``%lo``)."""
    return _kept(text) if len(text) <= LONGEST_KEPT else _parse(text)


def _parse(text: str) -> Address | None:
    if "/" in text:
        return None
    if ":" not in text:
        if not _FORM4.fullmatch(text):
            return None
        family, version = _socket.AF_INET, IPV4
    else:
        text = text.partition("%")[0]
        if not _FORM6.fullmatch(text):
            return None
        family, version = _socket.AF_INET6, IPV6
    try:
        return Address(version, int.from_bytes(_socket.inet_pton(family, text), "big"))
    except OSError:
        return None


_kept = lru_cache(maxsize=KEPT)(_parse)


def check_tainted_mask(profile: Profile, text: str) -> None:
    """Raise `Fatal` where Exim ends, up to 4.96: cutting a mask or scope from an address from outside."""
    if not profile.at_least(MASK_OF_TAINTED_SINCE) and _CUT.fullmatch(text):
        raise Fatal("Taint mismatch, Ustrncpy: string_is_ip_addressX 108\n")


def parse_network(text: str) -> tuple[Address, int | None] | None:
    """An address and the mask after its slash: None without a slash, 0 with nothing after it.

    The mask may be larger than the address is long. None is returned for what is no address.
    """
    return _kept_network(text) if len(text) <= LONGEST_KEPT else _parse_network(text)


def _parse_network(text: str) -> tuple[Address, int | None] | None:
    head, slash, tail = text.partition("/")
    bits = _mask(tail) if slash else 0
    if bits is None or ("%" in head and slash):
        return None
    address = parse(head)
    return None if address is None else (address, bits if slash else None)


_kept_network = lru_cache(maxsize=KEPT)(_parse_network)


def _mask(text: str) -> int | None:
    if not text:
        return 0
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    digits = found[2].lstrip("0") or "0"
    number = LARGEST_LONG if len(digits) >= LONGEST_NUMBER else min(int(digits), LARGEST_LONG)
    if found[1] and number:
        return None
    return number & 0xFFFFFFFF


def version(text: str, *, mask: bool = False) -> int:
    """4 or 6 if the text is an IP address, else 0; with ``mask`` it may have a mask."""
    if mask:
        network = parse_network(text)
        return network[0].version if network else 0
    address = parse(text)
    return address.version if address else 0
