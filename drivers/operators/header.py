"""The operator that folds header lines."""

from __future__ import annotations

import re

from drivers.api.errors import Failed
from drivers.api.unit import operator
from grammar.shapes import OperatorShape

SECTION = "Expansion operators"
COLUMNS, LIMIT = 80, 998
LONGEST = 9
TAB = 8

_SUFFIX = re.compile(r"([0-9]*)(?:_([0-9]*))?", re.ASCII)
_SPACE = re.compile(r"[ \t]+", re.ASCII)


@operator(
    "headerwrap",
    syntax="${headerwrap_<columns>_<limit>:<string>}",
    since="4.97",
    section=SECTION,
    grows=True,
    pure=True,
    shape=OperatorShape(suffix="optional"),
    examples={"${headerwrap_30_60:short}": "short"},
)
def headerwrap(text: str, suffix: str | None) -> str:
    """Fold text for a header line into lines of at most ``columns`` columns, at white space if there is any.

    A line goes on after a newline and a tab, which is eight columns wide. The result is cut after
    ``limit`` bytes. The numbers default to 80 and 998.
    """
    found = _SUFFIX.fullmatch(suffix or "")
    if found is None:
        message = f'non-digit after underscore in "headerwrap_{suffix}"'
        raise Failed(message)
    columns = int(found[1][:LONGEST]) if found[1] else COLUMNS
    limit = int(found[2][:LONGEST]) if found[2] else LIMIT
    return _folded(text, max(columns, 1))[:limit]


def _folded(text: str, columns: int) -> str:
    """Lines that are broken at the last white space that they have room for, else where they are full."""
    lines: list[str] = []
    width = columns
    start = 0
    while len(text) - start > width:
        end = go_on = start + width
        for gap in _SPACE.finditer(text, start + 1):
            if gap.start() - start > width:
                break
            end, go_on = gap.span()
        lines.append(text[start:end])
        start, width = go_on, max(columns - TAB, 1)
    lines.append(text[start:])
    return "\n\t".join(lines)
