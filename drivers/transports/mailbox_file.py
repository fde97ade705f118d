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
    LOCK_FAILED,
    NOT_REGULAR,
    UNKNOWN_FORMAT,
    Failure,
    PassedOn,
)
from drivers.transports import quota
from drivers.transports.lockfile import LockFile
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
    lock = LockFile(job, path)
    if _uses_lock_file(job):
        lock.take()
    try:
        file, before = _opened(job, path)
        try:
            _append(job, path, file, before, limits)
        finally:
            file.close()
    finally:
        lock.give_back()


def _uses_lock_file(job: Job) -> bool:
    chosen = job.transport
    if "use_lockfile" in chosen.options and chosen.options.is_set("use_lockfile"):
        return bool(chosen["use_lockfile"])
    return not chosen["mbx_format"]


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


def _opened(job: Job, path: str) -> tuple[OpenFile, os.stat_result]:
    """The file, open and locked, and what it was. Raises `Failure`."""
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
        return file, file.stat()
    try:
        found = file.stat()
        if not fresh:
            _check(job, path, file, found)
        _lock(job, path, file)
    except BaseException:
        file.close()
        raise
    return file, file.stat()


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


def _lock(job: Job, path: str, file: OpenFile) -> None:
    chosen = job.transport
    tries = max(int(chosen["lock_retries"] or 1), 1)
    for attempt in range(tries):
        try:
            if chosen["use_fcntl_lock"] or not chosen["use_flock_lock"]:
                file.lock()
            if chosen["use_flock_lock"]:
                file.lock(whole=True)
        except OSError:
            if attempt + 1 < tries:
                job.ctx.world.clock.sleep(int(chosen["lock_interval"]))
            continue
        return
    how = "fcntl" if chosen["use_fcntl_lock"] else "flock"
    raise Failure(DEFER, LOCK_FAILED, f"failed to lock mailbox {path} ({how})")


def _append(job: Job, path: str, file: OpenFile, before: os.stat_result, limits: quota.Limits) -> None:
    """Write the message at the end; what goes wrong leaves the file as it was. Raises `Failure`."""
    size = before.st_size
    if size and job.transport["file_format"]:
        _check_format(job, file)
    quota.check(job, limits, size, 0, path)
    try:
        for piece in texts(job):
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
