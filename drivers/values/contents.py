"""What Exim makes of the bytes that a file, a command or a socket gives: ${readfile, ${run, ${readsocket."""

from __future__ import annotations

import re

from drivers.api.text import from_bytes

_PIECE = re.compile(rb"[^\n]{0,1022}\n|[^\n]{1,1023}")
"""It reads a line at a time, and at most so much of one."""


def held(data: bytes, eol: str | None = None) -> str:
    """The bytes as text; unless ``eol`` is None, it stands in place of each newline.

    Of each piece that is read all is lost from a NUL byte on, its newline too.
    """
    if b"\0" in data:
        data = b"".join(piece.partition(b"\0")[0] for piece in _PIECE.findall(data))
    text = from_bytes(data)
    return text if eol is None else text.replace("\n", eol)
