"""The file ``maildirsize``, in which those who write to a maildir note what it holds."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.transports import DEFER, Failure
from drivers.transports.folder_size import Measure
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from drivers.api.protocols import Pattern
    from drivers.api.storage import OpenFile
    from drivers.api.transports import Job
    from drivers.transports.quota import Limits

LONGEST = 5120
"""A file that is as long as this is made anew."""

OLD = 15 * 60
"""After so many seconds its sum is not believed where it says that the mailbox is full."""

MODE = 0o600
_PART = late_pattern(rb"([0-9]+)([SC])(?:,|\Z)")
_LINE = late_pattern(rb"[ \t]*(-?[0-9]+)[ \t]+(-?[0-9]+)")


class SizeFile:
    """The file of one maildir, found or made anew: ``size`` and ``count`` are what it says.

    Raises `Failure`.
    """

    def __init__(self, job: Job, path: str, limits: Limits, wanted: Pattern) -> None:
        self._job = job
        self._path = path
        self._limits = limits
        self._wanted = wanted
        self.size = self.count = 0
        self._file: OpenFile | None = None
        try:
            self._file = job.ctx.world.storage.open(f"{path}/maildirsize", os.O_RDWR | os.O_APPEND, MODE)
        except FileNotFoundError:
            self._file = None
        except OSError as problem:
            raise self._failure("open", problem) from None
        if self._file is None or not self._believed(self._file):
            self.close()
            self._file = self._anew()

    def note(self, size: int) -> None:
        """A message of that size has come."""
        if self._file is not None:
            with suppress(OSError):
                self._file.write(f"{size} 1\n".encode("ascii"))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _believed(self, file: OpenFile) -> bool:
        """True if the file says something of use; then it is taken over."""
        data = file.read(LONGEST)
        if len(data) >= LONGEST:
            return False
        first, *lines = data.split(b"\n")
        if _quotas(first) != (self._limits.size, self._limits.files):
            return False
        size = count = entries = 0
        for line in lines:
            if not line:
                continue
            found = _LINE.match(line)
            if found is None:
                return False
            size, count, entries = size + int(found[1]), count + int(found[2]), entries + 1
        if size < 0 or count < 0:
            return False
        is_over = self._limits.size and size + self._job.size > self._limits.size
        is_over = is_over or (self._limits.files and count + 1 > self._limits.files)
        if is_over and (entries > 1 or file.stat().st_mtime + OLD < self._job.ctx.world.clock.now()):
            return False
        self.size, self.count = size, count
        return True

    def _anew(self) -> OpenFile:
        """The file with one line for all that there is."""
        world, path = self._job.ctx.world, f"{self._path}/maildirsize"
        measure = Measure(self._job)
        self.size, self.count, changed = measure.of_maildir(self._path, self._wanted)
        now = world.clock.now()
        leaf = f"{int(now)}.H{int(now % 1 * 1_000_000)}P{world.pid}"
        host = self._job.ctx.options["primary_hostname"]
        fresh = f"{self._path}/tmp/{leaf}.{host}"  # noqa: S108 - a part of every maildir
        try:
            file = world.storage.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, MODE)
            file.write(f"{self._limits.size}S,{self._limits.files}C\n{self.size} {self.count}\n".encode())
            world.storage.rename(fresh, path)
        except OSError as problem:
            raise self._failure("create", problem) from None
        if measure.of_maildir(self._path, self._wanted)[2] > changed:  # somebody else has written
            with suppress(OSError):
                world.storage.remove(path)
        return file

    def _failure(self, what: str, problem: OSError) -> Failure:
        return Failure(DEFER, problem.errno or 0, f"while trying to {what} {self._path}/maildirsize")


def _quotas(line: bytes) -> tuple[int, int] | None:
    """The quotas in the first line: bytes and files, None if it is not understood."""
    size = files = at = 0
    while at < len(line):
        found = _PART.match(line, at)
        if found is None:
            return None
        size, files = (int(found[1]), files) if found[2] == b"S" else (size, int(found[1]))
        at = found.end()
    return size, files
