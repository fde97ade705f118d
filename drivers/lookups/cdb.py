"""The lookup of constant databases."""

from __future__ import annotations

import errno
import stat
from struct import Struct
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, Failed
from drivers.api.text import from_bytes, to_bytes
from drivers.api.unit import lookup
from drivers.lookups.opening import open_failed
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.outside import World

PAIR = Struct("<II")
HEADER = 2048
"""A pair (place and number of slots) for each of 256 tables of hashes."""

START = 5381


def hashed(key: bytes) -> int:
    """The hash of a key, 32 bits wide."""
    value = START
    for byte in key:
        value = (value * 33 & 0xFFFFFFFF) ^ byte
    return value


def _records(data: bytes, key: bytes) -> Iterator[bytes]:
    """The values of a key in their order. Raises `struct.error` where the file ends too soon."""
    value = hashed(key)
    table, slots = PAIR.unpack_from(data, value % 256 * PAIR.size)
    for step in range(slots):
        slot = (value // 256 + step) % slots
        found, place = PAIR.unpack_from(data, table + slot * PAIR.size)
        if place == 0:
            return
        if found == value:
            key_size, size = PAIR.unpack_from(data, place)
            start = place + PAIR.size
            if data[start : start + key_size] == key:
                yield data[start + key_size : start + key_size + size]


def _contents(world: World, path: str) -> bytes:
    """The bytes of the file. Raises `Failed` in Exim's words."""
    purpose = "cdb lookup"
    try:
        if stat.S_ISDIR(world.files.stat(path).st_mode):
            raise open_failed(f"cannot read header from {path}", purpose, errno.EISDIR)
        data = world.files.read(path)
    except OSError as error:
        raise open_failed(path, purpose, error.errno or errno.EIO) from error
    if len(data) < HEADER:
        # Exim adds the text of whatever call of the system failed last: here none has.
        raise Failed(f"failed to open {path} too short for {purpose}: Success")
    return data


@lookup(
    "cdb",
    syntax="cdb{<file>}",
    section="File and database lookups",
    feature="lookup_cdb",
    style=SINGLE_KEY,
)
def cdb(world: World, path: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Look a key up in a constant database file.

    The key counts as it is, case and all, without a NUL at its end. Raises `Failed` for a file that
    cannot be opened or has no header, `Deferred` for one that ends too soon.
    """
    data = _contents(world, path)

    def find(key: str) -> str | None:
        from struct import error as ends_too_soon

        try:
            value = next(_records(data, to_bytes(key)), None)
        except ends_too_soon:
            raise Deferred(f"cdb: corrupt cdb file {path} (too short)") from None
        return None if value is None else from_bytes(value)

    return find
