"""Lock files beside mailboxes, made by way of a second name so that they are safe over a network."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.text import to_bytes
from drivers.api.transports import DEFER, LOCK_FAILED, Failure

if TYPE_CHECKING:
    from drivers.api.transports import Job


class LockFile:
    """The lock file of a mailbox; see "Operational details for locking"."""

    def __init__(self, job: Job, path: str) -> None:
        self._job = job
        self._mailbox = path
        self._path = f"{path}.lock"
        self._is_taken = False

    def take(self) -> None:
        """Take the lock, waiting as the options say. Raises `Failure`."""
        job, chosen = self._job, self._job.transport
        tries = max(int(chosen["lock_retries"] or 1), 1)
        for attempt in range(tries):
            if self._try():
                self._is_taken = True
                return
            self._remove_old()
            if attempt + 1 < tries:
                job.ctx.world.clock.sleep(int(chosen["lock_interval"]))
        raise Failure(DEFER, LOCK_FAILED, f"failed to lock mailbox {self._mailbox} (lock file)")

    def give_back(self) -> None:
        """Remove the lock file."""
        if self._is_taken:
            with suppress(OSError):
                self._job.ctx.world.storage.remove(self._path)

    def _try(self) -> bool:
        job, world = self._job, self._job.ctx.world
        host = str(job.ctx.options["primary_hostname"])
        post = f"{self._path}.{host}.{int(world.clock.now()):08x}.{world.pid:08x}"
        mode = int(job.transport["lockfile_mode"])
        try:
            file = world.storage.open(post, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except OSError as problem:
            who = f"(euid={job.uid} egid={job.gid})"
            raise Failure(
                DEFER, problem.errno or 0, f"creating lock file hitching post {post} {who}"
            ) from None
        try:
            file.write(to_bytes(f"{world.pid}\n"))
            with suppress(OSError):
                world.storage.link(post, self._path)
            return file.stat().st_nlink == 2
        finally:
            file.close()
            with suppress(OSError):
                world.storage.remove(post)

    def _remove_old(self) -> None:
        """A lock file that is too old was left over by somebody."""
        world, longest = self._job.ctx.world, int(self._job.transport["lockfile_timeout"])
        with suppress(OSError):
            if longest and world.clock.now() - world.files.lstat(self._path).st_ctime > longest:
                world.storage.remove(self._path)
