"""What the checker finds in a configuration for the new release and not for the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.engine import check_file
from expander.lint.places import in_file
from expander.upgrade.remark import BREAK, CHANGE, REMARK, Remark, at, releases_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.lint.finding import Finding

_SEVERITIES = {"error": BREAK, "warning": CHANGE}
_Key = tuple[str, str, str, int]


class Checks:
    """Checks one file for several releases, each once."""

    def __init__(self, path: str, world: World, macros: Mapping[str, str]) -> None:
        self._path = path
        self._world = world
        self._macros = macros
        self._done: dict[tuple[str, frozenset[str]], list[Finding]] = {}

    def findings(self, profile: Profile) -> list[Finding]:
        """All findings for a profile."""
        key = profile.release, profile.features
        if key not in self._done:
            self._done[key] = check_file(
                self._path, profile=profile, world=self._world, macros=dict(self._macros)
            )
        return self._done[key]

    def keys(self, profile: Profile) -> set[_Key]:
        """What tells the findings for a profile apart."""
        return set(map(_key, self.findings(profile)))


def _key(finding: Finding) -> _Key:
    if finding.span is None:
        return finding.code, finding.message, "", 0
    where = in_file(finding.span)
    return finding.code, finding.message, where.source.name, where.start


def new_findings(checks: Checks, old: Profile, new: Profile) -> list[Remark]:
    """The findings that come with the upgrade, each with the release that brings it."""
    before = checks.keys(old)
    fresh = [finding for finding in checks.findings(new) if _key(finding) not in before]
    of_build = checks.keys(at(new, old.release)) if fresh and old.features != new.features else set()
    dated = {_key(finding): "" for finding in fresh}
    rest = [finding for finding in fresh if _key(finding) not in of_build]
    _date(rest, checks, new, releases_between(old, new), dated)
    return [
        Remark(
            _SEVERITIES.get(finding.severity, REMARK),
            dated[_key(finding)],
            f"{finding.message} [{finding.code}]",
            finding.span,
            tuple(note.text for note in finding.notes),
        )
        for finding in fresh
    ]


def _date(
    found: Iterable[Finding], checks: Checks, new: Profile, releases: list[str], dated: dict[_Key, str]
) -> None:
    """Note the first of the releases that has each finding; the last one has them all."""
    waiting = list(found)
    if not waiting:
        return
    if len(releases) == 1:
        dated.update((_key(finding), releases[0]) for finding in waiting)
        return
    half = len(releases) // 2
    earlier = checks.keys(at(new, releases[half - 1]))
    _date([f for f in waiting if _key(f) in earlier], checks, new, releases[:half], dated)
    _date([f for f in waiting if _key(f) not in earlier], checks, new, releases[half:], dated)
