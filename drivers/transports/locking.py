"""Locks on mailboxes while they are open: "Operational details for appending" in the manual."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.transports import DEFER, LOCK_FAILED, Failure

if TYPE_CHECKING:
    from drivers.api.storage import OpenFile
    from drivers.api.transports import Job

POLL = 0.1
"""How many seconds pass from one try to the next while a lock is waited for."""


class Locks:
    """The locks that the options of a transport want on one mailbox.

    ``take`` tries once, or for as long as the timeouts say. Other programs that know c-client's rules share
    the mailbox: there it is a file in ``/tmp`` that is locked exclusively.
    """

    def __init__(self, job: Job) -> None:
        chosen = job.transport
        self._job = job
        self._by_fcntl, self._by_flock = bool(chosen["use_fcntl_lock"]), bool(chosen["use_flock_lock"])
        self._is_mbx = "use_mbx_lock" in chosen.options and bool(chosen["use_mbx_lock"])
        self._beside: OpenFile | None = None
        self._name = ""
        self.tries = _tries(job)

    def take(self, file: OpenFile) -> bool:
        """True if the mailbox is locked. Raises `Failure`."""
        if not self._lock(file, shared=self._is_mbx):
            return False
        if not self._is_mbx:
            return True
        found = file.stat()
        self._name = f"/tmp/.{found.st_dev:x}.{found.st_ino:x}"  # noqa: S108 - the rules of c-client name it
        self._beside = self._opened_beside()
        if self._lock(self._beside):
            return True
        self._beside.close()
        self._beside = None
        return False

    def give_back(self, file: OpenFile) -> None:
        """Take away the file beside, if nobody else shares the mailbox, and close it."""
        if self._beside is None:
            return
        if self._lock(file, waits=False):
            with suppress(OSError):
                self._job.ctx.world.storage.remove(self._name)
        self._beside.close()

    def failure(self, path: str) -> Failure:
        """What is said of a mailbox that somebody else has locked."""
        return Failure(DEFER, LOCK_FAILED, f"failed to lock mailbox {path} (fcntl/flock)")

    def _opened_beside(self) -> OpenFile:
        world = self._job.ctx.world
        with suppress(OSError):
            if not stat.S_ISREG(world.files.lstat(self._name).st_mode):
                raise Failure(DEFER, LOCK_FAILED, f"MBX lock file {self._name} is not a regular file")
        try:
            mode = int(self._job.transport["lockfile_mode"])
            return world.storage.open(self._name, os.O_RDWR | os.O_CREAT, mode)
        except OSError as problem:
            words = f"failed to open MBX lock file {self._name} :{os.strerror(problem.errno or 0)}"
            raise Failure(DEFER, LOCK_FAILED, words) from None

    def _lock(self, file: OpenFile, *, shared: bool = False, waits: bool = True) -> bool:
        chosen = self._job.transport
        ways = []
        if self._by_fcntl:
            ways.append((False, int(chosen["lock_fcntl_timeout"] or 0)))
        if self._by_flock:
            ways.append((True, int(chosen["lock_flock_timeout"] or 0)))
        return all(
            self._lock_by(file, whole=whole, shared=shared, patience=patience if waits else 0)
            for whole, patience in ways
        )

    def _lock_by(self, file: OpenFile, *, whole: bool, shared: bool, patience: int) -> bool:
        clock = self._job.ctx.world.clock
        end = clock.now() + patience
        while True:
            try:
                file.lock(shared=shared, whole=whole)
            except OSError:
                if clock.now() >= end:
                    return False
                clock.sleep(POLL)
            else:
                return True


def _tries(job: Job) -> int:
    """How often a mailbox is tried: less often where each try waits by itself."""
    chosen = job.transport
    tries, interval = max(int(chosen["lock_retries"] or 1), 1), int(chosen["lock_interval"] or 0)
    longest = max(int(chosen["lock_fcntl_timeout"] or 0), int(chosen["lock_flock_timeout"] or 0))
    return tries if not longest else max(-(-tries * interval // longest), 1)
