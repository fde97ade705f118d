"""Mailboxes that are files with one message after the other."""

from __future__ import annotations

import errno
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
from drivers.transports import comsat, mbx, quota, recovery
from drivers.transports.lockfile import LockFile
from drivers.transports.locking import Locks
from drivers.transports.places import make_folders, may_be_created
from drivers.transports.writing import mode_of, texts
from drivers.values import listtext
from drivers.values.presence import has_name

if TYPE_CHECKING:
    from drivers.api.storage import OpenFile
    from drivers.api.transports import Job

PERMISSIONS = 0o7777


def deliver(job: Job, path: str) -> None:
    """Add the message to the file. Raises `Failure`."""
    limits = quota.limits(job)
    if (
        not has_name(job.ctx.world.files, path)
        and job.transport["create_directory"]
        and may_be_created(job, path)
    ):
        make_folders(job, path.rpartition("/")[0], told=path)
    lock_file, locks = LockFile(job, path), Locks(job)
    if job.transport["use_lockfile"]:
        lock_file.take()
    try:
        file, before = _locked(job, path, locks)
        try:
            if stat.S_ISREG(before.st_mode) and recovery.was_added(job, path, file):
                return
            _append(job, path, file, file.stat(), limits)
        finally:
            locks.give_back(file)
            file.close()
    finally:
        lock_file.give_back()
    if job.only_checks:
        return
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


def _opened(job: Job, path: str) -> tuple[OpenFile, bool]:
    """The file, open, and whether it is a named pipe. Raises `Failure`."""
    storage, mode = job.ctx.world.storage, mode_of(job)
    flags, is_pipe, what = os.O_RDWR | os.O_APPEND, False, "opening mailbox"
    changes_mode = False
    if has_name(job.ctx.world.files, path):
        found = _target(job, path)
        if found is None:  # a link to nowhere: whoever follows it makes the file
            flags |= os.O_CREAT
            what = "creating mailbox"
        else:
            is_pipe = stat.S_ISFIFO(found.st_mode)
            changes_mode = _check(job, path, found)
            if is_pipe:
                flags = os.O_WRONLY | os.O_NONBLOCK
    else:
        _check_creation(job, path)
        flags |= os.O_CREAT | os.O_EXCL
        what = "creating mailbox"
    try:
        file = storage.open(path, flags, mode)
    except OSError as problem:
        if flags & os.O_EXCL and problem.errno == errno.EEXIST:
            return _opened(job, path)  # another delivery has made it meanwhile
        words = f"while {what} {path}"
        if is_pipe:
            words = f"while opening named pipe {path} (could mean no process is reading it)"
        raise Failure(DEFER, problem.errno or 0, words) from None
    if changes_mode:
        try:
            file.set_mode(mode)
        except OSError as problem:
            file.close()
            raise Failure(DEFER, problem.errno or 0, f"attempting to chmod mailbox {path}") from None
    return file, is_pipe


def _check_creation(job: Job, path: str) -> None:
    """See that a new file may be made. Raises `Failure`."""
    if job.transport["file_must_exist"]:
        words = f"mailbox {path} does not exist, but file_must_exist is set"
        raise Failure(DEFER, errno.ENOENT, words)
    if not may_be_created(job, path):
        words = f"mailbox {path} does not exist, but creation outside the home directory is not permitted"
        raise Failure(DEFER, BAD_CREATION, words)


def _target(job: Job, path: str) -> os.stat_result | None:
    """What the path leads to, None for a link that leads nowhere. Raises `Failure`."""
    files = job.ctx.world.files
    found = files.lstat(path)
    if not stat.S_ISLNK(found.st_mode):
        return found
    _check_owner(job, path, found, " (symlink)")
    if not job.transport["allow_symlink"]:
        return found
    try:
        return files.stat(path)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise Failure(DEFER, problem.errno or 0, f"attempting to stat mailbox {path}") from None


def _check_owner(job: Job, path: str, found: os.stat_result, what: str = "") -> None:
    chosen = job.transport
    if chosen["check_owner"] and found.st_uid != job.uid:
        words = f"mailbox {path}{what} has wrong uid ({found.st_uid} != {job.uid})"
        raise Failure(DEFER, BAD_OWNER, words)
    if chosen["check_group"] and found.st_gid != job.gid:
        words = f"mailbox {path}{what} has wrong gid ({found.st_gid} != {job.gid})"
        raise Failure(DEFER, BAD_OWNER, words)


def _check(job: Job, path: str, found: os.stat_result) -> bool:
    """See that this is a file of the right user with the right permissions. Raises `Failure`.

    True if it has permissions that are to be taken away.
    """
    chosen = job.transport
    _check_owner(job, path, found)
    is_pipe = bool(chosen["allow_fifo"]) and stat.S_ISFIFO(found.st_mode)
    if not stat.S_ISREG(found.st_mode) and not is_pipe:
        kind = " or named pipe" if chosen["allow_fifo"] else ""
        raise Failure(DEFER, NOT_REGULAR, f"mailbox {path} is not a regular file{kind}")
    wanted, mode = mode_of(job), stat.S_IMODE(found.st_mode) & PERMISSIONS
    missing, further = wanted & ~mode, mode & ~wanted
    if missing and chosen["mode_fail_narrower"]:
        words = f"mailbox {path} has the wrong mode {mode:o} ({wanted:o} expected)"
        raise Failure(DEFER, BAD_MODE, words)
    return bool(further)


def _append(job: Job, path: str, file: OpenFile, before: os.stat_result, limits: quota.Limits) -> None:
    """Write the message at the end; what goes wrong leaves the file as it was. Raises `Failure`."""
    size = before.st_size
    if size and job.transport["file_format"]:
        _check_format(job, file)
    quota.check(job, limits, *quota.measured(job, size, 0), path)
    if job.only_checks:
        return
    pieces = mbx.framed(texts, job, is_first=not size) if job.transport["mbx_format"] else texts(job)
    if job.transport["mbx_format"] and not size and job.warns_above is not None:
        job.warns_above -= mbx.HEAD  # which counts for the warning, but not as written
    is_file = stat.S_ISREG(before.st_mode)
    try:
        for piece in recovery.noted(job, path, size, pieces) if is_file else pieces:
            file.write(piece)
        if is_file:
            file.sync()
    except OSError as problem:
        _cut(file, size)
        raise Failure(DEFER, problem.errno or 0, f"error while writing to {path}") from None
    except Failure as failure:
        _cut(file, size)
        raise failure.while_writing(path) from None
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
