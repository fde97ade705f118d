"""How the packets of a connection are marked: the option ``dscp`` of the smtp transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.values import dscp
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.links import Link
    from drivers.api.protocols import Context
    from drivers.api.routing import Router


class Marking(Record):
    """The byte that packets are to bear, None for none, and what the trace tells of it."""

    traffic_class: int | None = None
    told: str = ""

    def put_on(self, link: Link) -> None:
        """Mark the packets of a connection."""
        if self.traffic_class is not None:
            link.mark(self.traffic_class)


NO_MARKING = Marking()


def marking(ctx: Context, transport: Router) -> Marking:
    """How the packets of a connection are to be marked.

    A text that cannot be expanded, and one that is neither a name nor a number, mark nothing, of which nobody
    hears.
    """
    text = str(transport["dscp"] or "") if "dscp" in transport.options else ""
    if not text:
        return NO_MARKING
    try:
        value = ctx.expand(text)
    except ExpansionError:
        return NO_MARKING
    found = dscp.traffic_class(value)
    return NO_MARKING if found is None else Marking(found, f'DSCP "{value}"={found:x} ')
