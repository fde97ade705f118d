"""Checks a configuration: loads it, then runs all rules, and collects what is wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from drivers.api.text import from_bytes
from drivers.values.filter_kind import EXIM, SIEVE, kind_of
from expander.config.reporting import MISSING_FILE
from expander.explain import hint
from expander.lint.filter_file import in_filter
from expander.lint.finding import ERROR, Edit, Finding, Fix, Note
from expander.lint.incomplete import soften
from expander.lint.other_branches import in_other_branches
from expander.lint.places import in_file
from expander.lint.rule import by_name, rules, severity_of
from expander.lint.sieve_file import in_script
from expander.lint.suppress import Suppressed, suppress
from expander.lint.survey import Survey
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Config

MOST_HINTS = 200
"""Looking for names that are like an unknown one takes long; who has so many has another problem."""

UNREADABLE = "EXM001"

_FRAME = re.compile(r"\AExim configuration error(?: (?:in|for) [^\n]*)?:\n\s*", re.ASCII)
_MEANT = re.compile(r'did you mean "([a-z0-9_]+)"\?')


class Checked(Record):
    """What was found in one configuration, in the order of the places.

    ``path`` is held text; ``suppressed`` is what comments leave out; ``files`` names all files that were
    read.
    """

    path: str
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    files: tuple[str, ...] = ()


def check_file(path: str, *, profile: Profile, world: World, macros: Mapping[str, str]) -> list[Finding]:
    """The findings for one configuration file, in the order of their places.

    ``path`` is held text. Raises nothing for a bad or missing file: that is a finding too, with the
    code EXM001 where the file cannot be read at all.
    """
    return list(checked(path, profile=profile, world=world, macros=macros).findings)


def checked(
    path: str, *, profile: Profile, world: World, macros: Mapping[str, str], is_filter: bool = False
) -> Checked:
    """The same with what comments leave out, and the files that were read.

    With ``is_filter`` the file is an Exim filter or a Sieve script, whatever it begins with.
    """
    from expander.config.load import load

    try:
        world.files.read(path, 1)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a path"
        return Checked(path, (_complete(Finding(UNREADABLE, reason, None)),))
    text = from_bytes(world.files.read(path))
    kind = kind_of(text)
    if kind == SIEVE:
        return Checked(path, tuple(map(_complete, in_script(path, text, profile, world))), files=(path,))
    if kind == EXIM or is_filter:
        return Checked(path, tuple(map(_complete, in_filter(path, text, profile))), files=(path,))
    try:
        config = load(path, profile=profile, world=world, macros=dict(macros), collect=True)
    except ConfigError as error:
        return Checked(path, (_complete(of_error(error)),))
    findings = check_config(config, world)

    def load_with(further: Mapping[str, str]) -> Config:
        return load(path, profile=profile, world=world, macros={**further, **macros}, collect=True)

    findings += in_other_branches(config, world, load_with, of_error)
    findings, suppressed = suppress(config, findings)
    order = _order(config)
    return Checked(
        path,
        tuple(sorted(map(_complete, findings), key=order)),
        tuple(suppressed),
        tuple(source.name for source in config.tree.files),
    )


def check_config(config: Config, world: World) -> list[Finding]:
    """The findings of all rules for a configuration that was loaded in collecting mode.

    Comments that leave findings out are not looked at.
    """
    survey = Survey(config, world)
    found: list[Finding] = []
    for unit in rules():
        if unit.impl is not None:
            found += unit.impl(survey)
    errors = [of_error(error, hinted=at < MOST_HINTS) for at, error in enumerate(config.errors)]
    errors += [
        of_error(ConfigError(notice.text, notice.span, cause=notice.cause), other="deprecated")
        for notice in config.warnings
    ]
    found += [error for error in errors if not _told(error, found)]
    complete = (soften(_complete(finding), survey) for finding in _once(found))
    return sorted(complete, key=_order(config))


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings without those that say the same of the same place again."""
    seen: set[tuple[object, ...]] = set()
    for finding in findings:
        where = in_file(finding.span) if finding.span is not None else None
        place = (where.source.name, where.start, where.end) if where is not None else None
        key = (finding.code, finding.message, place)
        if key not in seen:
            seen.add(key)
            yield finding


def _complete(finding: Finding) -> Finding:
    """A finding with its rule's own severity, if it has none yet."""
    return finding if finding.severity else replace(finding, severity=severity_of(finding.code))


def _told(error: Finding, found: list[Finding]) -> bool:
    """True if loading failed over an expansion whose own finding names the place better."""
    return error.message.startswith("failed to expand ") and any(
        error.message.endswith(finding.message) for finding in found
    )


def _order(config: Config) -> Callable[[Finding], tuple[int, int, str]]:
    """A sort key: by file in the order of reading, then by place."""
    files = {source.name: number for number, source in enumerate(config.tree.files)}

    def key(finding: Finding) -> tuple[int, int, str]:
        if finding.span is None:
            return (-1, 0, finding.message)
        place = in_file(finding.span)
        return (files.get(place.source.name, len(files)), place.start, finding.message)

    return key


def of_error(error: ConfigError, *, hinted: bool = True, other: str = "unreadable-line") -> Finding:
    """What loading complains about, without the frame that Exim puts around it.

    ``other`` names the rule for a cause that has none of its own.
    """
    message = _FRAME.sub("", error.message).strip()
    meant = hint(message) if hinted else None
    notes = [Note(note) for note in error.notes]
    notes += [Note(meant)] if meant else []
    unit = by_name().get(error.cause) or by_name()[other]
    severity = ERROR if error.cause == MISSING_FILE else ""  # here Exim cannot do without it
    return Finding(unit.name, message, error.span, severity, tuple(notes), _renaming(error, meant))


def _renaming(error: ConfigError, meant: str | None) -> Fix | None:
    """The name that may have been meant, in the place of an option that does not exist."""
    named = _MEANT.fullmatch(meant or "")
    if named is None or error.span is None or error.cause != "unknown-option":
        return None
    return Fix(f'write "{named[1]}"', (Edit(error.span, named[1]),))
