"""Held text in reports for programs, which must be UTF-8 whatever bytes a configuration has."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def shown(text: str) -> str:
    r"""Held text as UTF-8; bytes that are none, and controls that XML does not have, as ``\xNN``."""
    decoded = text.encode("latin-1").decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", decoded)


def one_line(text: str) -> str:
    """The same without line ends."""
    return " ".join(part.strip() for part in shown(text).split("\n"))
