"""Folders in which each message gets a file of its own: plain ones and maildir."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import is_tainted
from drivers.api.transports import BAD_CREATION, DEFER, PANIC, Failure
from drivers.transports import folder_size, quota
from drivers.transports.places import make_folders, may_be_created
from drivers.transports.writing import mode_of, texts

if TYPE_CHECKING:
    from drivers.api.transports import Job

_NOT_GRAPHIC = {code for code in range(256) if not 0x21 <= code <= 0x7E}


def deliver(job: Job, path: str) -> None:
    """Put the message into a file of its own. Raises `Failure`."""
    if job.transport["mailstore_format"]:
        from drivers.transports import mailstore

        mailstore.deliver(job, path)
        return
    is_maildir = bool(job.transport["maildir_format"])
    prepare(job, path, ("tmp", "new", "cur") if is_maildir else ())
    limits = quota.limits(job)
    if is_maildir:
        _maildir(job, path, limits)
    else:
        _plain(job, path, limits)


def prepare(job: Job, path: str, parts: tuple[str, ...]) -> None:
    """Make the folder where it is missing, with its parts. Raises `Failure`."""
    files = job.ctx.world.files
    for folder in (path, *(f"{path}/{part}" for part in parts)):
        try:
            files.stat(folder)
        except OSError as problem:
            if not job.transport["create_directory"]:
                what = "maildir " if parts else ""
                raise Failure(
                    DEFER, problem.errno or 0, f"stat() error for {what}directory {folder}"
                ) from None
            if not may_be_created(job, folder):
                raise Failure(DEFER, BAD_CREATION, f"creation of {folder} not permitted") from None
            make_folders(job, folder)


def _maildir(job: Job, path: str, limits: quota.Limits) -> None:
    ctx, world = job.ctx, job.ctx.world
    now = world.clock.now()
    host = str(ctx.options["primary_hostname"])
    leaf = f"{int(now)}.H{round(now % 1 * 1_000_000) % 1_000_000}P{world.pid}.{host}"
    size, count = folder_size.of(job, path, is_maildir=True) if limits.size or limits.files else (0, 0)
    quota.check(job, limits, size, count, f"tmp/{leaf}")
    fresh = f"{path}/tmp/{leaf}"  # noqa: S108 - a part of every maildir
    written = _write(job, fresh)
    tag = ""
    if job.transport["maildir_tag"]:
        ctx.facts["message_size"], before = str(written), ctx.facts.get("message_size", "")
        try:
            tag = _tag(job)
        except Failure:
            with suppress(OSError):
                world.storage.remove(fresh)
            raise
        finally:
            ctx.facts["message_size"] = before
    _rename(job, fresh, f"{path}/new/{leaf}{tag}")


def _tag(job: Job) -> str:
    text = str(job.transport["maildir_tag"])
    try:
        value = job.ctx.expand(text)
    except ExpansionError as problem:
        what = f"maildir_tag for {job.transport.name} transport"
        raise Failure(DEFER, -1, f'Expansion of "{text}" ({what}) failed: {problem.message}') from None
    value = "".join(char for char in value if ord(char) not in _NOT_GRAPHIC and char != "/")
    return f":{value}" if value[:1].isalnum() else value


def _plain(job: Job, path: str, limits: quota.Limits) -> None:
    ctx, world, text = job.ctx, job.ctx.world, str(job.transport["directory_file"])
    fresh = f"{path}/temp.{world.pid}.{ctx.options['primary_hostname']}"
    size, count = folder_size.of(job, path, is_maildir=False) if limits.size or limits.files else (0, 0)
    quota.check(job, limits, size, count, fresh)
    _write(job, fresh)
    ctx.facts["inode"] = str(world.files.stat(fresh).st_ino)
    try:
        name = ctx.expand(text)
    except ExpansionError as problem:
        with suppress(OSError):
            world.storage.remove(fresh)
        what = f"directory_file for {job.transport.name} transport"
        raise Failure(DEFER, -1, f'Expansion of "{text}" ({what}) failed: {problem.message}') from None
    finally:
        ctx.facts["inode"] = "0"
    if (job.transport["create_file"] or "").startswith("/") and may_be_created(job, f"{path}/{name}"):
        name = str(name)  # a folder is named that it cannot get out of
    if is_tainted(name):
        with suppress(OSError):
            world.storage.remove(fresh)
        words = f"Tainted '{name}' (file or directory name for {job.transport.name} transport) not permitted"
        raise Failure(PANIC, 0, words)
    _rename(job, fresh, f"{path}/{name}")


def _write(job: Job, path: str) -> int:
    """Write the message into a new file: how many bytes it has. Raises `Failure`."""
    storage, mode, size = job.ctx.world.storage, mode_of(job), 0
    try:
        file = storage.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as problem:
        raise Failure(DEFER, problem.errno or 0, f"while creating file {path}") from None
    try:
        for piece in texts(job, in_folder=True):
            file.write(piece)
            size += len(piece)
        file.sync()
    except (OSError, Failure) as problem:
        with suppress(OSError):
            storage.remove(path)
        if isinstance(problem, Failure):
            raise
        raise Failure(DEFER, problem.errno or 0, f"error while writing to {path}") from None
    finally:
        file.close()
    return size


def _rename(job: Job, path: str, to: str) -> None:
    storage = job.ctx.world.storage
    try:
        if not job.transport["maildir_format"]:
            _must_be_new(job, to)
        storage.rename(path, to)
    except OSError as problem:
        with suppress(OSError):
            storage.remove(path)
        raise Failure(DEFER, problem.errno or 0, f"while renaming {path} as {to}") from None


def _must_be_new(job: Job, path: str) -> None:
    try:
        job.ctx.world.files.lstat(path)
    except OSError:
        return
    raise FileExistsError(17, "File exists", path)
