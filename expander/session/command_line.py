"""Takes the lines of a client apart: which command, and what follows it."""

from __future__ import annotations

from drivers.api.text import SPACE, lower

_NAMES = "HELO EHLO DATA BDAT RSET NOOP QUIT VRFY EXPN ETRN HELP AUTH STARTTLS ATRN"
_WORDS = {lower(name): name for name in _NAMES.split()}
_WITH_COLON = {"mail from:": "MAIL", "rcpt to:": "RCPT"}


def split(text: str) -> tuple[str, str]:
    """The name of a command and its argument; no name for a command that is not known."""
    low = lower(text[:10])
    word = low.partition(" ")[0]
    if word in _WORDS:
        return _WORDS[word], text[len(word) :].lstrip(SPACE)
    for start, name in _WITH_COLON.items():
        if low.startswith(start):
            return name, text[len(start) :].lstrip(SPACE)
    return "", text
