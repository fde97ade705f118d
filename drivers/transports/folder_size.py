"""How large a folder of messages is."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.api.protocols import Pattern
    from drivers.api.transports import Job


class Measure:
    """Finds sizes as the options of a transport want it. Folders count as files beside what is in them."""

    def __init__(self, job: Job) -> None:
        """Raises ``Failed`` for what is no pattern."""
        self._files = job.ctx.world.files
        text = job.transport["quota_size_regex"]
        self._sizes: Pattern | None = job.ctx.pattern(str(text)) if text else None

    def of(self, path: str) -> tuple[int, int]:
        """The size of all files below a folder in bytes, and how many there are with folders."""
        size = count = 0
        for name in self._names(path):
            count += 1
            told = self._told(name)
            if told is not None:
                size += told
                continue
            try:
                found = self._files.stat(f"{path}/{name}")
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode):
                size += found.st_size // max(found.st_nlink, 1)
            elif stat.S_ISDIR(found.st_mode):
                inner = self.of(f"{path}/{name}")
                size, count = size + inner[0], count + inner[1]
        return size, count

    def of_maildir(self, path: str, wanted: Pattern) -> tuple[int, int, int]:
        """The same of those folders of a maildir whose names match, and when the last of them has changed."""
        size = count = changed = 0
        for name in self._names(path):
            if wanted.search(name) is None:
                continue
            try:
                found = self._files.stat(f"{path}/{name}")
            except OSError:
                continue
            if not stat.S_ISDIR(found.st_mode):
                continue
            changed = max(changed, int(found.st_mtime))
            if name.startswith("."):
                further = self.of_maildir(f"{path}/{name}", wanted)
            else:
                further = (*self.of(f"{path}/{name}"), 0)
            size, count, changed = size + further[0], count + further[1], max(changed, further[2])
        return size, count, changed

    def _told(self, name: str) -> int | None:
        """The size that the name of a file tells."""
        found = self._sizes.search(name) if self._sizes is not None else None
        groups = found.groups() if found is not None else []
        return int(groups[1]) if len(groups) > 1 and groups[1].isdigit() else None

    def _names(self, path: str) -> list[str]:
        try:
            return list(self._files.names(path))
        except OSError:
            return []
