"""The conditions and modifiers of ACLs one by one, what they can come to, and where they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.acl.declare import PHASES
from drivers.api import registry
from drivers.api.acl import GAP
from drivers.api.text import SPACE
from expander.lint.finding import ERROR, WARNING, Finding, Note
from expander.lint.possible import outcomes
from grammar.ast.config import Clause, Statement
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.unit import Unit
    from expander.lint.graph import Call
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

WHERE = {
    "connect": "connection",
    "helo": "EHLO or HELO",
    "not_smtp": "non-SMTP",
    "not_smtp_start": "non-SMTP-start",
    "delivery": "delivery",
    "unknown": "unknown",
}
"""What Exim's messages call the ACLs of a phase; the others go by the phase in upper case."""


class Spot(NamedTuple):
    """A condition or modifier: its ACL and statement, its index there, and the text of its value."""

    acl: str
    statement: Statement
    at: int
    clause: Clause
    text: ExpandedText | None

    @property
    def name(self) -> str:
        """The name of the condition or modifier."""
        return self.clause.name.text

    @property
    def verb(self) -> str:
        """The verb of the statement."""
        return self.statement.verb.text

    def before(self) -> Iterator[Clause]:
        """The clauses of the statement before this one."""
        return (clause for clause in self.statement.clauses[: self.at] if isinstance(clause, Clause))

    def after(self) -> Iterator[Clause]:
        """The clauses of the statement behind this one."""
        return (clause for clause in self.statement.clauses[self.at + 1 :] if isinstance(clause, Clause))


def spots(survey: Survey) -> Iterator[Spot]:
    """All conditions and modifiers of all ACLs."""
    texts: dict[int, ExpandedText] = {}
    for text in survey.texts:
        if text.clause is not None:
            texts.setdefault(id(text.clause), text)  # what is taken out of it comes behind it
    for name, acl in survey.acls.items():
        for statement in acl.statements:
            for at, clause in enumerate(statement.clauses):
                if isinstance(clause, Clause):
                    yield Spot(name, statement, at, clause, texts.get(id(clause)))


def is_condition(clause: Clause) -> bool:
    """True for a condition, false for a modifier or an unknown word."""
    return clause.name.text in registry.names("acl-condition")


def unit_of(clause: Clause) -> Unit | None:
    """The unit of a condition or a modifier."""
    return registry.find("acl-condition", clause.name.text) or registry.find("acl-modifier", clause.name.text)


class Value(NamedTuple):
    """What the value of a condition or modifier can come to, white space around it taken off.

    Parts that are not known are the character `possible.GAP`.
    """

    text: str
    span: Span


def values(survey: Survey, spot: Spot, *, gaps: bool = False) -> Iterator[Value]:
    """The constant values of a clause, those in the branches of its expansion included.

    With ``gaps`` there are also those that are known in part.
    """
    if spot.text is None:
        return
    for outcome in outcomes(survey.tree(spot.text.source), GAP):
        if outcome.whole or (gaps and outcome.text.strip(GAP)):
            yield Value(outcome.text.strip(SPACE), Span(spot.text.source, outcome.start, outcome.end))


def shown(text: str) -> str:
    """A value for people: dots stand for what is not known."""
    return text.replace(GAP, "...")


def where(phase: str) -> str:
    """What Exim calls the ACL of a phase."""
    return WHERE.get(phase, phase.upper())


def permitted(survey: Survey, unit: Unit) -> frozenset[str]:
    """The phases in which the release that is imitated permits a condition, modifier or control."""
    return frozenset(survey.profile.as_of(unit.facts["older"], unit.facts["phases"]))


def refused(
    survey: Survey, spot: Spot, code: str, message: str, span: Span, allowed: frozenset[str]
) -> Iterator[Finding]:
    """The finding for what is not permitted in some phase in which its ACL is reached.

    ``message`` has ``{}`` for what Exim calls the ACL. Where other phases permit it and a condition before it
    may see to it that only they get there, it is a warning.
    """
    sure = survey.graph.phases.get(spot.acl, frozenset())
    reached = sure or survey.graph.unsure.get(spot.acl, frozenset())
    bad = [phase for phase in PHASES if phase in reached and phase not in allowed]
    if not bad or (not sure and len(bad) < len(reached)):
        return
    way = survey.graph.path(spot.acl, bad[0])
    split = len(bad) < len(reached) and _guarded(survey, spot, way)
    severity = ERROR if sure and not split else WARNING
    notes = [Note(_said(call), call.span) for call in way]
    if len(bad) > 1:
        notes.append(Note(f"likewise in the ACLs for {', '.join(map(where, bad[1:]))}"))
    good = [where(phase) for phase in PHASES if phase in allowed and phase not in ("delivery", "unknown")]
    notes.append(Note(f"permitted in the ACLs for {', '.join(good)}" if good else "permitted in no ACL"))
    yield Finding(code, message.format(where(bad[0])), span, severity, tuple(notes))


def _said(call: Call) -> str:
    named = (call.name or "").partition("\n")[0]
    if call.caller:
        return f'the ACL "{call.caller}" calls "{named}" here'
    return f'{call.text.name} runs "{named}"'


def _guarded(survey: Survey, spot: Spot, way: tuple[Call, ...]) -> bool:
    """True if some condition on the way to a clause may tell the phases from each other."""
    if any(clause.name.text in {"condition", "acl"} for clause in spot.before()):
        return True
    calls = {id(call.text.clause) for call in way if call.text.clause is not None}
    return any(
        clause.name.text in {"condition", "acl"}
        for other in survey.spots
        if id(other.clause) in calls
        for clause in other.before()
    )
