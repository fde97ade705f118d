"""Takes the lines of a client apart: which command, and what follows it."""

from __future__ import annotations

from functools import lru_cache

from drivers.api.text import SPACE, lower

_NAMES = "HELO EHLO DATA BDAT RSET NOOP QUIT VRFY EXPN ETRN HELP AUTH STARTTLS"
_WORDS = {lower(name): name for name in _NAMES.split()}
_WITH_COLON = {"mail from:": "MAIL", "rcpt to:": "RCPT"}
LONGEST_START = 10
"""So long is the longest of these."""


def split(text: str) -> tuple[str, str]:
    """The name of a command and its argument; no name for a command that is not known."""
    name, size = _begins(text[:LONGEST_START])
    return name, text[size:].lstrip(SPACE) if name else text


@lru_cache(maxsize=256)
def _begins(start: str) -> tuple[str, int]:
    """The command that a line begins with, and how long its name is there."""
    low = lower(start)
    word = low.partition(" ")[0]
    if word in _WORDS:
        return _WORDS[word], len(word)
    for known, name in _WITH_COLON.items():
        if low.startswith(known):
            return name, len(known)
    return "", 0
