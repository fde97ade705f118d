"""What an upgrade changes for a configuration, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.profile import release_key
from grammar.record import Record, replaced

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from grammar.source import Span

BREAK, CHANGE, REMARK = "break", "change", "remark"
"""What stops working; what works differently; what the file leaves to defaults that change."""

RELEASES = tuple(f"4.{number}" for number in range(50, 101))


class Edit(Record):
    """Text to stand in the place of a span of a file.

    ``proven`` is true where the new release then does what the old one did, for every message.
    """

    span: Span
    text: str
    proven: bool


class Remark(Record):
    """One thing that an upgrade changes.

    ``severity`` is "break", "change" or "remark"; ``release`` the one that brings it, "" where that is
    the build. ``span`` is None for what no line says; ``notes`` are further sentences; ``edits``
    belong together. ``code`` is that of the checker's rule, "" for what no rule finds.
    """

    severity: str
    release: str
    message: str
    span: Span | None
    notes: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    code: str = ""


def releases_between(old: Profile, new: Profile) -> list[str]:
    """The releases after the old one, up to the new one, each by its first number."""
    found = [release for release in RELEASES if old.key < release_key(release) < new.key]
    return [*found, new.release]


def at(profile: Profile, release: str) -> Profile:
    """The same build of another release."""
    if release == profile.release:
        return profile
    return replaced(profile, name=release, release=release, version=release)


def begins(release: str, old: Profile, new: Profile) -> bool:
    """True if what begins with a release begins on the way from the old one to the new one."""
    return not old.at_least(release) and new.at_least(release)
