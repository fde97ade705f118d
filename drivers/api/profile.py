"""Which Exim is imitated: its release and the features it was built with."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class Dated(Protocol):
    """Anything with a first release, a release that dropped it and a build feature."""

    @property
    def since(self) -> str:
        """The first release that has it."""

    @property
    def until(self) -> str | None:
        """The first release that lacks it again, or None."""

    @property
    def feature(self) -> str | None:
        """The build feature that it needs, or None."""


@lru_cache(maxsize=256)
def release_key(release: str) -> tuple[int, ...]:
    """A release such as "4.94.2" or "4.100-dev" as something that compares."""
    return tuple(int(part) for part in release.partition("-")[0].split("."))


class Profile(Record, slots=False):
    """An Exim to imitate.

    ``release`` is the version ("4.96"); ``features`` the names of the build features that it
    has, as units name them in ``feature``; ``version`` the text shown for ``$version_number``;
    ``compile_number`` and ``compile_date`` those of the build.
    """

    name: str
    release: str
    features: frozenset[str]
    version: str = ""
    compile_number: str = "1"
    compile_date: str = "28-Oct-2025 00:00:00"

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash  # everything that is remembered for a profile asks for it

    @cached_property
    def key(self) -> tuple[int, ...]:
        """The release as something that compares."""
        return release_key(self.release)

    def at_least(self, release: str) -> bool:
        """True if the imitated release is this one or newer."""
        return self.key >= release_key(release)

    def as_of(self, older: Mapping[str, T], newest: T) -> T:
        """What holds in the release: ``older`` has what held before the releases that changed it."""
        later = [release for release in older if not self.at_least(release)]
        return older[min(later, key=release_key)] if later else newest

    def built_with(self, feature: str | None) -> bool:
        """True if the build has the feature; None stands for what every build has."""
        return feature is None or feature in self.features

    def has(self, unit: Dated) -> bool:
        """True if the release and the build have the unit."""
        return self.knows(unit) and self.built_with(unit.feature)

    def knows(self, unit: Dated) -> bool:
        """True if the release has the unit, whether or not this build includes it."""
        if not self.at_least(unit.since):
            return False
        return unit.until is None or not self.at_least(unit.until)
