"""All that an upgrade changes for a configuration, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.config.load import load
from expander.lint.places import in_file
from expander.upgrade.behaviour import changed_behaviour
from expander.upgrade.defaults import changed_defaults
from expander.upgrade.found import Checks, new_findings
from expander.upgrade.remark import BREAK, CHANGE, REMARK, Remark
from expander.upgrade.taint import tainted_names
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Config
    from expander.lint.finding import Finding
    from grammar.source import Span

ORDER = (BREAK, CHANGE, REMARK)
TAINT = "EXT"
"""How the codes of the checker's rules about text from outside begin."""


class Plan(Record):
    """The remarks, what breaks first; ``before`` are the errors that the old release has already."""

    remarks: tuple[Remark, ...]
    before: tuple[Finding, ...]
    config: Config


def plan(path: str, old: Profile, new: Profile, *, world: World, macros: Mapping[str, str]) -> Plan:
    """What changes for a file when the old release gives way to the new one.

    Raises `ConfigError` where the file cannot be found. See "Upgrading to a new release" in Exim's own
    notes for each release.
    """
    checks = Checks(path, world, macros)
    config = load(path, profile=new, world=world, macros=macros, collect=True)
    found = new_findings(checks, old, new)
    found = _joined(found, [*tainted_names(config, old, new)])
    found += changed_behaviour(config, old, new)
    found += changed_defaults(config, old, new)
    before = tuple(one for one in checks.findings(old) if one.severity == "error")
    return Plan(tuple(sorted(found, key=_order(config))), before, config)


def _joined(found: list[Remark], own: list[Remark]) -> list[Remark]:
    """The checker's findings and ours, which know what to write, in the place of those for the same text."""
    known = {_line(one.span) for one in own}
    return [one for one in found if not (one.code.startswith(TAINT) and _line(one.span) in known)] + own


def _line(span: Span | None) -> tuple[str, int]:
    if span is None:
        return "", 0
    where = in_file(span)
    return where.source.name, where.position()[0]


def _order(config: Config) -> Callable[[Remark], tuple[int, int, int]]:
    files = {source.name: number for number, source in enumerate(config.tree.files)}

    def key(remark: Remark) -> tuple[int, int, int]:
        if remark.span is None:
            return ORDER.index(remark.severity), -1, 0
        where = in_file(remark.span)
        return ORDER.index(remark.severity), files.get(where.source.name, len(files)), where.start

    return key
