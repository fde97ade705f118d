"""The lookup of constant databases."""

from __future__ import annotations

import errno
from struct import Struct
from struct import error as ends_too_soon
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, Failed
from drivers.api.unit import lookup
from drivers.lookups.kept import NotRegular, made_of
from drivers.lookups.opening import open_failed
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from mmap import mmap

    from drivers.api.outside import World

PAIR = Struct("<II")
OFTEN = 1000
LARGEST_INDEX = 8 << 20
"""A file up to this size that is asked so often is taken apart, which is faster from then on."""

HEADER = 2048
"""A pair (place and number of slots) for each of 256 tables of hashes."""

START = 5381
WIDE = 1 << 59
"""Numbers up to here are cheap to work with."""


def hashed(key: bytes) -> int:
    """The hash of a key, 32 bits wide."""
    value = START
    for byte in key:
        value = value * 33 ^ byte  # the lower bits depend on none of the higher ones
        if value > WIDE:
            value &= 0xFFFFFFFF
    return value & 0xFFFFFFFF


class CdbFile:
    """One file; ``data`` are its bytes, or a map of them."""

    def __init__(self, data: bytes | mmap) -> None:
        self.is_whole = len(data) >= HEADER
        self._data = data

    def index(self) -> dict[str, str] | None:
        """All keys with their first values as held text; None for a large or a damaged file."""
        data = self._data
        found: dict[str, str] = {}
        if len(data) > LARGEST_INDEX:
            return None
        try:
            for table, slots in PAIR.iter_unpack(data[:HEADER]):
                if table + slots * 8 > len(data):
                    return None
                for key, value in self._of_table(table, slots):
                    found.setdefault(key, value)
        except ends_too_soon:
            return None
        return found

    def _of_table(self, table: int, slots: int) -> list[tuple[str, str]]:
        """The keys and values of a table in the order in which they are met when they are looked for."""
        data, places = self._data, []
        for slot, (value, place) in enumerate(PAIR.iter_unpack(data[table : table + slots * 8])):
            if place:
                places.append(((slot - (value >> 8)) % slots, place))
        pairs = []
        for _, place in sorted(places):
            key_size, value_size = PAIR.unpack_from(data, place)
            middle = place + 8 + key_size
            if middle + value_size > len(data):
                raise ends_too_soon
            value = data[middle : middle + value_size].partition(b"\0")[0]
            pairs.append((data[place + 8 : middle].decode("latin-1"), value.decode("latin-1")))
        return pairs

    def get(self, key: bytes) -> bytes | None:
        """The first value of a key.

        Raises ``struct.error`` where the file ends too soon.
        """
        data = self._data
        value = hashed(key)
        table, slots = PAIR.unpack_from(data, (value & 255) * 8)
        if table + slots * 8 > len(data):
            raise ends_too_soon
        if not slots:
            return None
        slot, size = (value >> 8) % slots, len(key)
        for _ in range(slots):
            found, place = PAIR.unpack_from(data, table + slot * 8)
            if place == 0:
                return None
            if found == value:
                key_size, value_size = PAIR.unpack_from(data, place)
                start = place + 8
                middle = start + size
                if key_size == size and data[start:middle] == key:
                    if middle + value_size > len(data):
                        raise ends_too_soon
                    return data[middle : middle + value_size]
            slot = slot + 1 if slot + 1 < slots else 0
        return None


def _opened(world: World, path: str) -> CdbFile:
    """The file. Raises `Failed` in Exim's words."""
    purpose = "cdb lookup"
    try:
        file = made_of(world, path, CdbFile)
    except NotRegular as error:
        if error.errno == errno.EISDIR:
            raise open_failed(f"cannot read header from {path}", purpose, errno.EISDIR) from None
        file = CdbFile(b"")
    except OSError as error:
        raise open_failed(path, purpose, error.errno or errno.EIO) from error
    if not file.is_whole:
        # Exim adds the text of whatever call of the system failed last: here none has.
        raise Failed(f"failed to open {path} too short for {purpose}: Success")
    return file


@lookup(
    "cdb",
    syntax="cdb{<file>}",
    section="File and database lookups",
    feature="lookup_cdb",
    style=SINGLE_KEY,
    steady=True,
)
def cdb(world: World, path: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Look a key up in a constant database file.

    The key counts as it is, case and all, without a NUL at its end. Raises `Failed` for a file that
    cannot be opened or has no header, `Deferred` for one that ends too soon.
    """
    file = _opened(world, path)
    get, asked = file.get, 0
    index: dict[str, str] | None = None

    def find(key: str) -> str | None:
        nonlocal asked, index
        if index is not None:
            return index.get(key)
        asked += 1
        if asked == OFTEN:
            index = file.index()
        try:
            value = get(key.encode("latin-1"))
        except ends_too_soon:
            raise Deferred(f"cdb: corrupt cdb file {path} (too short)") from None
        if value is None:
            return None
        return (value.partition(b"\0")[0] if b"\0" in value else value).decode("latin-1")

    return find
