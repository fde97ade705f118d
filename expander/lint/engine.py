"""Checks a configuration: loads it, then reads every expansion in it, and collects what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from expander.explain import hint
from expander.lint.finding import Finding, Note
from expander.lint.places import in_file
from expander.lint.rule import rules
from expander.lint.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Config

MOST_HINTS = 200
"""Looking for names that are like an unknown one takes long; who has so many has another problem."""

_FRAME = re.compile(r"\AExim configuration error(?: (?:in|for) [^\n]*)?:\n\s*", re.ASCII)


def check_file(path: str, *, profile: Profile, world: World, macros: Mapping[str, str]) -> list[Finding]:
    """The findings for one configuration file, in the order of their places.

    ``path`` is held text. Raises nothing for a bad or missing file: that is a finding too, with the
    code EXM001 where the file cannot be read at all.
    """
    from expander.config.load import load

    try:
        world.files.read(path, 1)
    except (OSError, ValueError) as problem:
        return [Finding("EXM001", getattr(problem, "strerror", None) or "not a path", None)]
    try:
        config = load(path, profile=profile, world=world, macros=dict(macros), collect=True)
    except ConfigError as error:
        return [of_error(error)]
    return check_config(config, world)


def check_config(config: Config, world: World) -> list[Finding]:
    """The findings of all rules for a configuration that was loaded in collecting mode."""
    survey = Survey(config, world)
    found: list[Finding] = []
    for unit in rules():
        if unit.impl is not None:
            found += unit.impl(survey)
    errors = [of_error(error, hinted=at < MOST_HINTS) for at, error in enumerate(config.errors)]
    found += [error for error in errors if not _told(error, found)]
    return sorted(dict.fromkeys(found), key=_order(config))


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


def of_error(error: ConfigError, *, hinted: bool = True) -> Finding:
    """What loading complains about, without the frame that Exim puts around it."""
    message = _FRAME.sub("", error.message).strip()
    meant = hint(message) if hinted else None
    notes = [Note(note) for note in error.notes]
    notes += [Note(meant)] if meant else []
    return Finding("EXO001", message, error.span, notes=tuple(notes))
