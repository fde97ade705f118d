"""Writes small Berkeley DB hash tables, as the library itself begins one: two buckets, each a chain of pages.

See `drivers.lookups.berkeley` for the layout. The bytes are those that version 5.3 of the library writes on
a machine with the lowest byte first.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from drivers.lookups.berkeley import HASH, KEY, PLAIN_HEAD, hashed

if TYPE_CHECKING:
    from collections.abc import Mapping

    Item = tuple[bytes, bytes]

SIZE = 4096
LARGEST = SIZE // 4
"""Larger keys or values would need pages of their own."""

VERSION, META, SORTED = 9, 8, 13
PROBE = b"%$sniglet^&\0"
"""Its hash stands in page 0, so that another hash function is noticed."""

_HEAD = Struct("<8xIIIHHBB")
_META = Struct("<4xIIIIIIIIIIII20xIIIIIIII")
_OFFSET = Struct("<H")


def hash_file(items: Mapping[bytes, bytes]) -> bytes:
    """A file with these keys and values, but for those that are too large."""
    buckets: tuple[list[Item], list[Item]] = ([], [])
    for key, value in sorted(items.items()):
        if len(key) < LARGEST and len(value) < LARGEST:
            buckets[hashed(key) & 1].append((key, value))
    chains = [_pages(bucket) for bucket in buckets]
    pages = [b"", b"", b""]
    for bucket, chain in enumerate(chains):
        numbers = [bucket + 1, *range(len(pages), len(pages) + len(chain) - 1)]
        pages += [b""] * (len(chain) - 1)
        for at, page in enumerate(chain):
            before = numbers[at - 1] if at else 0
            after = numbers[at + 1] if at + 1 < len(numbers) else 0
            pages[numbers[at]] = _page(numbers[at], before, after, page)
    pages[0] = _meta(len(pages) - 1, sum(map(len, buckets)))
    return b"".join(pages)


def _pages(bucket: list[Item]) -> list[list[Item]]:
    """The items of a bucket page by page; there is always a first page."""
    pages: list[list[Item]] = [[]]
    room = SIZE - PLAIN_HEAD
    for key, value in bucket:
        needed = len(key) + len(value) + 2 + 2 * _OFFSET.size
        if needed > room:
            pages.append([])
            room = SIZE - PLAIN_HEAD
        pages[-1].append((key, value))
        room -= needed
    return pages


def _page(number: int, before: int, after: int, items: list[Item]) -> bytes:
    """A page: offsets from the head on, what they lead to from the end backwards."""
    offsets, body, at = b"", b"", SIZE
    for item in items:
        for part in item:
            at -= len(part) + 1
            offsets += _OFFSET.pack(at)
            body = bytes([KEY]) + part + body
    head = bytearray(_HEAD.pack(number, before, after, 2 * len(items), at, 0, SORTED))
    head[4] = 1
    return bytes(head) + offsets + bytes(at - len(head) - len(offsets)) + body


def _meta(last: int, count: int) -> bytes:
    buckets = 1, 1, 0  # the last bucket, and the masks for the bits of a hash
    head = _META.pack(
        1, 0, HASH, VERSION, SIZE, META << 8, 0, last, 0, 0, 0, 0, *buckets, 0, count, hashed(PROBE), 1, 1
    )
    return head + bytes(SIZE - len(head))
