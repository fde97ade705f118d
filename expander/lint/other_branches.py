"""Conditionals go one way: what is wrong in the branches that are not taken, whatever their macros are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ConfigError
from expander.explain import shown_name
from expander.lint.conditionals import left_out, plans
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.incomplete import LIKE_MACRO
from expander.lint.naming import MEANT
from expander.lint.places import in_file, macros_at, whole
from expander.lint.rule import Check, by_code
from expander.lint.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from drivers.api.outside import World
    from expander.config.model import Config
    from expander.lint.conditionals import Place

STAND_IN = "1"
"""The value of macros that nothing defines; what has it in it is not told of."""

MOST_LOADS = 4
"""How often a configuration is read again; the lines of one conditional that go together need one load."""

CODES = frozenset(
    "EXE001 EXE002 EXE003 EXE004 EXE005 EXE007 EXE020 EXE022 EXE027 EXE033 EXO002 EXO005 EXO008 "
    "EXA010 EXA011 EXL005 EXL011 EXL012 EXL017 EXL019 EXL041".split()
)
"""The faults that one line has by itself."""

_SLIPS = frozenset("EXL001 EXN001 EXN002 EXN003".split())
"""Names of things that another branch may have; told of where one is almost that of something there."""

_UNKNOWN_NAMES = frozenset("EXE002 EXE003 EXE004 EXE005 EXO002 EXO005 EXO008 EXA010 EXA011".split())
"""The faults of names; one that another release or build has is why there is a conditional."""

_FAMILIES = (
    "main-option", "router-option", "transport-option", "authenticator-option",
    "acl-condition", "acl-modifier", "acl-control", "acl-verb",
    "variable", "operator", "item", "condition", "lookup",
)  # fmt: skip

_FIRST_WORD = re.compile(r"[!\s${]*(?:no_|not_)?([a-z0-9_]+)", re.ASCII)


def in_other_branches(
    config: Config,
    world: World,
    load_with: Callable[[Mapping[str, str]], Config],
    of_error: Callable[[ConfigError], Finding],
) -> Iterator[Finding]:
    """The faults of lines that conditionals leave out; none of them stops this configuration now.

    ``load_with`` loads it again with further macros, and ``of_error`` makes a finding of what that
    complains of.
    """
    survey = Survey(config, world)
    given = [name for name, macro in config.macros.defined.items() if macro.command_line]
    for names, lines in plans(left_out(survey.physical, given), MOST_LOADS):
        try:
            other = load_with(dict.fromkeys(sorted(names, key=len, reverse=True), STAND_IN))
        except ConfigError:
            continue
        made_up = _made_of(names, other)
        for finding in _faults(Survey(other, world), of_error):
            if _stands_in(finding, lines, made_up):
                yield _as_told(finding)


def _faults(survey: Survey, of_error: Callable[[ConfigError], Finding]) -> Iterator[Finding]:
    """The faults of single lines that a configuration has."""
    found = [finding for check in _checks() for finding in check(survey)]
    for finding in (*found, *map(of_error, survey.config.errors)):
        slip = finding.code in _SLIPS and any(note.text.startswith(MEANT) for note in finding.notes)
        if (finding.code in CODES or slip) and finding.severity != REMARK:
            yield finding


def _as_told(finding: Finding) -> Finding:
    """What is told of a fault in a branch that is not taken: nothing stops now, and a macro may mend it."""
    notes = [*finding.notes, Note("in a branch that is not taken as things are")]
    named = finding.code in _UNKNOWN_NAMES or not finding.code.startswith("EXE")
    doubtful = named and finding.span is not None and LIKE_MACRO.search(finding.span.text) is not None
    return replace(finding, severity=REMARK if doubtful else WARNING, notes=tuple(notes), fix=None)


def _made_of(names: Iterable[str], config: Config) -> set[str]:
    """These macros, and those whose values have one of them in them."""
    found = set(names)
    for macro in config.macros.defined.values():
        if macro.where is not None and any(piece.macro in found for piece in macros_at(macro.where)):
            found.add(macro.name)
    return found


def _checks() -> list[Check]:
    """The rules that tell of such faults."""
    return [unit.impl for code, unit in by_code().items() if code in CODES | _SLIPS and unit.impl is not None]


def _stands_in(finding: Finding, lines: frozenset[Place], names: Iterable[str]) -> bool:
    """True for a finding in one of the lines that a macro which was made up has no part in.

    A name is wrong whatever stands beside it; for all else the whole text counts.
    """
    if finding.span is None:
        return False
    place = in_file(finding.span)
    column = place.source.position(place.start)[1]
    if (place.source.name, place.start - column + 1) not in lines:
        return False
    named = finding.code in _UNKNOWN_NAMES | _SLIPS
    if finding.code in _UNKNOWN_NAMES and _is_known_elsewhere(finding.span.text):
        return False
    doubtful = finding.span if named else whole(finding.span.source)
    return not any(piece.macro in names for piece in macros_at(doubtful))


def _is_known_elsewhere(text: str) -> bool:
    """True if a piece of text begins with a name that some release or build has."""
    word = _FIRST_WORD.match(text)
    return word is not None and any(
        word[1] == shown_name(name) for family in _FAMILIES for name in registry.names(family)
    )
