"""The accept router."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import router
from drivers.routers.finishing import finish

if TYPE_CHECKING:
    from drivers.api.routing import Work


@router("accept", syntax="driver = accept", section="The accept router", feature="router_accept")
def accept(work: Work) -> str:
    """Take every address that comes through the preconditions, for the transport that is set."""
    return finish(work)
