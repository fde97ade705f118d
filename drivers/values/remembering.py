"""How options of lookups say what is remembered: ``cache=no_rd`` and its like.

See "Lookup caching" in the manual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.protocols import Context

NOT_READ, NOT_WRITTEN, NEITHER = "cache=no_rd", "cache=no_wr", "cache=no"
MORE_SINCE = "4.99"
"""Before this release only `NOT_READ` is known; the others count as options of the lookup's type."""


class Remembering(NamedTuple):
    """Whether an answer may come from memory, whether it goes there, and the options that count otherwise."""

    reads: bool
    writes: bool
    others: tuple[str, ...]


PLAIN = Remembering(reads=True, writes=True, others=())


def wanted(ctx: Context, options: Sequence[str]) -> Remembering:
    """What the options say."""
    if not options:
        return PLAIN
    marks = {NOT_READ, NOT_WRITTEN, NEITHER} if ctx.profile.at_least(MORE_SINCE) else {NOT_READ}
    found = marks.intersection(options)
    return Remembering(
        reads=not found & {NOT_READ, NEITHER},
        writes=not found & {NOT_WRITTEN, NEITHER},
        others=tuple(option for option in options if option not in marks),
    )
