"""DBM files of the libraries that the standard library of Python binds: GDBM and NDBM."""

from __future__ import annotations

import errno
import os
import stat
from importlib import import_module
from typing import TYPE_CHECKING

from drivers.api.errors import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from drivers.api.outside import World
    from drivers.api.profile import Profile

    Get = Callable[[bytes], bytes | None]

BERKELEY, GDBM, NDBM, TDB, SQLITE = "db (v4.1+)", "gdbm", "ndbm", "tdb", "sqlite3"
"""What Exim calls the libraries that it can be built with."""

_BUILT_WITH = {"hints_gdbm": GDBM, "hints_ndbm": NDBM, "hints_tdb": TDB, "hints_sqlite": SQLITE}
_MODULES = {GDBM: "dbm.gnu", NDBM: "dbm.ndbm"}
_ENDS = (".db", ".pag")
"""What NDBM puts behind the name of a file: one file of Berkeley DB, or a pair as of old."""


def of(profile: Profile) -> str:
    """The library with which a build reads the files of the lookups: the one of its hints databases."""
    return next((name for feature, name in _BUILT_WITH.items() if profile.built_with(feature)), BERKELEY)


def opened(world: World, library: str, path: str) -> Get:
    """What gives the value of a key in a file of a library other than Berkeley DB.

    Raises ``OSError`` for what cannot be opened, without a number where only the library knows why, and
    `Unsupported` for a library that Python has no module for, and for a file that is in memory only.
    """
    module = _module(library)
    local = _local(world, library, path)
    file = module.open(local, "r")

    def get(key: bytes) -> bytes | None:
        try:
            found: bytes | None = file.get(key)
        except module.error:
            return None  # the file is damaged there
        return found

    return get


def _module(library: str) -> ModuleType:
    name = _MODULES.get(library)
    if name is None:
        message = f"DBM files of the library {library} are not supported by eximulate: it has no client"
        raise Unsupported(message)
    try:
        return import_module(name)
    except ImportError as missing:
        message = f"DBM files of the library {library} are not supported by a Python without {missing.name}"
        raise Unsupported(message) from None


def _local(world: World, library: str, path: str) -> str:
    """The name for the library. Raises ``OSError`` for what is no ordinary file (a pipe makes one wait)."""
    place = path if library == GDBM else path + _end(world, path)
    mode = world.files.stat(place).st_mode
    if not stat.S_ISREG(mode):
        code = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(code, os.strerror(code), place)
    try:
        local = world.files.local(place)
    except OSError as error:
        if error.errno != errno.EOPNOTSUPP:
            raise
        message = (
            f"DBM files of the library {library} are not supported by eximulate where they are in memory"
        )
        raise Unsupported(message) from None
    return local.removesuffix(place.removeprefix(path)) if library == NDBM else local


def _end(world: World, path: str) -> str:
    try:
        world.files.stat(path + _ENDS[0])
    except FileNotFoundError:
        return _ENDS[1]
    return _ENDS[0]
