"""Quotas of folders in which each message is a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.transports import DEFER, Failure
from drivers.transports import places, quota
from drivers.transports.folder_size import Measure

if TYPE_CHECKING:
    from drivers.api.transports import Job


def check_quota(job: Job, limits: quota.Limits, path: str, shown: str, fresh: str) -> None:
    """See that the message fits into a folder where there is one for the ``fresh`` file. Raises `Failure`."""
    if not limits.matter:
        return
    try:
        job.ctx.world.files.stat(path)
    except OSError as problem:
        raise Failure(DEFER, problem.errno or 0, f"while creating file {fresh}") from None
    top, size, count = places.quota_directory(job, path), 0, 0
    if not job.transport["mailbox_size"] or (limits.files and not job.transport["mailbox_filecount"]):
        size, count = Measure(job).of(top)
    quota.check(job, limits, *quota.measured(job, size, count), shown)
