"""The spool directory: the files of messages, the message logs."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_bytes
from expander.message.identity import is_message_id
from expander.message.spool import SpoolError, body_of
from expander.queue import envelope_file
from expander.queue.ownership import Owner

if TYPE_CHECKING:
    from drivers.api.outside import World
    from drivers.api.storage import OpenFile
    from expander.queue.message import Message

MODE, FOLDER_MODE, LOG_MODE = 0o640, 0o750, 0o640


class Spool:
    """Keeps messages in ``directory``, for ``owner``.

    With ``is_split`` they are in folders by a character of their names.
    """

    def __init__(
        self,
        world: World,
        directory: str,
        *,
        is_split: bool = False,
        logs: bool = True,
        owner: Owner | None = None,
    ) -> None:
        self._world = world
        self._owner = owner or Owner()
        self.directory = directory
        self._is_split = is_split
        self._logs = logs
        self._held: dict[str, OpenFile] = {}

    def path(self, kind: str, name: str, suffix: str = "") -> str:
        """The path of a file of a message below "input" or "msglog"."""
        folder = f"{name[5]}/" if self._is_split else ""
        return f"{self.directory}/{kind}/{folder}{name}{suffix}"

    def keep(self, message: Message) -> None:
        """Write both files of a new message. Raises ``OSError``."""
        path = self.path("input", message.name, "-D")
        self._make_folder(path)
        self._write(path, to_bytes(f"{message.name}-D\n") + message.body)
        self.keep_envelope(message)

    def keep_envelope(self, message: Message) -> None:
        """Write the file with the envelope and the header in place of the one before. Raises ``OSError``."""
        path = self.path("input", message.name, "-H")
        fresh = f"{path.rpartition('/')[0]}/hdr.{message.name}"
        self._write(fresh, to_bytes(envelope_file.written(message)))
        self._world.storage.rename(fresh, path)

    def read(self, name: str) -> Message:
        """A message that is here. Raises ``OSError`` and `SpoolError`."""
        message = envelope_file.read(from_bytes(self._read(name, "-H")), name)
        message.body = body_of(self._read(name, "-D"), name)
        with suppress(OSError):
            for line in from_bytes(self._read(name, "-J")).splitlines():
                message.done[line] = None
        return message

    def hold(self, name: str) -> bool:
        """Lock a message as long as it is worked on; False if another process has it. Raises ``OSError``."""
        file = self._world.storage.open(self.path("input", name, "-D"), os.O_RDWR | os.O_APPEND)
        try:
            file.lock()
        except OSError:
            file.close()
            return False
        self._held[name] = file
        return True

    def release(self, name: str) -> None:
        """Give the lock back."""
        file = self._held.pop(name, None)
        if file is not None:
            file.close()

    def note_done(self, name: str, address: str) -> None:
        """Write an address that was delivered to into the journal, lest it is delivered to twice."""
        path = self.path("input", name, "-J")
        self._append(path, f"{address}\n", MODE, lasting=True)

    def forget(self, name: str) -> None:
        """Remove all files of a message."""
        for path in (
            self.path("msglog", name),
            *(self.path("input", name, suffix) for suffix in ("-D", "-H", "-J")),
        ):
            with suppress(FileNotFoundError):
                self._world.storage.remove(path)

    def forget_journal(self, name: str) -> None:
        """Remove the journal: what it says stands in the envelope by now."""
        with suppress(FileNotFoundError):
            self._world.storage.remove(self.path("input", name, "-J"))

    def log(self, name: str, text: str) -> None:
        """Write a text, with its newline, to the log of a message."""
        if not self._logs:
            return
        path = self.path("msglog", name)
        with suppress(OSError):
            self._make_folder(path)
            self._append(path, text, LOG_MODE)

    def names(self) -> list[str]:
        """The messages that are here, oldest first."""
        found: list[str] = []
        folders = [f"{self.directory}/input"]
        with suppress(OSError):
            folders += [
                f"{folders[0]}/{name}" for name in self._world.files.names(folders[0]) if len(name) == 1
            ]
        for folder in folders:
            with suppress(OSError):
                found += [
                    name.removesuffix("-H")
                    for name in self._world.files.names(folder)
                    if name.endswith("-H") and is_message_id(name.removesuffix("-H"))
                ]
        return sorted(found)

    def _read(self, name: str, suffix: str) -> bytes:
        return self._world.files.read(self.path("input", name, suffix))

    def _make_folder(self, path: str) -> None:
        self._owner.make_folder(self._world, path.rpartition("/")[0], FOLDER_MODE)

    def _write(self, path: str, data: bytes) -> None:
        file = self._world.storage.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        try:
            self._owner.take(file)
            file.write(data)
            file.sync()
        finally:
            file.close()

    def _append(self, path: str, text: str, mode: int, *, lasting: bool = False) -> None:
        file = self._world.storage.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode)
        try:
            self._owner.take(file)
            file.write(to_bytes(text))
            if lasting:
                file.sync()
        finally:
            file.close()


__all__ = ["Spool", "SpoolError"]
