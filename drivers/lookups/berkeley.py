"""Reads Berkeley DB files: hash tables and B-trees, of either byte order, without changing them.

The layout is that of the manual pages and dumps of ``db_dump -d a``. A file is an array of pages of
one size; page 0 tells the type, the version, the size of pages and where to begin. Numbers have the byte
order of the machine that wrote the file.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from struct import Struct
from struct import error as OutOfBounds  # noqa: N812 - what it means here
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from mmap import mmap

HASH, BTREE, QUEUE, HEAP = 0x061561, 0x053162, 0x042253, 0x074582
VERSIONS = {HASH: range(7, 10), BTREE: range(8, 10), QUEUE: range(3, 5), HEAP: range(1, 2)}
"""What a file's magic number stands for, and the versions that version 5.3 of the library reads."""

_OLD = {
    HASH: (range(4, 7), "BDB1125 %s: hash"),
    BTREE: (range(6, 8), "BDB1008 %s: btree"),
    QUEUE: (range(1, 3), "BDB1137 %s: queue"),
}
"""The versions that the library would read once the file is upgraded, and how it begins to say so."""

_STRANGE = {
    HASH: "BDB1126 %s: unsupported hash",
    BTREE: "BDB1009 %s: unsupported btree",
    QUEUE: "BDB1138 %s: unsupported qam",
    HEAP: "%s: unsupported heap",
}
SHORT = "BDB0004 fop_read_meta: %s: unexpected file type or format"
_FOREIGN = "BDB0641 __db_meta_setup: %s: unexpected file type or format"
_UNEVEN = "BDB3037 %s: file size not a multiple of the pagesize"
_ENCRYPTED = ["BDB0178 Encrypted database: no encryption flag specified"] * 100
"""So often the library reads the page again, in case that another program is writing it."""

LEAST = 512
"""No page is smaller, and so much of a file is read before anything is known of it."""

KEY, DUPLICATES, ELSEWHERE, DUPLICATES_ELSEWHERE = 1, 2, 3, 4
"""Kinds of items in hash pages: bytes, values of one key, bytes and values on pages of their own."""

LEAF_BYTES, LEAF_DUPLICATES, LEAF_ELSEWHERE, DELETED = 1, 2, 3, 0x80
"""Kinds of items in the leaves of trees, and the mark of what is gone."""

TREE_INSIDE, NUMBERS_INSIDE, TREE_LEAF, NUMBERS_LEAF, OVERFLOW, VALUES_LEAF = 3, 4, 5, 6, 7, 12
"""Types of pages that are told apart."""

CHECKED, BY_NUMBER = 1, 2
"""The flag of files whose pages carry a check sum, and that of trees whose keys are numbers of records."""

PLAIN_HEAD, CHECKED_HEAD = 26, 32
MOST_KEPT = 4096
"""So many parsed buckets and pages are remembered."""

_WORD, _MAGIC_AT, _ROOT_AT, _BUCKETS_AT, _SPARES_AT, _SPARES = 4, 12, 88, 72, 96, 32


class WrongFormatError(Exception):
    """What is no file of this kind. ``said`` is what the library says, with ``%s`` for the file's name."""

    def __init__(self, *said: str) -> None:
        super().__init__(said[-1])
        self.said = said


class _Layout(NamedTuple):
    """The readers of numbers in the byte order of one file."""

    page: Struct
    half: Struct
    word: Struct
    two: Struct
    three: Struct

    @classmethod
    def of(cls, order: str) -> _Layout:
        return cls(*map(Struct, (f"{order}4xIIIHHBB", f"{order}H", f"{order}I", f"{order}II", f"{order}III")))


class _Page(NamedTuple):
    """The head of a page; ``size`` is how many bytes an overflow page holds."""

    at: int
    following: int
    entries: int
    size: int
    kind: int


class _Items(NamedTuple):
    """The keys of a page in order, and for each where what belongs to it is."""

    keys: list[bytes]
    places: list[int]


def hashed(key: bytes) -> int:
    """The hash of a key, 32 bits wide: FNV with 0 at the start."""
    value = 0
    for byte in key:
        value = (value * 16777619 & 0xFFFFFFFF) ^ byte
    return value


def _wrong_version(magic: int, version: int) -> WrongFormatError:
    versions, begin = _OLD.get(magic, (range(0), ""))
    if version in versions:
        return WrongFormatError(f"{begin} version {version} requires a version upgrade")
    return WrongFormatError(f"{_STRANGE[magic]} version: {version}")


class BerkeleyFile:
    """One file. ``data`` are its bytes, or a map of them."""

    def __init__(self, data: bytes | mmap) -> None:
        """Read page 0. Raises `WrongFormatError` for what the library would not open."""
        if len(data) < LEAST:
            raise WrongFormatError(SHORT)
        if data[24]:
            raise WrongFormatError(*_ENCRYPTED, "BDB0210 %s: metadata page checksum error")
        order = next(
            (order for order in "<>" if Struct(f"{order}I").unpack_from(data, 12)[0] in VERSIONS), ""
        )
        if not order:
            raise WrongFormatError(_FOREIGN)
        self._data = data
        self._layout = _Layout.of(order)
        self._magic, version, self._size = self._layout.three.unpack_from(data, _MAGIC_AT)
        if version not in VERSIONS[self._magic]:
            raise _wrong_version(self._magic, version)
        if self._size < LEAST or self._size & (self._size - 1) or len(data) % self._size:
            raise WrongFormatError(_UNEVEN)
        self._head = CHECKED_HEAD if data[26] & CHECKED else PLAIN_HEAD
        self._pages = len(data) // self._size
        self._kept: dict[int, dict[bytes, tuple[int, int]]] = {}
        self._nodes: dict[int, _Items] = {}
        self.get: Callable[[bytes], bytes | None] = self._finder()

    def _finder(self) -> Callable[[bytes], bytes | None]:
        word = self._layout.word
        if self._magic == HASH:
            self._last, self._high, self._low = self._layout.three.unpack_from(self._data, _BUCKETS_AT)
            self._spares = [word.unpack_from(self._data, _SPARES_AT + 4 * at)[0] for at in range(_SPARES)]
            return self._in_hash
        if self._magic == BTREE and not word.unpack_from(self._data, 48)[0] & BY_NUMBER:
            self._root = word.unpack_from(self._data, _ROOT_AT)[0]
            return self._in_tree
        return lambda _key: None  # records have numbers: no text is the key of one

    def _page(self, number: int) -> _Page:
        """Raises `OutOfBounds` for a page that the file does not have."""
        if not 0 < number < self._pages:
            raise OutOfBounds(number)
        at = number * self._size
        _own, _before, following, entries, size, _level, kind = self._layout.page.unpack_from(
            self._data, at + 4
        )
        return _Page(at, following, entries, size, kind)

    def _offsets(self, page: _Page) -> Sequence[int]:
        """Where the items of a page begin, from the start of the page."""
        order = self._layout.half.format[0]
        return Struct(f"{order}{page.entries}H").unpack_from(self._data, page.at + self._head)

    def _chain(self, number: int) -> Iterator[_Page]:
        """A page and those that follow it; a chain that comes back to itself ends."""
        for _ in range(self._pages):
            if number == 0:
                return
            page = self._page(number)
            yield page
            number = page.following

    def _overflow(self, number: int, length: int) -> bytes:
        """The bytes that stand on pages of their own."""
        pieces = []
        for page in self._chain(number):
            start = page.at + self._head
            pieces.append(self._data[start : start + page.size])
        return b"".join(pieces)[:length]

    # Hash tables

    def _in_hash(self, key: bytes) -> bytes | None:
        number = hashed(key)
        bucket = number & self._high
        if bucket > self._last:
            bucket = number & self._low
        items = self._kept.get(bucket)
        if items is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            items = self._kept[bucket] = self._bucket(bucket)
        found = items.get(key)
        return None if found is None else self._value(*found)

    def _bucket(self, bucket: int) -> dict[bytes, tuple[int, int]]:
        """The keys of a bucket, each with start and end of the first item that holds values for it."""
        items: dict[bytes, tuple[int, int]] = {}
        for page in self._chain(bucket + self._spares[bucket.bit_length()]):
            starts = self._offsets(page)
            end = self._size
            for at in range(0, len(starts) - 1, 2):
                start, following = starts[at], starts[at + 1]
                key = self._bytes(page.at + start, page.at + end)
                if key is not None:
                    items.setdefault(key, (page.at + following, page.at + start))
                end = following
        return items

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """All keys of a hash table with their first values. Raises `OutOfBounds` for a broken file."""
        for bucket in range(self._last + 1 if self._magic == HASH else 0):
            for key, place in self._bucket(bucket).items():
                value = self._value(*place)
                if value is not None:
                    yield key, value

    def _bytes(self, start: int, end: int) -> bytes | None:
        """The bytes of an item, None if it holds several."""
        kind = self._data[start]
        if kind == KEY:
            return self._data[start + 1 : end]
        if kind == ELSEWHERE:
            return self._overflow(*self._layout.two.unpack_from(self._data, start + 4))
        return None

    def _value(self, start: int, end: int) -> bytes | None:
        """The first of the values that an item holds."""
        kind = self._data[start]
        if kind == DUPLICATES:
            (length,) = self._layout.half.unpack_from(self._data, start + 1)
            return self._data[start + 3 : start + 3 + length]
        if kind == DUPLICATES_ELSEWHERE:
            return self._first(self._layout.word.unpack_from(self._data, start + 4)[0])
        return self._bytes(start, end)

    # Trees

    def _in_tree(self, key: bytes) -> bytes | None:
        number = self._root
        for _ in range(self._pages):
            page = self._page(number)
            items = self._nodes.get(number)
            if items is None:
                if len(self._nodes) >= MOST_KEPT:
                    self._nodes.clear()
                items = self._nodes[number] = (
                    self._inside(page) if page.kind == TREE_INSIDE else self._leaf(page)
                )
            if page.kind != TREE_INSIDE:
                at = bisect_left(items.keys, key)
                return self._leaf_value(items.places[at]) if items.keys[at : at + 1] == [key] else None
            # The first key of an inner page stands for all that is less than the second.
            number = items.places[max(bisect_right(items.keys, key, lo=1) - 1, 0)]
        return None

    def _inside(self, page: _Page) -> _Items:
        """The keys of an inner page, each with the page below it."""
        keys, places = [], []
        for offset in self._offsets(page):
            start = page.at + offset
            (length,) = self._layout.half.unpack_from(self._data, start)
            places.append(self._layout.word.unpack_from(self._data, start + 4)[0])
            if self._data[start + 2] & ~DELETED == LEAF_ELSEWHERE:
                keys.append(self._overflow(*self._layout.two.unpack_from(self._data, start + 16)))
            else:
                keys.append(self._data[start + 12 : start + 12 + length])
        return _Items(keys, places)

    def _leaf(self, page: _Page) -> _Items:
        """The keys of a leaf, each with the place of the first value."""
        if page.kind != TREE_LEAF:
            raise OutOfBounds(page.kind)
        starts = self._offsets(page)
        items = _Items([], [])
        for at in range(0, len(starts) - 1, 2):
            key, place = page.at + starts[at], page.at + starts[at + 1]
            if not self._data[place + 2] & DELETED:
                items.keys.append(self._leaf_bytes(key))
                items.places.append(place)
        return items

    def _leaf_bytes(self, start: int) -> bytes:
        (length,) = self._layout.half.unpack_from(self._data, start)
        if self._data[start + 2] & ~DELETED == LEAF_ELSEWHERE:
            return self._overflow(*self._layout.two.unpack_from(self._data, start + 4))
        return self._data[start + 3 : start + 3 + length]

    def _leaf_value(self, start: int) -> bytes:
        if self._data[start + 2] & ~DELETED == LEAF_DUPLICATES:
            return self._first(self._layout.word.unpack_from(self._data, start + 4)[0])
        return self._leaf_bytes(start)

    def _first(self, number: int) -> bytes:
        """The first value below the root of the values of one key."""
        for _ in range(self._pages):
            page = self._page(number)
            start = page.at + self._offsets(page)[0]
            if page.kind in {NUMBERS_LEAF, VALUES_LEAF}:
                return self._leaf_bytes(start)
            at = start if page.kind == NUMBERS_INSIDE else start + 4
            (number,) = self._layout.word.unpack_from(self._data, at)
        raise OutOfBounds(number)
