"""The machine with a folder in the place of all that Exim's own options would change on it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from expander.world.of_delivery import DeliveryWorld
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.api.outside import Dns
    from drivers.api.storage import Storage
    from expander.world.virtual_host import VirtualHost


class SandboxedHost(RealWorld):
    """The machine as a `DeliveryWorld` over a fence: ``folder`` stands for its root, ``allow`` has `EFFECTS`.

    Raises ``ValueError`` for a word that is none of them, and ``OSError`` where there can be no such folder.
    """

    def __init__(self, virtual: VirtualHost, folder: str, allow: Iterable[str] = ()) -> None:
        super().__init__(virtual, own_streams=True)
        words = frozenset(allow)
        self._inside = inside = DeliveryWorld(
            SandboxWorld(RealWorld(virtual, own_streams=True), words),
            folder,
            runs="run" in words,
            connects="net" in words,
        )
        self.files = inside.files
        self.outward = inside.outward
        self.programs = inside.programs
        self.sockets = inside.sockets
        self.hide = inside.hide

    @cached_property
    def storage(self) -> Storage:
        """What is changed is in the folder."""
        return self._inside.storage

    @cached_property
    def dns(self) -> Dns:
        """The machine's, behind the fence."""
        return self._inside.dns
