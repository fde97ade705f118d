"""The queuefile transport: the files of the message on the spool are copied to another directory."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.transports import DEFER, PANIC, Failure
from drivers.api.unit import transport

if TYPE_CHECKING:
    from drivers.api.transports import Job

MODE = 0o640
SUFFIXES = ("-H", "-D")


@transport(
    "queuefile", syntax="driver = queuefile", section="The queuefile transport", feature="transport_queuefile"
)
def queuefile(job: Job) -> None:
    """Copy the header and the data of the message as they are on the spool: both files or none.

    A file that lies on the same file system gets a second name. The other generic options mean nothing here.
    """
    name, files = job.transport.name, job.ctx.world.files
    directory = _directory(job)
    try:
        files.names(directory)
    except OSError as problem:
        what = f"{name} transport accessing directory: {directory} failed with error"
        raise Failure(PANIC, problem.errno or 0, f"{what}: {os.strerror(problem.errno or 0)}") from None
    if job.is_trial:
        return
    made: list[str] = []
    try:
        for suffix in SUFFIXES:
            _copy(job, suffix, f"{directory}/{job.message}{suffix}")
            made.append(f"{directory}/{job.message}{suffix}")
    except Failure:
        for path in made:
            with suppress(OSError):
                job.ctx.world.storage.remove(path)
        raise


def _directory(job: Job) -> str:
    name = job.transport.name
    try:
        directory = job.ctx.expand(str(job.transport["directory"] or ""))
    except ExpansionError:
        raise Failure(DEFER, 0, f"{name} transport: failed to expand dirname option") from None
    if not directory.startswith("/"):
        raise Failure(PANIC, 0, f"{name} transport directory: {directory} is not absolute")
    return directory


def _copy(job: Job, suffix: str, to: str) -> None:
    """Give a file of the spool a second name, or copy it where that cannot be. Raises `Failure`."""
    path = job.spool_file(suffix)
    files, storage = job.ctx.world.files, job.ctx.world.storage
    what, at = "linking", to
    try:
        if files.stat(path).st_dev == files.stat(to.rpartition("/")[0]).st_dev:
            storage.link(path, to)
            return
        what, at = "opening", path
        mode, data = stat.S_IMODE(files.stat(path).st_mode), job.spool_data(suffix)
        first = next(data, b"")
        what, at = "creating", to
        target = storage.open(to, os.O_RDWR | os.O_CREAT | os.O_EXCL, MODE)
        try:
            what = "setting perms on"
            target.set_mode(mode)
            what = "creating"
            for piece in chain((first,), data):
                target.write(piece)
            target.sync()
        finally:
            target.close()
    except OSError as problem:
        if what != "linking" and problem.errno != 17:
            with suppress(OSError):
                storage.remove(to)
        words = f"{job.transport.name} transport {what} file: {at} failed with error"
        raise Failure(DEFER, problem.errno or 0, f"{words}: {os.strerror(problem.errno or 0)}") from None
