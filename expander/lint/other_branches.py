"""Conditionals go one way: what is wrong in the branches that are not taken, whatever their macros are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ConfigError
from expander.explain import shown_name
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.macro_lines import NAME
from expander.lint.places import in_file, macros_at, whole
from expander.lint.rule import Check, by_code
from expander.lint.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from drivers.api.outside import World
    from expander.config.model import Config

STAND_IN = "1"
"""The value of macros that nothing defines; what has it in it is not told of."""

CODES = frozenset(
    "EXE001 EXE002 EXE003 EXE004 EXE005 EXE007 EXE020 EXE022 EXE027 EXE033 EXO002 EXO005 EXO008 "
    "EXA010 EXA011 EXL005 EXL011 EXL012 EXL017 EXL019".split()
)
"""The faults that one line has by itself."""

_UNKNOWN_NAMES = frozenset("EXE002 EXE003 EXE004 EXE005 EXO002 EXO005 EXO008 EXA010 EXA011".split())
"""The faults of names; one that another release or build has is why there is a conditional."""

_FAMILIES = (
    "main-option", "router-option", "transport-option", "authenticator-option",
    "acl-condition", "acl-modifier", "acl-control", "acl-verb",
    "variable", "operator", "item", "condition", "lookup",
)  # fmt: skip

_FIRST_WORD = re.compile(r"[!\s${]*(?:no_|not_)?([a-z0-9_]+)", re.ASCII)
_CONDITIONAL = re.compile(r"[ \t]*\.(?:el)?ifn?def[ \t]+(\S+)")


def in_other_branches(
    config: Config,
    world: World,
    load_with: Callable[[Mapping[str, str]], Config],
    of_error: Callable[[ConfigError], Finding],
) -> Iterator[Finding]:
    """The faults of lines that conditionals leave out; none of them stops this configuration now.

    ``load_with`` loads it once more with further macros, and ``of_error`` makes a finding of what that
    complains of.
    """
    left_out = {
        (line.span.source.name, line.span.start)
        for line in config.tree.physical
        if line.role == "skipped" and line.span.text.strip()
    }
    names = _undefined(config) if left_out else ()
    if not names:
        return
    try:
        other = load_with(dict.fromkeys(sorted(names, key=len, reverse=True), STAND_IN))
    except ConfigError:
        return
    survey = Survey(other, world)
    found = [finding for check in _checks() for finding in check(survey)]
    for finding in (*found, *map(of_error, other.errors)):
        if finding.code in CODES and finding.severity != REMARK and _stands_in(finding, left_out, names):
            note = Note("in a branch that is not taken as things are")
            yield replace(finding, severity=WARNING, notes=(*finding.notes, note), fix=None)


def _undefined(config: Config) -> tuple[str, ...]:
    """The macros that conditionals ask for and that nothing defines."""
    found: dict[str, None] = {}
    for line in config.tree.physical:
        asked = _CONDITIONAL.match(line.span.text) if line.role == "directive" else None
        name = NAME.fullmatch(asked[1]) if asked is not None else None
        if name is not None and name[0] not in config.macros.defined:
            found[name[0]] = None
    return tuple(found)


def _checks() -> list[Check]:
    """The rules that tell of such faults."""
    return [unit.impl for code, unit in by_code().items() if code in CODES and unit.impl is not None]


def _stands_in(finding: Finding, lines: set[tuple[str, int]], names: tuple[str, ...]) -> bool:
    """True for a finding in one of the lines whose text has no macro in it that was made up."""
    if finding.span is None:
        return False
    place = in_file(finding.span)
    column = place.source.position(place.start)[1]
    if (place.source.name, place.start - column + 1) not in lines:
        return False
    if finding.code in _UNKNOWN_NAMES and _is_known_elsewhere(finding.span.text):
        return False
    return not any(piece.macro in names for piece in macros_at(whole(finding.span.source)))


def _is_known_elsewhere(text: str) -> bool:
    """True if a piece of text begins with a name that some release or build has."""
    word = _FIRST_WORD.match(text)
    return word is not None and any(
        word[1] == shown_name(name) for family in _FAMILIES for name in registry.names(family)
    )
