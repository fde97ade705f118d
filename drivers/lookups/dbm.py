"""The lookups of DBM files."""

from __future__ import annotations

import errno
from struct import error as out_of_bounds
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import from_bytes, to_bytes
from drivers.api.unit import lookup
from drivers.lookups import dbm_libraries
from drivers.lookups.berkeley import SHORT, BerkeleyFile, WrongFormatError
from drivers.lookups.kept import made_of
from drivers.values import listtext, refusal
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from mmap import mmap

    from drivers.api.protocols import Context

    Find = Callable[[str], str | None]
    Get = Callable[[bytes], bytes | None]

NUL = "\0"


def _opened(ctx: Context, path: str) -> Get:
    """What gives the value of a key. Raises `Failed` in Exim's words, `Unsupported` without the library."""
    library = dbm_libraries.of(ctx.profile)
    try:
        if library != dbm_libraries.BERKELEY:
            return dbm_libraries.opened(ctx.world, library, path)
        return made_of(ctx.world, path, _reader)
    except WrongFormatError as error:
        for line in error.said:
            ctx.log(f"Berkeley DB error: {line.replace('%s', path)}")
        # The library has another word for this, which Exim does not tell.
        raise _open_failed(path, library, errno.ENOENT) from None
    except OSError as error:
        code = error.errno or 0
        if library == dbm_libraries.BERKELEY:
            if code == errno.EINVAL:  # a device, of which /dev/null is the one that is named in earnest
                ctx.log(f"Berkeley DB error: {SHORT.replace('%s', path)}")
            code = errno.ENOENT if code == errno.EINVAL else code or errno.EIO
        raise _open_failed(path, library, code) from error


def _open_failed(path: str, library: str, code: int) -> Failed:
    return Failed(f"failed to open {path} as a {library} file: {refusal.words(code)}")


def _reader(data: bytes | mmap) -> Get:
    return BerkeleyFile(data).get


def _found(get: Get, key: str) -> str | None:
    """The value of a key up to its first NUL; a file that is damaged there has none, as for Exim."""
    try:
        value = get(to_bytes(key))
    except (out_of_bounds, IndexError):
        return None
    return None if value is None else from_bytes(value.partition(b"\0")[0])


@lookup(
    "dbm",
    syntax="dbm{<file>}",
    section="File and database lookups",
    feature="lookup_dbm",
    style=SINGLE_KEY,
    steady=True,
)
def dbm(ctx: Context, path: str, _options: Sequence[str]) -> Find:
    """Look a key up in a DBM file whose keys end with a NUL.

    The file is one of Berkeley DB, a hash table (as ``exim_dbmbuild`` writes it) or a B-tree, of either byte
    order; in builds with ``hints_gdbm`` or ``hints_ndbm`` one of that library, by Python's module for it. The
    key counts as it is, case and all. Of several values the first is taken, and it ends at a NUL. Raises
    `Failed` for a file that cannot be opened or is none of these, `Unsupported` where there is no such module
    and in builds with another library.
    """
    get = _opened(ctx, path)
    return lambda key: _found(get, key + NUL)


@lookup(
    "dbmnz",
    syntax="dbmnz{<file>}",
    section="File and database lookups",
    feature="lookup_dbm",
    style=SINGLE_KEY,
    steady=True,
)
def dbmnz(ctx: Context, path: str, _options: Sequence[str]) -> Find:
    """Look a key up in a DBM file whose keys have no NUL at the end.

    All else is as in `dbm`.
    """
    get = _opened(ctx, path)
    return lambda key: _found(get, key)


@lookup(
    "dbmjz",
    syntax="dbmjz{<file>}",
    section="File and database lookups",
    since="4.80",
    feature="lookup_dbm",
    style=SINGLE_KEY,
    steady=True,
)
def dbmjz(ctx: Context, path: str, _options: Sequence[str]) -> Find:
    """Look up a list whose elements are joined by NULs as the key of a DBM file.

    Files of SASL passwords have such keys. All else is as in `dbm`.
    """
    get = _opened(ctx, path)

    def find(key: str) -> str | None:
        elements = listtext.split(key)
        if not elements:
            return None
        # Exim puts one NUL more before the key if its first element is empty.
        return _found(get, NUL.join(elements if elements[0] else ["", *elements]))

    return find
