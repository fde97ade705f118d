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
_RANKS = ("remark", "warning", "error")
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

    def ranks(self, profile: Profile) -> dict[_Key, int]:
        """What tells the findings for a profile apart, each with how bad it is."""
        return {_key(finding): _rank(finding) for finding in self.findings(profile)}


def _key(finding: Finding) -> _Key:
    if finding.span is None:
        return finding.code, finding.message, "", 0
    where = in_file(finding.span)
    return finding.code, finding.message, where.source.name, where.start


def _rank(finding: Finding) -> int:
    return _RANKS.index(finding.severity) if finding.severity in _RANKS else 0


def new_findings(checks: Checks, old: Profile, new: Profile) -> list[Remark]:
    """The findings that come with the upgrade or get worse, each with the release that brings it."""
    fresh = _not_in(checks.findings(new), checks.ranks(old))
    rest = fresh
    if fresh and old.features != new.features:
        rest = _not_in(fresh, checks.ranks(at(new, old.release)))
    dated = {_key(finding): "" for finding in fresh}
    _date(rest, checks, new, releases_between(old, new), dated)
    return [
        Remark(
            _SEVERITIES.get(finding.severity, REMARK),
            dated[_key(finding)],
            finding.message,
            finding.span,
            tuple(note.text for note in finding.notes),
            (),
            finding.code,
        )
        for finding in fresh
    ]


def _not_in(found: Iterable[Finding], ranks: Mapping[_Key, int]) -> list[Finding]:
    """Those that are not among others, or are worse there."""
    return [finding for finding in found if ranks.get(_key(finding), -1) < _rank(finding)]


def _date(
    found: list[Finding], checks: Checks, new: Profile, releases: list[str], dated: dict[_Key, str]
) -> None:
    """Note the first of the releases that has each finding; the last one has them all."""
    if not found:
        return
    if len(releases) == 1:
        dated.update((_key(finding), releases[0]) for finding in found)
        return
    half = len(releases) // 2
    later = _not_in(found, checks.ranks(at(new, releases[half - 1])))
    earlier = [finding for finding in found if finding not in later]
    _date(earlier, checks, new, releases[:half], dated)
    _date(later, checks, new, releases[half:], dated)
