"""The kinds of virus scanners that the option ``av_scanner`` can name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.api.profile import Profile

SCANNERS = {
    "f-protd": "scanner_simple:f_protd",
    "f-prot6d": "scanner_simple:f_prot6d",
    "drweb": "scanner_binary:drweb",
    "aveserver": "scanner_simple:aveserver",
    "fsecure": "scanner_simple:fsecure",
    "kavdaemon": "scanner_binary:kavdaemon",
    "sophie": "scanner_simple:sophie",
    "clamd": "scanner_clamd:clamd",
    "mksd": "scanner_simple:mksd",
    "avast": "scanner_avast:avast",
    "sock": "scanner_own:sock",
    "cmdline": "scanner_own:cmdline",
}
"""The scanners in Exim's order, and where the function is that asks one of them."""

SELDOM_BUILT = frozenset({"aveserver", "kavdaemon", "mksd"})
"""Scanners that Exim is built without unless that is asked for."""


def asks(profile: Profile, name: str) -> bool:
    """True if a build can ask scanners of that kind."""
    return name in SCANNERS and (name not in SELDOM_BUILT or profile.built_with(f"scan_{name}"))
