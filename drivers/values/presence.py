"""Whether there is something of a name among files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.api.outside import Files


def is_there(files: Files, path: str) -> bool:
    """True if a path leads to something; a link that leads nowhere does not."""
    try:
        files.stat(path)
    except OSError:
        return False
    return True


def has_name(files: Files, path: str) -> bool:
    """True if something is called so, be it a link that leads nowhere."""
    try:
        files.lstat(path)
    except OSError:
        return False
    return True
