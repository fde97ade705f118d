"""The world of deliveries in a sandbox: files land in a folder or in memory, all else is recorded."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from expander.world.memory_files import MemoryFiles
from expander.world.memory_storage import MemoryStorage
from expander.world.overlay import OverlayFiles, OverlayStorage
from expander.world.recorded import RecordedPrograms, RecordedSockets, Recorder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drivers.api.links import Sockets
    from drivers.api.outside import Dns, Files, Programs, World
    from drivers.api.storage import Storage
    from expander.world.recorded import Peer


class Outward:
    """What transports reach beyond files: commands and other hosts."""

    def __init__(self, programs: Programs, sockets: Sockets) -> None:
        self.programs = programs
        self.sockets = sockets


class DeliveryWorld:
    """Another world in which deliveries can be made without harm.

    Files are written to ``folder``, where absolute paths land, or to memory; those of ``world`` are seen and
    stay as they are. ``outward`` is for transports: their commands are recorded, and run where ``runs``;
    other hosts answer as ``peers`` says, else they are reached where ``connects``, else they take
    everything. Expansions have the commands and sockets of ``world``. ``recorder`` has what was recorded.
    """

    def __init__(
        self,
        world: World,
        folder: str = "",
        *,
        peers: Mapping[str, Peer] | None = None,
        runs: bool = False,
        connects: bool = False,
    ) -> None:
        self._inner = world
        self.folder = folder
        upper_files, upper_storage = _upper(world, folder)
        self._files = OverlayFiles(upper_files, world.files)
        self.files: Files = self._files
        self.changes = OverlayStorage(self._files, upper_storage)
        self.storage: Storage = self.changes
        self.recorder = Recorder(folder)
        self.outward = Outward(
            RecordedPrograms(self.recorder, world.programs if runs else None),
            RecordedSockets(self.recorder, world.sockets, peers or {}, connects=connects),
        )
        self.clock = world.clock
        self.programs = world.programs
        self.sockets = world.sockets
        self.users = world.users
        self.random = world.random
        self.host = world.host
        self.environment = world.environment
        self.pid = world.pid

    def hide(self, path: str) -> None:
        """Have a folder of the other world be empty as seen from here: its queue is nobody's business."""
        self._files.hidden += (f"{path.rstrip('/')}/",)

    @cached_property
    def dns(self) -> Dns:
        """The other world's."""
        return self._inner.dns


def _upper(world: World, folder: str) -> tuple[Files, Storage]:
    if not folder:
        files = MemoryFiles(now=world.clock.now)
        return files, MemoryStorage(files)
    from expander.world.rooted import RootedFiles, RootedStorage, made_root

    root = made_root(folder)
    return RootedFiles(root), RootedStorage(root)
