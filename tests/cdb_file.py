"""Constant databases for tests."""

from __future__ import annotations

import struct

from drivers.lookups.cdb import HEADER, hashed


def written_cdb(records: list[tuple[bytes, bytes]]) -> bytes:
    """A constant database with the records in order."""
    data, tables = b"", [[] for _ in range(256)]  # type: ignore[var-annotated]
    for key, value in records:
        number = hashed(key)
        tables[number % 256].append((number, HEADER + len(data)))
        data += struct.pack("<II", len(key), len(value)) + key + value
    head = b""
    for table in tables:
        slots = [(0, 0)] * (2 * len(table))
        for number, place in table:
            slot = number // 256 % len(slots)
            while slots[slot] != (0, 0):
                slot = (slot + 1) % len(slots)
            slots[slot] = number, place
        head += struct.pack("<II", HEADER + len(data), len(slots))
        data += b"".join(struct.pack("<II", *slot) for slot in slots)
    return head + data
