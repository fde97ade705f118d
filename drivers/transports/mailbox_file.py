"""Mailboxes that are files with one message after the other."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from drivers.api.transports import (
    BAD_CREATION,
    BAD_MODE,
    BAD_OWNER,
    BAD_TRANSPORT,
    DEFER,
    NOT_REGULAR,
    UNKNOWN_FORMAT,
    Failure,
    PassedOn,
)
from drivers.transports import comsat, mbx, quota
from drivers.transports.lockfile import LockFile
from drivers.transports.locking import Locks
from drivers.transports.places import make_folders, may_be_created
from drivers.transports.writing import mode_of, texts
from drivers.values import listtext

if TYPE_CHECKING:
    from drivers.api.storage import OpenFile
    from drivers.api.transports import Job

PERMISSIONS = 0o7777


def deliver(job: Job, path: str) -> None:
    """Add the message to the file. Raises `Failure`."""
    limits = quota.limits(job)
    if not _exists(job, path):
        if job.transport["file_must_exist"]:
            raise Failure(DEFER, 2, f"mailbox {path} does not exist")
        _may_create(job, path)
    lock_file, locks = LockFile(job, path), Locks(job)
    if job.transport["use_lockfile"]:
        lock_file.take()
    try:
        file, before = _locked(job, path, locks)
        try:
            _append(job, path, file, before, limits)
        finally:
            locks.give_back(file)
            file.close()
    finally:
        lock_file.give_back()
    comsat.tell(job, before.st_size)


def _locked(job: Job, path: str, locks: Locks) -> tuple[OpenFile, os.stat_result]:
    """The file, open and locked, and what it was; it is opened again for each try. Raises `Failure`."""
    for attempt in range(locks.tries):
        if attempt:
            job.ctx.world.clock.sleep(int(job.transport["lock_interval"]))
        file, is_pipe = _opened(job, path)
        try:
            if is_pipe or locks.take(file):
                return file, file.stat()
        except BaseException:
            file.close()
            raise
        file.close()
    raise locks.failure(path)


def _exists(job: Job, path: str) -> bool:
    try:
        job.ctx.world.files.lstat(path)
    except OSError:
        return False
    return True


def _may_create(job: Job, path: str) -> None:
    if not may_be_created(job, path):
        raise Failure(DEFER, BAD_CREATION, f"creation of {path} not permitted")
    if job.transport["create_directory"]:
        make_folders(job, path.rpartition("/")[0])


def _opened(job: Job, path: str) -> tuple[OpenFile, bool]:
    """The file, open, and whether it is a named pipe. Raises `Failure`."""
    storage, mode, fresh = job.ctx.world.storage, mode_of(job), not _exists(job, path)
    flags = os.O_RDWR | os.O_APPEND
    if not fresh and _is_fifo(job, path):
        flags = os.O_WRONLY | os.O_NONBLOCK
    try:
        if fresh:
            file = storage.open(path, flags | os.O_CREAT | os.O_EXCL, mode)
        else:
            file = storage.open(path, flags, mode)
    except OSError as problem:
        if flags & os.O_NONBLOCK:
            words = f"while opening named pipe {path} (could mean no process is reading it)"
            raise Failure(DEFER, problem.errno or 0, words) from None
        word = "creating" if fresh else "opening"
        raise Failure(DEFER, problem.errno or 0, f"while {word} mailbox {path}") from None
    if flags & os.O_NONBLOCK:
        return file, True
    if not fresh:
        try:
            _check(job, path, file, file.stat())
        except BaseException:
            file.close()
            raise
    return file, False


def _is_fifo(job: Job, path: str) -> bool:
    """True for a named pipe. Raises `Failure` for what is neither that nor a file."""
    files = job.ctx.world.files
    found = files.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        if not job.transport["allow_symlink"]:
            raise Failure(DEFER, NOT_REGULAR, f"mailbox {path} is a symlink")
        found = files.stat(path)
    if stat.S_ISFIFO(found.st_mode) and job.transport["allow_fifo"]:
        return True
    if not stat.S_ISREG(found.st_mode):
        raise Failure(DEFER, NOT_REGULAR, f"mailbox {path} is not a regular file")
    return False


def _check(job: Job, path: str, file: OpenFile, found: os.stat_result) -> None:
    """See that the file belongs to the right user and has the right permissions. Raises `Failure`."""
    chosen = job.transport
    if chosen["check_owner"] and found.st_uid != job.uid:
        raise Failure(DEFER, BAD_OWNER, f"mailbox {path} has wrong uid ({found.st_uid} != {job.uid})")
    if chosen["check_group"] and found.st_gid != job.gid:
        raise Failure(DEFER, BAD_OWNER, f"mailbox {path} has wrong gid ({found.st_gid} != {job.gid})")
    wanted, mode = mode_of(job), stat.S_IMODE(found.st_mode) & PERMISSIONS
    missing, further = wanted & ~mode, mode & ~wanted
    if missing and chosen["mode_fail_narrower"]:
        words = f"mailbox {path} has the wrong mode {mode:o} ({wanted:o} expected)"
        raise Failure(DEFER, BAD_MODE, words)
    if further:
        try:
            file.set_mode(wanted)
        except OSError as problem:
            raise Failure(DEFER, problem.errno or 0, f"attempting to chmod mailbox {path}") from None


def _append(job: Job, path: str, file: OpenFile, before: os.stat_result, limits: quota.Limits) -> None:
    """Write the message at the end; what goes wrong leaves the file as it was. Raises `Failure`."""
    size = before.st_size
    if size and job.transport["file_format"]:
        _check_format(job, file)
    quota.check(job, limits, *quota.measured(job, size, 0), path)
    pieces = texts(job)
    if job.transport["mbx_format"]:
        pieces = mbx.framed(pieces, job, is_first=not size)
    try:
        for piece in pieces:
            file.write(piece)
    except OSError as problem:
        _cut(file, size)
        raise Failure(DEFER, problem.errno or 0, f"error while writing to {path}") from None
    except Failure:
        _cut(file, size)
        raise
    try:
        job.ctx.world.storage.set_times(path, before.st_atime, job.ctx.world.clock.now())
    except OSError:
        return


def _check_format(job: Job, file: OpenFile) -> None:
    """See that the file begins as those do that this transport writes. Raises `PassedOn` and `Failure`."""
    items = list(listtext.elements(job.transport["file_format"]))
    longest = max(map(len, items))
    file.seek(0)
    start = file.read(longest).decode("latin-1")
    for begin, name in zip(items[::2], items[1::2], strict=False):
        if not start.startswith(begin):
            continue
        if name == job.transport.name:
            return
        if not job.has_transport(name):
            raise Failure(DEFER, BAD_TRANSPORT, f"{name} transport (for {begin} format) not found")
        raise PassedOn(name)
    raise Failure(DEFER, UNKNOWN_FORMAT, "mailbox file format unrecognized")


def _cut(file: OpenFile, size: int) -> None:
    try:
        file.truncate(size)
    except OSError:
        return
