"""Differentiated services code points: the names that ``dscp`` and ``control = dscp`` know, and bytes."""

from __future__ import annotations

import re

from drivers.api.text import SPACE

LOW_DELAY, THROUGHPUT, RELIABILITY, LOW_COST, EXPEDITED = 0x10, 0x08, 0x04, 0x02, 0xB8
NAMES = {
    **{f"af{rank}{drop}": rank << 5 | drop << 3 for rank in range(1, 5) for drop in range(1, 4)},
    "ef": EXPEDITED,
    "lowcost": LOW_COST,
    "lowdelay": LOW_DELAY,
    "mincost": LOW_COST,
    "reliability": RELIABILITY,
    "throughput": THROUGHPUT,
}
HIGHEST = 0x3F
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+")


def traffic_class(text: str) -> int | None:
    """The byte for a name or for a number from 0 to 0x3F (six high bits of it); None for other texts."""
    text = text.strip(SPACE)
    if text in NAMES:
        return NAMES[text]
    if not _NUMBER.fullmatch(text):
        return None
    is_octal = text.startswith("0") and text.isdigit()
    try:
        number = int(text, 8 if is_octal else 0)
    except ValueError:
        return None
    return number << 2 if number <= HIGHEST else None
