"""Messages and delays of ACL statements that come to nothing, or to something else than was meant."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from drivers.values import interval
from expander.lint import acl_logic
from expander.lint.acl_spots import is_condition, values, where
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.acl_spots import Spot
    from expander.lint.survey import Survey
    from grammar.ast.config import Statement

SECTION = "ACL modifiers"
_START = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"
_RECEIVING = frozenset(
    "rcpt mail predata mime dkim data prdr not_smtp not_smtp_start delivery unknown".split()
)
_TEXTS = ("message", "log_message")
_LAST_COUNTS = ("deny", "drop", "defer", "warn")
"""The verbs that act when all conditions hold, so that the last message is the one that counts."""

_CODE = re.compile(r"([0-9]{3})(?:[ \t]+([0-9])\.[0-9]{1,3}\.[0-9]{1,3})?(?=[ \t]|\Z)", re.ASCII)
_DIGITS = {"accept": "2", "discard": "2", "deny": "5", "drop": "5", "require": "5", "defer": "4"}
_REFUSES = re.compile(
    r"\b(?:den(?:y|ied)|reject(?:ed)?|refused|blocked|blacklisted|forbidden|not "
    r"(?:allowed|permitted|accepted))\b",
    re.IGNORECASE,
)
LONGEST_LINE = 506
"""What fits into a line of an answer besides the code: 512 bytes with CR and LF."""

LONGEST_DELAY = 300
"""Clients wait five minutes for most answers: RFC 5321, 4.5.3.2."""


@rule(
    "EXA050",
    "message-never-used",
    severity=WARNING,
    section="Condition and modifier processing",
    bad=f"{_START}  require verify = sender\n    message = no such sender\n  accept\n",
    good=f"{_START}  require message = no such sender\n    verify = sender\n  accept\n",
)
def messages(survey: Survey) -> Iterator[Finding]:
    """A ``message`` or ``log_message`` stands where it can never be used.

    What was set last when a statement decides is what counts. A ``require`` decides when a condition fails,
    so its message must stand before that condition; for ``deny`` and its like a later message replaces the
    one before; under ``warn`` a message is a header line and does nothing where no message is received.
    """
    nested = {call.name for call in (*survey.graph.calls, *survey.graph.outside) if call.caller}
    for name, acl in survey.acls.items():
        for statement in acl.statements:
            yield from _unused(statement)
            yield from _says_nothing(statement)
            if statement.verb.text == "accept" and name not in nested:
                yield from _not_logged(statement, last=statement is acl.statements[-1])
    for spot in survey.spots:
        if spot.name == "message":
            yield from _code(survey, spot)
            yield from _under_warn(survey, spot)
        elif spot.name == "delay":
            yield from _delay(survey, spot)


kind(
    "EXA051",
    "message-code",
    severity=WARNING,
    section=SECTION,
    doc="The number at the start of a message is none that the verb can answer with: Exim logs that the "
    "code starts with an incorrect digit and sends the usual one. The extended code must begin "
    "with the same digit.",
    bad=f"{_START}  deny message = 450 come again\n",
    good=f"{_START}  defer message = 450 4.7.1 come again\n",
)
kind(
    "EXA052",
    "require-without-message",
    severity=REMARK,
    section="ACL verbs",
    doc="A require refuses without saying why: the client is told no more than that it was denied.",
    bad=f"{_START}  require hosts = 192.0.2.0/24\n  accept\n",
    good=f"{_START}  require message = not from there\n    hosts = 192.0.2.0/24\n  accept\n",
)
kind(
    "EXA053",
    "warn-message-as-header",
    severity=REMARK,
    section="Adding header lines in ACLs",
    doc="Under warn, message adds a header line. This use is deprecated: add_header does the same and says "
    "so.",
    bad=f"{_START}  warn message = X-Seen: yes\n  accept\n",
    good=f"{_START}  warn add_header = X-Seen: yes\n  accept\n",
)
kind(
    "EXA054",
    "long-message",
    severity=REMARK,
    section=SECTION,
    doc="A line of a message is longer than the 512 bytes that a line of an SMTP answer may have.",
    bad=f"{_START}  deny message = {'no ' * 180}\n",
    good=f"{_START}  deny message = no\n",
)
kind(
    "EXA056",
    "long-delay",
    severity=WARNING,
    section=SECTION,
    doc="A delay is as long as clients wait for an answer: they will have gone by then and come again.",
    bad=f"{_START}  accept delay = 10m\n",
    good=f"{_START}  accept delay = 20s\n",
)


kind(
    "EXA074",
    "accepting-with-words-of-refusal",
    severity=WARNING,
    section="ACL verbs",
    doc="The message of an accept is what the client is told when it succeeds. One that speaks of a refusal "
    "belongs to another verb, or to a condition behind endpass.",
    bad=f"{_START}  accept hosts = 192.0.2.1\n    message = relaying denied\n",
    good=f"{_START}  accept hosts = 192.0.2.1\n  deny message = relaying denied\n",
)


def _unused(statement: Statement) -> Iterator[Finding]:
    clauses = [clause for clause in statement.clauses if isinstance(clause, Clause)]
    verb = statement.verb.text
    for name in _TEXTS:
        places = [at for at, clause in enumerate(clauses) if clause.name.text == name]
        for at, following in zip_longest(places, places[1:]):
            span = clauses[at].name.span
            if following is None:
                if verb == "require" and not any(map(is_condition, clauses[at + 1 :])):
                    notes = (Note("it must stand before the condition that can fail"),)
                    yield Finding("EXA050", _never(name), span, WARNING, notes)
            elif verb in _LAST_COUNTS or not any(map(_may_decide, clauses[at + 1 : following])):
                notes = (Note("this one takes its place", clauses[following].name.span),)
                yield Finding("EXA050", _never(name), span, WARNING, notes)


def _not_logged(statement: Statement, *, last: bool) -> Iterator[Finding]:
    """A ``log_message`` of an ``accept``: it is for what is refused, here or at the end of the ACL."""
    clauses = [clause for clause in statement.clauses if isinstance(clause, Clause)]
    if any(clause.name.text == "endpass" for clause in clauses):
        return
    for at, clause in enumerate(clauses):
        fails = last and any(map(is_condition, clauses[at + 1 :]))
        if clause.name.text == "log_message" and not fails:
            notes = (Note("nothing is logged of what is accepted; logwrite writes a line at once"),)
            yield Finding("EXA050", _never("log_message"), clause.name.span, WARNING, notes)


def _never(name: str) -> str:
    return f'this "{name}" is never used'


def _may_decide(clause: Clause) -> bool:
    """True for what can end a statement: a condition, or what behind it makes conditions decide."""
    return is_condition(clause) or clause.name.text == "endpass"


def _says_nothing(statement: Statement) -> Iterator[Finding]:
    tested = [clause.name.text for clause in acl_logic.conditions(statement)]
    quiet = [name for name in tested if name not in ("verify", "acl")]
    if statement.verb.text == "require" and quiet and not any(acl_logic.modifiers(statement, "message")):
        yield Finding("EXA052", "this refuses without a message", statement.verb.span, REMARK)


def _under_warn(survey: Survey, spot: Spot) -> Iterator[Finding]:
    if spot.verb != "warn":
        return
    phases = survey.graph.phases.get(spot.acl, frozenset())
    if phases and not phases & _RECEIVING:
        notes = (Note("to log something, use log_message or logwrite"),)
        place = where(min(phases))
        message = (
            f'ACL "warn" with "message" setting found in a non-message ({place}) ACL: '
            "cannot specify header lines here: message ignored"
        )
        yield Finding("EXA050", message, spot.clause.name.span, WARNING, notes)
    else:
        message = '"message" under "warn" adds a header line: "add_header" says so'
        yield Finding("EXA053", message, spot.clause.name.span, REMARK)


def _code(survey: Survey, spot: Spot) -> Iterator[Finding]:
    digit = _DIGITS.get(spot.verb)
    if spot.verb in ("accept", "discard") and any(acl_logic.modifiers(spot.statement, "endpass")):
        digit = "5"
    if "predata" in survey.graph.phases.get(spot.acl, frozenset()) and digit == "2":
        digit = "3"
    for value in values(survey, spot, gaps=True):
        found = _CODE.match(value.text)
        if found and digit is not None and found[1][0] != digit:
            message = (
                f'configured error code starts with incorrect digit (expected {digit}) in "{value.text}"'
            )
            yield Finding("EXA051", message, value.span, WARNING)
        elif found and found[2] and found[2] != found[1][0]:
            message = f'the extended code after {found[1]} must begin with "{found[1][0]}."'
            yield Finding("EXA051", message, value.span, WARNING)
        if digit == "2" and _REFUSES.search(value.text):
            message = "this is said when the client is accepted"
            yield Finding("EXA074", message, value.span, WARNING)
        if any(len(line) > LONGEST_LINE for line in value.text.replace("\\n", "\n").split("\n")):
            message = "a line of this message is longer than a line of an SMTP answer may be"
            yield Finding("EXA054", message, value.span, REMARK)


def _delay(survey: Survey, spot: Spot) -> Iterator[Finding]:
    for value in values(survey, spot):
        seconds = interval.parse(value.text)
        if seconds is not None and seconds >= LONGEST_DELAY:
            message = f"clients do not wait {interval.show(seconds)} for an answer"
            yield Finding("EXA056", message, value.span, WARNING)
