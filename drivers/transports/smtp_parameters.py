"""Addresses and texts as the parameters of SMTP commands have them."""

from __future__ import annotations

from drivers.values import idn


def in_ascii(address: str) -> str:
    """An address in ASCII, as it was where that cannot be."""
    local_part, at, domain = address.rpartition("@")
    if not at or address.isascii():
        return address
    try:
        made = idn.local_part_to_ascii(local_part), idn.domain_to_ascii(domain)
    except ValueError:
        return address
    return f"{made[0]}@{made[1]}"


def xtext(text: str) -> str:
    """A text in which characters that parameters cannot have are written as numbers."""
    return "".join(f"+{ord(each):02X}" if not "!" <= each <= "~" or each in "+=" else each for each in text)
