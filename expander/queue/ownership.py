"""Files of the spool and the logs belong to Exim's own user, whoever makes them."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.outside import World
    from drivers.api.storage import OpenFile
    from expander.config.model import Config, Options


class Owner(Record):
    """The numbers of the user and the group to whom new files are given; -1 keeps them with their maker."""

    uid: int = -1
    gid: int = -1

    def take(self, file: OpenFile) -> None:
        """Give a file to the owner, if it is not there yet and that can be done."""
        if self.uid < 0:
            return
        found = file.stat()
        if (found.st_uid, found.st_gid) != (self.uid, self.gid):
            with suppress(OSError):
                file.set_owner(self.uid, self.gid)

    def make_folder(self, world: World, path: str, mode: int) -> None:
        """Make a folder and those above it that are missing, all for the owner. Raises ``OSError``."""
        missing = []
        while path and not world.files.exists(path):
            missing.append(path)
            path = path.rpartition("/")[0]
        for folder in reversed(missing):
            try:
                world.storage.make_folder(folder, mode)
            except FileExistsError:
                continue  # another process was faster
            if self.uid >= 0:
                with suppress(OSError):
                    self._take_folder(world, folder)

    def _take_folder(self, world: World, path: str) -> None:
        folder = world.storage.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.take(folder)
        finally:
            folder.close()


def owner_of(config: Config, world: World) -> Owner:
    """Exim's own user and group, where files can be given to them."""
    return owner_by(config.options, world)


def owner_by(options: Options, world: World) -> Owner:
    """The same where no more than the main options is known."""
    users = world.users
    if not users.may_give_away():
        return Owner()
    uid, gid = options["exim_user"], options["exim_group"]
    if isinstance(uid, str):
        account = users.user(uid)
        if account is None:
            return Owner()
        uid, gid = account.uid, account.gid if gid is None else gid
    if isinstance(gid, str):
        gid = users.group(gid)
    return Owner(int(uid), -1 if gid is None else int(gid)) if uid is not None else Owner()
