"""UTF-8 in the ways in which Exim looks at it."""

from __future__ import annotations

LARGEST = 0x10FFFF
SURROGATES = range(0xD800, 0xE000)
LEADS = ((0xE0, 0xC0, 1), (0xF0, 0xE0, 2), (0xF8, 0xF0, 3), (0xFC, 0xF8, 4), (0xFE, 0xFC, 5))
"""Mask, value under it and number of bytes that follow, of the first byte of a character."""

LATIN_LAST = 0xFF
ASCII_LAST = 0x7F
OVERLONG_LEADS = (0xC0, 0xC1)
LONGEST_VALID = 3


def follow(lead: int) -> int:
    """How many bytes follow the first byte of a character; 5 for the two that can begin none."""
    for mask, value, count in LEADS:
        if lead & mask == value:
            return count
    return LEADS[-1][2]


def cleaned(text: str) -> str:
    """The text with a question mark for what is not UTF-8.

    A sequence that is longer than it need be passes unless its first byte shows it.
    """
    if text.isascii():
        return text
    out: list[str] = []
    pending: list[str] = []
    left = code = 0
    for char in text:
        byte = ord(char)
        if left:
            if byte & 0xC0 != 0x80:
                # A byte of ASCII stands for itself again; any other goes under with the sequence.
                out.append("?" if byte > ASCII_LAST else f"?{char}")
                left = 0
                continue
            pending.append(char)
            code = code << 6 | byte & 0x3F
            left -= 1
            if not left:
                out.append("?" if code > LARGEST or code in SURROGATES else "".join(pending))
        elif byte <= ASCII_LAST:
            out.append(char)
        elif byte < OVERLONG_LEADS[0] or byte in OVERLONG_LEADS or follow(byte) > LONGEST_VALID:
            out.append("?")
        else:
            left = follow(byte)
            code = byte & 0x3F >> left
            pending = [char]
    return "".join(out) + "?" if left else "".join(out)


def to_latin1(text: str) -> str:
    """The characters of UTF-8 as bytes of ISO-8859-1, ``_`` for those that it lacks.

    Nothing is checked: bytes that follow a first byte belong to its character whatever they are.
    """
    if text.isascii():
        return text
    out: list[str] = []
    at, end = 0, len(text)
    while at < end:
        byte = ord(text[at])
        at += 1
        if byte < OVERLONG_LEADS[0]:
            out.append(chr(byte))
            continue
        count = follow(byte)
        code = byte & 0x3F >> count
        for place in range(at, at + count):
            code = code << 6 | (ord(text[place]) & 0x3F if place < end else 0)
        at += count
        out.append(chr(code) if code <= LATIN_LAST else "_")
    return "".join(out)
