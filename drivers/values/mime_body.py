"""The contents of a MIME part, decoded as Exim decodes them: from line to line up to the boundary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.api.text import lower
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 32768
"""A longer line is taken for several."""

LAST_STEP = 3
"""The last character of a group of four in Base64."""

BROKEN_QUOTED = "Broken Quoted-Printable encoding detected"
BROKEN_BASE64 = "Broken BASE64 encoding detected"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_SEXTETS = {char: value for value, char in enumerate(_ALPHABET)}
_QUOTED = late_pattern(r"=(?:([0-9A-Fa-f]{2})|([ \t]*\r?\n)|)", re.ASCII)


class Decoded(NamedTuple):
    """Decoded contents, and what is wrong with how they were encoded ("" for nothing)."""

    text: str
    anomaly: str

    @property
    def level(self) -> str:
        """How bad that is, as Exim has it."""
        return {BROKEN_QUOTED: "1", BROKEN_BASE64: "2"}.get(self.anomaly, "0")


def lines(data: str, position: int, longest: int = LONGEST_LINE) -> Iterator[tuple[str, int]]:
    """The lines from a position on with their newlines, each with the place where the next one begins."""
    size = len(data)
    while position < size:
        end = data.find("\n", position, position + longest - 1) + 1 or min(position + longest - 1, size)
        yield data[position:end], end
        position = end


def is_boundary(line: str, boundary: str) -> bool:
    """True if a line begins with the boundary, whatever follows it."""
    return line.startswith(f"--{boundary}")


def raw_lines(data: str, position: int, boundary: str | None, longest: int = LONGEST_LINE) -> Iterator[str]:
    """The lines of a part; without a boundary the part goes on to the end."""
    for line, _ in lines(data, position, longest):
        if boundary is not None and is_boundary(line, boundary):
            return
        yield line


def decoded(data: str, position: int, boundary: str | None, encoding: str) -> Decoded:
    """The contents of a part; an encoding that is not known leaves them as they are."""
    part = raw_lines(data, position, boundary)
    name = lower(encoding)
    if name == "base64":
        return _from_base64(part)
    if name == "quoted-printable":
        return _from_quoted(part)
    return Decoded("".join(line.partition("\0")[0] for line in part), "")


def _from_base64(part: Iterator[str]) -> Decoded:
    """What Base64 stands for; equals signs count as characters without bits, wrong ones not at all.

    Where an equals sign stands for the first character of a group, the bits of the second one are put to what
    an earlier line has left in their place.
    """
    out: list[bytes] = []
    room = bytearray(LONGEST_LINE)
    anomaly = ""
    phase = 0
    for line in part:
        end = 0
        for char in line.partition("\0")[0].rstrip("\n").partition("\r")[0]:
            sextet = _SEXTETS.get(char)
            if sextet is None:
                if char == "=":
                    phase += 1
                else:
                    anomaly = BROKEN_BASE64
                continue
            step = phase & 3
            phase += 1
            if step:
                room[end] |= sextet >> (6 - 2 * step)
                end += 1
            if step < LAST_STEP:
                room[end] = sextet << (2 + 2 * step) & 255
        if end:
            out.append(bytes(room[:end]))
            if phase & 3:
                room[0] = room[end]
    if phase & 3:
        out.append(bytes(room[:1]))
    return Decoded(b"".join(out).decode("latin-1"), anomaly)


def _from_quoted(part: Iterator[str]) -> Decoded:
    """What quoted-printable text stands for; an equals sign that stands for nothing stays."""
    broken = False

    def plain(found: re.Match[str]) -> str:
        nonlocal broken
        if found[1]:
            return chr(int(found[1], 16))
        if found[2]:
            return ""
        broken = True
        return "="

    text = "".join(_QUOTED.sub(plain, line.partition("\0")[0]) for line in part)
    return Decoded(text, BROKEN_QUOTED if broken else "")
