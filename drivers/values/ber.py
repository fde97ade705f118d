"""BER as LDAP uses it: elements with definite lengths."""

from __future__ import annotations


def element(tag: int, content: bytes) -> bytes:
    """An element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(number: int, tag: int = 2) -> bytes:
    """An element with a number (or the number of an enumeration)."""
    return element(tag, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def end(data: bytes | bytearray, at: int = 0) -> tuple[int, int] | None:
    """Where the contents of the element at a place begin and end, None if the head is not complete."""
    if len(data) < at + 2:
        return None
    size, start = data[at + 1], at + 2
    if size >= 0x80:
        start += size & 0x7F
        if len(data) < start:
            return None
        size = int.from_bytes(data[at + 2 : start], "big")
    return start, start + size


def elements(content: bytes) -> list[tuple[int, bytes]]:
    """The elements that a content consists of, each with its tag. Raises ``ValueError``."""
    found, at = [], 0
    while at < len(content):
        place = end(content, at)
        if place is None or place[1] > len(content):
            raise ValueError("an element is cut off")
        found.append((content[at], content[place[0] : place[1]]))
        at = place[1]
    return found


def number(content: bytes) -> int:
    """The number in the contents of an element."""
    return int.from_bytes(content, "big", signed=True)
