"""The lookup of LMDB files."""

from __future__ import annotations

import errno
import os
import stat
from struct import Struct
from threading import Lock
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Deferred, Failed
from drivers.api.unit import lookup
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.outside import World

    Get = Callable[[bytes], bytes | None]
    Identity = tuple[int, int, int, int]

MAGIC = 0xBEEFC0DE
NO_FILE_OF_THIS_KIND = "MDB_INVALID: File is not an LMDB file"
_META = Struct("=16xI20xI92xQ8x")
"""One of the two heads of a file: the magic number, the size of a page, the number of the last page."""

_OPEN: dict[str, tuple[Identity, Any, Get]] = {}
"""The environments that are open, by real path: the library opens none twice in one process."""

_LOCK = Lock()


def _environment(world: World, path: str) -> Get:
    """What gives the value of a key. Raises `Failed` in Exim's words, which hold the library's."""
    try:
        found = world.files.stat(path)
        if not stat.S_ISREG(found.st_mode):
            code = errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.EINVAL
            raise OSError(code, os.strerror(code))
        local = world.files.local(path)
    except OSError as error:
        raise _unable(path, os.strerror(error.errno or errno.EIO)) from error
    identity = (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)
    with _LOCK:
        kept = _OPEN.get(local)
        if kept is not None:
            if kept[0] == identity:
                return kept[2]
            del _OPEN[local]
            kept[1].close()
        if found.st_size and not _is_whole(world.files.read(path, 2 * 65536), found.st_size):
            raise _unable(path, NO_FILE_OF_THIS_KIND)
        environment, get = _opened(path, local)
        _OPEN[local] = identity, environment, get
        return get


def _opened(path: str, local: str) -> tuple[Any, Get]:
    """The environment and what reads its unnamed database; no lock file is made."""
    import lmdb

    step = f"open environment with {path}"
    try:
        environment = lmdb.open(
            local, subdir=False, readonly=True, create=False, lock=False, max_spare_txns=0
        )
        step = "start transaction"
        transaction = environment.begin(buffers=False)
    except (lmdb.Error, OSError) as error:
        raise Failed(f"LMDB: Unable to {step}: {_words(error, local)}") from None
    return environment, transaction.get


def _is_whole(head: bytes, size: int) -> bool:
    """True if the file has all the pages that it says to have: the library would crash on one that is cut."""
    if len(head) < _META.size:
        return False
    magic, page, last = _META.unpack_from(head)
    if magic != MAGIC or len(head) < page + _META.size:
        return False
    magic, _page, newer = _META.unpack_from(head, page)
    return bool(magic == MAGIC and (max(last, newer) + 1) * page <= size)


def _unable(path: str, words: str) -> Failed:
    return Failed(f"LMDB: Unable to open environment with {path}: {words}")


def _words(error: Exception, local: str) -> str:
    """What the library itself says: before it stands the function or the file."""
    text = str(error).removeprefix(f"{local}: ")
    return text.partition(": ")[2] if text.startswith("mdb_") else text


@lookup(
    "lmdb",
    syntax="lmdb{<file>}",
    section="File and database lookups",
    since="4.88",
    feature="lookup_lmdb",
    style=SINGLE_KEY,
    steady=True,
)
def lmdb(world: World, path: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Look a key up in the unnamed database of an LMDB file.

    The file is one by itself, without a folder around it, as ``mdb_load -n`` makes it; it is opened
    for reading and nothing is written beside it. Keys have no NUL at the end. Raises `Failed` for a file
    that cannot be opened, and `Deferred` for what goes wrong while it is read.
    """
    get = _environment(world, path)

    def find(key: str) -> str | None:
        try:
            value = get(key.encode("latin-1"))
        except Exception as error:
            if type(error).__module__ != "lmdb":
                raise
            raise Deferred(f"LMDB: lookup error: {_words(error, path)}") from None
        if value is None:
            return None
        return (value.partition(b"\0")[0] if b"\0" in value else value).decode("latin-1")

    return find
