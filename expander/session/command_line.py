"""Takes the lines of a client apart: which command, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower

if TYPE_CHECKING:
    from drivers.api.profile import Profile

_NAMES = "HELO EHLO DATA BDAT RSET NOOP QUIT VRFY EXPN ETRN HELP AUTH STARTTLS WELLKNOWN XCLIENT"
SINCE = {"wellknown": "4.98", "xclient": "4.97"}
"""Since which release there are those that not all have; each is a feature of its name."""

_WORDS = {lower(name): name for name in _NAMES.split()}
_WITH_COLON = {"mail from:": "MAIL", "rcpt to:": "RCPT"}


def split(text: str, profile: Profile | None = None) -> tuple[str, str]:
    """The name of a command and its argument; no name for a command that is not known to the release."""
    low = lower(text[:10])
    word = low.partition(" ")[0]
    since = SINCE.get(word) if profile is not None else None
    if profile is not None and since and not (profile.at_least(since) and profile.built_with(word)):
        return "", text
    if word in _WORDS:
        return _WORDS[word], text[len(word) :].lstrip(SPACE)
    for start, name in _WITH_COLON.items():
        if low.startswith(start):
            return name, text[len(start) :].lstrip(SPACE)
    return "", text
