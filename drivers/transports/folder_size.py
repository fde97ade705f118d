"""How large a folder of messages is."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.api.protocols import Pattern
    from drivers.api.transports import Job


def of(job: Job, path: str, *, is_maildir: bool) -> tuple[int, int]:
    """The size of all files below a folder in bytes, and how many there are. Raises ``Failed``."""
    counted = job.ctx.pattern(str(job.transport["maildir_quota_directory_regex"])) if is_maildir else None
    text = job.transport["quota_size_regex"]
    sizes = job.ctx.pattern(str(text)) if text else None
    return _sum(job, path, counted, sizes, is_top=True)


def _sum(
    job: Job, path: str, counted: Pattern | None, sizes: Pattern | None, *, is_top: bool
) -> tuple[int, int]:
    files = job.ctx.world.files
    size = count = 0
    try:
        names = files.names(path)
    except OSError:
        return 0, 0
    for name in names:
        try:
            found = files.stat(f"{path}/{name}")
        except OSError:
            continue
        if stat.S_ISDIR(found.st_mode):
            if counted is None or counted.search(name) is not None:
                inner = _sum(job, f"{path}/{name}", counted, sizes, is_top=False)
                size, count = size + inner[0], count + inner[1]
        elif stat.S_ISREG(found.st_mode):
            told = sizes.search(name) if sizes is not None else None
            groups = told.groups() if told is not None else []
            size += int(groups[1]) if len(groups) > 1 and groups[1].isdigit() else found.st_size
            count += 1
    return size, count
