"""Lists of nothing but IP addresses and networks, read once and asked often."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values import ip, listtext

if TYPE_CHECKING:
    from collections.abc import Sequence

MAPPED_AS_TEXT = "::ffff:"
"""What is cut off before an address is compared, however else the same address may be written."""


class Networks:
    """Such a list: the first element that has an address decides, as in host lists of all kinds."""

    def __init__(self, entries: Sequence[tuple[bool, ip.Address, int | None]]) -> None:
        self._entries = [
            (wanted, network.version, shift := _shift(network, bits), network.number >> shift)
            for wanted, network, bits in entries
        ]
        self._at_end = bool(entries) and not entries[-1][0]

    def has(self, text: str) -> bool:
        """True if the list has an address, which is given as text; what is no address it has not."""
        address = ip.parse(text.removeprefix(MAPPED_AS_TEXT)) or ip.parse(text)
        if address is None:
            return self._at_end
        version, number = address.version, address.number
        for wanted, family, shift, start in self._entries:
            if family == version and number >> shift == start:
                return wanted
        return self._at_end


def _shift(network: ip.Address, bits: int | None) -> int:
    return network.width - (network.width if bits is None else min(bits, network.width))


@lru_cache(maxsize=64)
def networks(text: str) -> Networks | None:
    """The list of a text that needs no expansion, None if it has an element of another kind."""
    entries = []
    for element in listtext.elements(text):
        wanted = not element.startswith("!")
        network = ip.parse_network(element if wanted else element[1:].lstrip(SPACE))
        if network is None:
            return None
        entries.append((wanted, *network))
    return Networks(entries)
