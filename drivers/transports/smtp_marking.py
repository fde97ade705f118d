"""How the packets of a connection are marked: the option ``dscp`` of the smtp transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.values import dscp

if TYPE_CHECKING:
    from drivers.api.links import Link
    from drivers.api.protocols import Context
    from drivers.api.routing import Router


def mark(ctx: Context, transport: Router, link: Link | None) -> str:
    """Mark the packets of a connection, None for one that did not come about: what the trace tells of it.

    A text that cannot be expanded, and one that is neither a name nor a number, mark nothing, of which nobody
    hears.
    """
    text = str(transport["dscp"] or "") if "dscp" in transport.options else ""
    if not text:
        return ""
    try:
        value = ctx.expand(text)
    except ExpansionError:
        return ""
    found = dscp.traffic_class(value)
    if found is None:
        return ""
    if link is not None:
        link.mark(found)
    return f'DSCP "{value}"={found:x} '
