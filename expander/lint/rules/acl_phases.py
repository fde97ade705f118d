"""Words of ACLs that are not permitted at the point of a session where their ACL runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.acl import GAP
from drivers.values.listtext import split
from expander.acl import verify_words
from expander.acl.control_words import control_of
from expander.lint.acl_spots import (
    is_condition,
    permitted,
    refused,
    unit_of,
    values,
    where,
)
from expander.lint.finding import Finding, Note
from expander.lint.rule import kind, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.acl_spots import Spot
    from expander.lint.survey import Survey

SECTION = "ACL conditions"
DISCARDS = frozenset("rcpt mail mime dkim data prdr not_smtp".split())
"""The phases in which ``discard`` may decide."""

ENDS = ("quit", "notquit")
FAILING = ("deny", "defer", "discard", "drop", "require")
_NO_HOST = ("not_smtp", "not_smtp_start")


@rule(
    "EXA001",
    "condition-in-wrong-acl",
    section=SECTION,
    bad="acl_smtp_mail = check\nbegin acl\ncheck:\n  deny domains = a.example\n  accept\n",
    good="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  deny domains = a.example\n  accept\n",
)
def condition_in_wrong_acl(survey: Survey) -> Iterator[Finding]:
    """A condition or a modifier is not permitted at the point of the session where its ACL runs.

    Exim notices when the statement is reached, and answers the client with "451 Temporary local problem";
    a message that does not come over SMTP is refused. The notes tell by which calls the ACL is reached, and
    where the word is permitted: the statement belongs into the ACL of one of those.
    """
    for spot in survey.spots:
        unit = unit_of(spot.clause)
        if unit is None or not survey.profile.has(unit):
            continue
        does = "test" if is_condition(spot.clause) else "use"
        message = f"cannot {does} {spot.name} condition in {{}} ACL"
        allowed = permitted(survey, unit)
        yield from refused(survey, spot, "EXA001", message, spot.clause.name.span, allowed)
        if spot.name == "control":
            yield from _control(survey, spot)
        elif spot.name == "verify":
            yield from _verify(survey, spot)
        elif spot.name == "dnslists":
            yield from _keyed_by_host(survey, spot, allowed)
    yield from _verbs(survey)


kind(
    "EXA002",
    "control-in-wrong-acl",
    section="Use of the control modifier",
    doc="A control is not permitted at the point of the session where its ACL runs: the client is answered "
    'with "451 Temporary local problem".',
    bad="acl_smtp_data = check\nbegin acl\ncheck:\n  accept control = submission\n",
    good="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  accept control = submission\n",
)
kind(
    "EXA003",
    "verify-in-wrong-acl",
    section=SECTION,
    doc="What the condition verify is to verify does not exist yet, or no longer, where its ACL runs: the "
    'client is answered with "451 Temporary local problem".',
    bad="acl_smtp_data = check\nbegin acl\ncheck:\n  require verify = recipient\n  accept\n",
    good="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  require verify = recipient\n  accept\n",
)
kind(
    "EXA004",
    "verb-in-wrong-acl",
    section="ACL verbs",
    doc="A verb cannot decide where its ACL runs: discard where no message is received, or one that refuses "
    "when the session ends. Exim logs an error instead, and the client is answered with a temporary one.",
    bad="acl_smtp_quit = check\nbegin acl\ncheck:\n  deny\n",
    good="acl_smtp_quit = check\nbegin acl\ncheck:\n  accept\n",
)


def _control(survey: Survey, spot: Spot) -> Iterator[Finding]:
    for value in values(survey, spot, gaps=True):
        control, _options = control_of(survey.profile, value.text)
        if control is not None:
            message = f'cannot use "control={control.name}" in {{}} ACL'
            allowed = permitted(survey, control)
            yield from refused(survey, spot, "EXA002", message, value.span, allowed)


def _verify(survey: Survey, spot: Spot) -> Iterator[Finding]:
    for value in values(survey, spot, gaps=True):
        keyword = verify_words.keyword(survey.profile, value.text)
        if keyword is not None and keyword.phases:
            message = f"cannot verify {keyword.name} in ACL for {{}}"
            yield from refused(survey, spot, "EXA003", message, value.span, keyword.phases)


def _keyed_by_host(survey: Survey, spot: Spot, allowed: frozenset[str]) -> Iterator[Finding]:
    """A DNS list asked for the client's address where there is no client."""
    for value in values(survey, spot, gaps=True):
        if any(
            GAP not in item and "/" not in item and not item.startswith("+") for item in split(value.text)
        ):
            message = "cannot test auto-keyed dnslists condition in {} ACL"
            yield from refused(survey, spot, "EXA001", message, value.span, allowed - {*_NO_HOST})


def _verbs(survey: Survey) -> Iterator[Finding]:
    for name, acl in survey.acls.items():
        phases = survey.graph.phases.get(name, frozenset())
        top = {call.phase for call in (*survey.graph.calls, *survey.graph.outside) if call.name == name}
        end = next((phase for phase in ENDS if phase in top), None)
        wrong = sorted(phases - DISCARDS - {*ENDS, "delivery", "unknown"})
        for statement in acl.statements:
            verb = statement.verb.text
            if end is not None and verb in FAILING:
                message = f"QUIT or not-QUIT toplevel ACL may not fail ('{verb}' verb used incorrectly)"
                note = Note('only "accept" and "warn" can be used where nothing is left to refuse')
                yield Finding("EXA004", message, statement.verb.span, notes=(note,))
            elif verb == "discard" and wrong:
                message = f'"discard" verb not allowed in {where(wrong[0])} ACL'
                way = survey.graph.path(name, wrong[0])
                notes = tuple(Note(f"{call.text.owner} runs the ACL", call.span) for call in way)
                yield Finding("EXA004", message, statement.verb.span, notes=notes)
    yield from _discarding_calls(survey)


def _discarding_calls(survey: Survey) -> Iterator[Finding]:
    """An ACL that discards is called under a verb that cannot pass that on."""
    for call in (*survey.graph.calls, *survey.graph.outside):
        statement, acl = call.text.statement, survey.acls.get(call.name or "")
        if statement is None or acl is None or call.text.name != "acl":
            continue
        verb = statement.verb.text
        discard = next((s.verb.span for s in acl.statements if s.verb.text == "discard"), None)
        if discard is not None and verb not in ("accept", "discard") and verb in registry.names("acl-verb"):
            message = (
                f'nested ACL returned "discard" for "{verb}" command '
                '(only allowed with "accept" or "discard")'
            )
            notes = (Note("it discards here", discard),)
            yield Finding("EXA004", message, call.span, notes=notes)
