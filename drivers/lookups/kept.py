"""Files that lookups read, and what was made of them, kept while they stay the same."""

from __future__ import annotations

import errno
import os
import stat
from _thread import allocate_lock  # all that is wanted of `threading`
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from mmap import mmap

    from drivers.api.outside import World

T = TypeVar("T")

MOST = 32
"""So many files are remembered, as many as Exim holds open by default and some more."""

READ = 16 << 20
"""Files up to this size are read, larger ones mapped."""

_KEPT: dict[tuple[Any, ...], Any] = {}
_LOCK = allocate_lock()
"""Held while what is kept is changed."""


class NotRegular(OSError):
    """What is no ordinary file: a directory with the error number for that, all else a wrong argument."""


def made_of(world: World, path: str, make: Callable[[bytes | mmap], T]) -> T:
    """What ``make`` makes of the contents of a file, made again only when the file has changed.

    Raises ``OSError``, `NotRegular` for what is not read because it is no ordinary file (a pipe would
    make the reader wait), and what ``make`` raises.
    """
    found = world.files.stat(path)
    if not stat.S_ISREG(found.st_mode):
        code = errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.EINVAL
        raise NotRegular(code, os.strerror(code), path)
    try:
        local = world.files.local(path)
    except OSError as error:
        if error.errno != errno.EOPNOTSUPP:
            raise
        return make(world.files.read(path))  # a file that is in memory only
    key = (make, local, found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)
    kept = _KEPT.get(key, _KEPT)
    if kept is not _KEPT and os.access(local, os.R_OK, effective_ids=True):
        return kept  # type: ignore[no-any-return] # made by the same function
    made = make(_contents(local))
    with _LOCK:
        for old in [one for one in _KEPT if one[:2] == key[:2]]:
            _KEPT.pop(old, None)
        while len(_KEPT) >= MOST:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = made
    return made


def _contents(local: str) -> bytes | mmap:
    """The bytes of a file; large ones are mapped.

    A map of a file that someone cuts short ends the process, so files are read as long as that costs nothing.
    """
    with open(local, "rb") as file:  # noqa: PTH123 - the world's paths are strings
        if os.fstat(file.fileno()).st_size <= READ:
            return file.read()
        from mmap import ACCESS_READ, mmap

        return mmap(file.fileno(), 0, access=ACCESS_READ)
