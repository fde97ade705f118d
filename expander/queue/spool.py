"""The spool directory: the files of messages, the message logs."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_bytes
from expander.message.identity import is_message_id
from expander.message.large_body import LARGE, LargeBody, WireBody
from expander.message.spool import SpoolError
from expander.queue import envelope_file
from expander.queue.ownership import Owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.outside import World
    from drivers.api.storage import OpenFile
    from expander.queue.message import Message

MODE, FOLDER_MODE, LOG_MODE = 0o640, 0o750, 0o640
SPLIT_BY = 5
"""The place in a name of the character whose folder a message is in where the spool is split."""

PIECE = 1 << 16
ABSENT, LOCKED = "absent", "locked"


class NotHeldError(Exception):
    """A message cannot be worked on: ``kind`` is why, ``line`` what is logged of it.

    The kind is "absent", "locked", or what the system says.
    """

    def __init__(self, kind: str, line: str) -> None:
        super().__init__(line)
        self.kind = kind
        self.line = line


NOTE = "?"
"""Lines of the journal that begin so are notes about deliveries on their way."""


class Spool:
    """Keeps messages in ``directory``, for ``owner``.

    With ``is_split`` they are in folders by a character of their names; those that are not
    where they should be are found all the same. ``queue`` is the name of the queue, "" for the usual one.
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
        self.queue = ""
        self._is_split = is_split
        self._logs = logs
        self._held: dict[str, OpenFile] = {}
        self._folders: dict[str, str] = {}
        self._queues: dict[str, str] = {}

    def path(self, kind: str, name: str, suffix: str = "", *, queue: str | None = None) -> str:
        """The path of a file of a message below "input" or "msglog"."""
        folder = self._folders.get(name)
        if folder is None or queue is not None:
            folder = f"{name[SPLIT_BY]}/" if self._is_split else ""
        queue = self.queue_of(name) if queue is None else queue
        return f"{self.directory}/{f'{queue}/' if queue else ''}{kind}/{folder}{name}{suffix}"

    def queue_of(self, name: str) -> str:
        """The queue that a message is on."""
        return self._queues.get(name, self.queue)

    def keep(self, message: Message) -> None:
        """Write both files of a new message, in the queue that an ACL may have chosen. Raises ``OSError``."""
        was = self.path("input", message.name, "-D")
        if message.facts.get("queue_name"):
            self._queues[message.name] = message.facts["queue_name"]
        path = self.path("input", message.name, "-D")
        self._make_folder(path)
        if not isinstance(message.body, LargeBody):
            body = message.body.replace(b"\n", b"\r\n") if message.is_wire else message.body
            self._write(path, to_bytes(f"{message.name}-D\n") + body)
        elif path != was:
            self._world.storage.rename(was, path)
        self.keep_envelope(message)

    def begin_body(self, name: str) -> OpenFile:
        """A new file for the body of a message, which is written to it piece by piece. Raises ``OSError``."""
        path = self.path("input", name, "-D")
        self._make_folder(path)
        file = self._world.storage.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, MODE)
        try:
            self._owner.take(file)
            file.write(to_bytes(f"{name}-D\n"))
        except OSError:
            file.close()
            raise
        return file

    def open_unnamed(self) -> OpenFile:
        """A file for what may become a message; it is gone when it is closed. Raises ``OSError``."""
        path = f"{self.directory}/{f'{self.queue}/' if self.queue else ''}input/arriving.{self._world.pid}"
        self._make_folder(path)
        file = self._world.storage.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, MODE)
        self._world.storage.remove(path)
        return file

    def large_body(self, name: str, file: OpenFile, *, is_wire: bool = False) -> LargeBody:
        """The body that was written to such a file, with the line ends of SMTP if ``is_wire``."""
        start = len(name) + len("-D\n")
        return (WireBody if is_wire else LargeBody)(file, start, file.stat().st_size - start)

    def keep_envelope(self, message: Message) -> None:
        """Write the file with the envelope and the header in place of the one before. Raises ``OSError``."""
        path = self.path("input", message.name, "-H")
        fresh = f"{path.rpartition('/')[0]}/hdr.{message.name}"
        self._write(fresh, to_bytes(envelope_file.written(message)))
        self._world.storage.rename(fresh, path)

    def read(self, name: str) -> Message:
        """A message that is here. Raises ``OSError`` and `SpoolError`."""
        message = self.read_envelope(name)
        if self.size(name, "-D") >= LARGE:
            message.body = self._large_body(name, is_wire=message.is_wire)
            return message
        body = self.body(name)
        message.body = body.replace(b"\r\n", b"\n") if message.is_wire else body
        return message

    def body(self, name: str) -> bytes:
        """What is behind the first line of the file with the body, whatever that says. Raises ``OSError``."""
        return self.contents(name, "-D")[len(f"{name}-D\n") :]

    def _large_body(self, name: str, *, is_wire: bool) -> LargeBody:
        """A body that stays in its file. Raises ``OSError``."""
        held = self._held.get(name)
        if held is None:
            held = self._world.storage.open(self.path("input", name, "-D"), os.O_RDONLY)
        return self.large_body(name, held, is_wire=is_wire)

    def read_envelope(self, name: str) -> Message:
        """A message without its body. Raises ``OSError`` and `SpoolError`."""
        message = envelope_file.read(from_bytes(self.contents(name, "-H")), name)
        if self.queue_of(name):
            message.facts["queue_name"] = self.queue_of(name)
        with suppress(OSError):
            for line in from_bytes(self.contents(name, "-J")).splitlines():
                if line.startswith(NOTE):
                    key, _, text = line[len(NOTE) :].partition("\t")
                    message.begun.append((key, text))
                else:
                    message.done[line] = None
        return message

    def contents(self, name: str, suffix: str) -> bytes:
        """What is in a file of a message. Raises ``OSError``."""
        held = self._held.get(name)
        if held is not None and suffix == "-D":  # to open and close it again would lose the lock
            held.seek(0)
            return held.read()
        self._find(name, suffix)
        return self._world.files.read(self.path("input", name, suffix))

    def pieces(self, name: str, suffix: str) -> Iterator[bytes]:
        """The same piece by piece."""
        held = self._held.get(name) if suffix == "-D" else None
        if held is None:
            self._find(name, suffix)
            file = self._world.storage.open(self.path("input", name, suffix), os.O_RDONLY)
        else:
            file = held
            file.seek(0)
        try:
            while piece := file.read(PIECE):
                yield piece
        finally:
            if held is None:
                file.close()

    def size(self, name: str, suffix: str) -> int:
        """How many bytes a file of a message has. Raises ``OSError``."""
        self._find(name, suffix)
        return self._world.files.stat(self.path("input", name, suffix)).st_size

    def has(self, name: str) -> bool:
        """True if a message is here."""
        try:
            self.size(name, "-H")
        except OSError:
            return False
        return True

    def message_log(self, name: str) -> bytes:
        """What the log of a message says. Raises ``OSError``."""
        for folder in self._possible_folders(name):
            self._folders[name] = folder
            with suppress(FileNotFoundError):
                return self._world.files.read(self.path("msglog", name))
        raise FileNotFoundError(2, os.strerror(2))

    def hold(self, name: str) -> None:
        """Lock a message as long as it is worked on. Raises `NotHeldError`."""
        self._find(name, "-D")
        path = self.path("input", name, "-D")
        try:
            file = self._world.storage.open(path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            raise NotHeldError(ABSENT, f"Spool{self._named(name)} file {name}-D not found") from None
        except OSError as problem:
            said = problem.strerror or str(problem)
            shown = path.replace("/input/", "//input//")
            raise NotHeldError(said, f"Spool error for {shown}: {said}") from None
        try:
            file.lock()
        except OSError:
            file.close()
            line = f"Spool file for {name} is locked (another process is handling this message)"
            raise NotHeldError(LOCKED, line) from None
        if not file.stat().st_nlink:  # another process has just done all there was to do
            file.close()
            raise NotHeldError(ABSENT, f"Spool{self._named(name)} file {name}-D not found")
        self._held[name] = file

    def _named(self, name: str) -> str:
        return f" Q={self.queue_of(name)}" if self.queue_of(name) else ""

    def release(self, name: str) -> None:
        """Give the lock back."""
        file = self._held.pop(name, None)
        if file is not None:
            file.close()

    def note_done(self, name: str, address: str) -> None:
        """Write an address that was delivered to into the journal, lest it is delivered to twice."""
        path = self.path("input", name, "-J")
        self._append(path, f"{address}\n", MODE, lasting=True)

    def note(self, name: str, address: str, text: str) -> None:
        """Write into the journal how far a delivery to an address is.

        Whoever does not know such lines takes them for addresses that nobody has.
        """
        self._append(self.path("input", name, "-J"), f"{NOTE}{address}\t{text}\n", MODE)

    def forget(self, name: str, *, keeps_log: bool = False) -> bool:
        """Remove all files of a message: whether there were any.

        Its log can be kept in the folder "msglog.OLD". The file with the envelope goes first: what is left
        by a process that is killed meanwhile is no message any more.
        """
        there = False
        log = self.path("msglog", name)
        if keeps_log:
            with suppress(OSError):
                old = f"{self.directory}/{f'{self.queue}/' if self.queue else ''}msglog.OLD/{name}"
                self._make_folder(old)
                self._world.storage.rename(log, old)
        for path in (log, *(self.path("input", name, suffix) for suffix in ("-H", "-J", "-D"))):
            with suppress(FileNotFoundError):
                self._world.storage.remove(path)
                there = True
        return there

    def forget_journal(self, name: str) -> None:
        """Remove the journal: what it says stands in the envelope by now."""
        with suppress(FileNotFoundError):
            self._world.storage.remove(self.path("input", name, "-J"))

    def move(self, name: str, queue: str, *, prefix: str = "") -> None:
        """Move a message to another queue, or to the folders with another prefix. Raises ``OSError``.

        The file with the envelope goes last, so that nobody works on what is not all there.
        """
        self._find(name, "-D")
        for kind, suffixes in (("msglog", ("",)), ("input", ("-J", "-D", "-H"))):
            for suffix in suffixes:
                source = self.path(kind, name, suffix)
                target = self.path(prefix + kind, name, suffix, queue=queue)
                self._make_folder(target)
                optional = (FileNotFoundError,) if suffix in {"", "-J"} else ()
                with suppress(*optional):
                    self._world.storage.rename(source, target)

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
        top = f"{self.directory}/{f'{self.queue}/' if self.queue else ''}input"
        for folder in ("", *(f"{name}/" for name in self._names(top) if len(name) == 1)):
            for name in self._names(f"{top}/{folder}"):
                message = name.removesuffix("-H")
                if message != name and is_message_id(message):
                    self._folders[message] = folder
                    found.append(message)
        return sorted(found)

    def _names(self, folder: str) -> list[str]:
        try:
            return list(self._world.files.names(folder))
        except OSError:
            return []

    def _possible_folders(self, name: str) -> tuple[str, str]:
        letter = name[SPLIT_BY : SPLIT_BY + 1]  # somebody may ask for what is no name of a message
        folders = (f"{letter}/" if letter else "", "")
        return folders if self._is_split else (folders[1], folders[0])

    def _find(self, name: str, suffix: str) -> None:
        """Find out in which folder a message is; where it should be, if it is in none."""
        for folder in self._possible_folders(name):
            self._folders[name] = folder
            with suppress(OSError):
                self._world.files.stat(self.path("input", name, suffix))
                return
        del self._folders[name]

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
