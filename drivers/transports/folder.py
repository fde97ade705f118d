"""Folders in which each message gets a file of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import is_tainted
from drivers.api.transports import DEFER, PANIC, Failure
from drivers.transports import places, quota, recovery
from drivers.transports.folder_quota import check_quota
from drivers.transports.places import may_be_created
from drivers.transports.writing import write_file

if TYPE_CHECKING:
    from drivers.api.transports import Job

REFUSED_SINCE = "4.97"
"""Before, what comes from outside could be the name of a file, but not of a folder."""


def deliver(job: Job, path: str) -> None:
    """Put the message into a file of its own. Raises `Failure`."""
    if job.transport["mailstore_format"]:
        from drivers.transports import mailstore

        mailstore.deliver(job, path)
        return
    limits = quota.limits(job)
    if job.transport["maildir_format"]:
        from drivers.transports import maildir

        maildir.deliver(job, path, limits)
        return
    if recovery.was_finished(job):
        return
    places.prepare(job, path)
    _plain(job, path, limits)


def _plain(job: Job, path: str, limits: quota.Limits) -> None:
    ctx, world, text = job.ctx, job.ctx.world, str(job.transport["directory_file"])
    fresh = f"{path}/temp.{world.pid}.{ctx.options['primary_hostname']}"
    check_quota(job, limits, path, fresh, fresh)
    if job.only_checks:
        return
    write_file(job, fresh)
    ctx.facts["inode"] = str(world.files.stat(fresh).st_ino)
    try:
        name = ctx.expand(text)
    except ExpansionError as problem:
        with suppress(OSError):
            world.storage.remove(fresh)
        what = f"directory_file for {job.transport.name} transport"
        raise Failure(PANIC, 0, f'Expansion of "{text}" ({what}) failed: {problem.message}') from None
    finally:
        ctx.facts["inode"] = "0"
    if (job.transport["create_file"] or "").startswith("/") and may_be_created(job, f"{path}/{name}"):
        name = str(name)  # a folder is named that it cannot get out of
    if is_tainted(name) and ctx.profile.at_least(REFUSED_SINCE):
        with suppress(OSError):
            world.storage.remove(fresh)
        words = f"Tainted '{name}' (file or directory name for {job.transport.name} transport) not permitted"
        raise Failure(PANIC, 0, words)
    _rename(job, fresh, f"{path}/{name}")


def _rename(job: Job, path: str, to: str) -> None:
    storage = job.ctx.world.storage
    try:
        _must_be_new(job, to)
        recovery.renames(job, path, to)
        storage.rename(path, to)
    except OSError as problem:
        recovery.gives_up(job, path)
        with suppress(OSError):
            storage.remove(path)
        raise Failure(DEFER, problem.errno or 0, f"while renaming {path} as {to}") from None


def _must_be_new(job: Job, path: str) -> None:
    try:
        job.ctx.world.files.lstat(path)
    except OSError:
        return
    raise FileExistsError(17, "File exists", path)
