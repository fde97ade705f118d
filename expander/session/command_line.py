"""Takes the lines of a client apart: which command, and what follows it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower

if TYPE_CHECKING:
    from drivers.api.profile import Profile

_NAMES = "HELO EHLO DATA BDAT RSET NOOP QUIT VRFY EXPN ETRN HELP AUTH STARTTLS ATRN WELLKNOWN XCLIENT"
_WORDS = {lower(name): name for name in _NAMES.split()}
SINCE = {"ATRN": ("4.99", None), "WELLKNOWN": ("4.98", "wellknown"), "XCLIENT": ("4.97", "xclient")}
"""Since which release there are those that not all have, and the feature of a build that they are."""

_WITH_COLON = {"mail from:": "MAIL", "rcpt to:": "RCPT"}
LONGEST_START = 10
"""So long is the longest of these."""


def split(text: str, profile: Profile | None = None) -> tuple[str, str]:
    """The name of a command and its argument; no name for a command that is not known to the release."""
    name, size = _begins(text[:LONGEST_START])
    since = SINCE.get(name) if profile is not None else None
    if since is not None and profile is not None:
        release, feature = since
        if not (profile.at_least(release) and profile.built_with(feature)):
            return "", text
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
