"""What is said of a file that cannot be used: the system's words, and who it is that may not."""

from __future__ import annotations

import errno
import os


def words(code: int, numbers: tuple[int, int] | None = None) -> str:
    """The words of the system for an error number; behind them who lacks rights, where those are missing.

    ``numbers`` are of the user and the group, without which they are the process's own.
    """
    said = os.strerror(code)
    if code != errno.EACCES:
        return said
    uid, gid = numbers or (os.geteuid(), os.getegid())
    return f"{said} (euid={uid} egid={gid})"


def words_for(code: int, acting: tuple[int, int] | None) -> str:
    """The same where work is done in the name of another user, if it is; nobody is named for one's own."""
    return os.strerror(code) if acting is None else words(code, acting)
