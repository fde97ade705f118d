"""Which findings count, and how much: levels, rules left out, severities that a project sets."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING

from drivers.api.text import from_argument
from expander.lint.engine import UNREADABLE
from expander.lint.finding import SEVERITIES, WARNING, Finding
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OFF = "off"
"""The severity of a rule that is not wanted."""

_NONE: Mapping[str, str] = {}


class Policy(Record):
    """What a run of the checker is asked for.

    ``level`` is the mildest severity that counts. ``only`` has the codes that are wanted, None where all are;
    ``ignored`` those that are not. ``severities`` has a severity or `OFF` by code. ``per_file`` has codes
    that are ignored in files whose paths match a pattern (``*`` matches slashes too).
    """

    level: str = WARNING
    only: frozenset[str] | None = None
    ignored: frozenset[str] = frozenset()
    severities: Mapping[str, str] = _NONE
    per_file: tuple[tuple[str, frozenset[str]], ...] = ()

    def sifted(self, path: str, findings: Iterable[Finding]) -> list[Finding]:
        """The findings of a file that count, with the severities that they have here."""
        ignored = self.ignored.union(*(codes for pattern, codes in self.per_file if _matches(path, pattern)))
        return [found for finding in findings if (found := self._judged(finding, ignored)) is not None]

    def _judged(self, finding: Finding, ignored: frozenset[str]) -> Finding | None:
        code = finding.code
        if code == UNREADABLE:  # nothing else was looked at: that is never left out
            return finding
        if code in ignored or (self.only is not None and code not in self.only):
            return None
        severity = self.severities.get(code, finding.severity)
        if severity == OFF or SEVERITIES.index(severity) < SEVERITIES.index(self.level):
            return None
        return finding if severity == finding.severity else replace(finding, severity=severity)


def _matches(path: str, pattern: str) -> bool:
    whole = normpath(path if path.startswith("/") else f"{from_argument(str(Path.cwd()))}/{path}")
    return any(fnmatchcase(each, pattern) for each in (path, whole, path.rpartition("/")[2]))
