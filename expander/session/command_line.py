"""Takes the lines of a client apart: which command, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower

if TYPE_CHECKING:
    from drivers.api.profile import Profile

_NAMES = "HELO EHLO DATA BDAT RSET NOOP QUIT VRFY EXPN ETRN HELP AUTH STARTTLS ATRN"
_WORDS = {lower(name): name for name in _NAMES.split()}
SINCE = {"atrn": "4.99"}
"""Since which release there are those that not all have."""

_WITH_COLON = {"mail from:": "MAIL", "rcpt to:": "RCPT"}


def split(text: str, profile: Profile | None = None) -> tuple[str, str]:
    """The name of a command and its argument; no name for a command that is not known to the release."""
    low = lower(text[:10])
    word = low.partition(" ")[0]
    if profile is not None and word in SINCE and not profile.at_least(SINCE[word]):
        return "", text
    if word in _WORDS:
        return _WORDS[word], text[len(word) :].lstrip(SPACE)
    for start, name in _WITH_COLON.items():
        if low.startswith(start):
            return name, text[len(start) :].lstrip(SPACE)
    return "", text
