"""Statements of ACLs that are never reached, never decide, or decide what was hardly meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint import acl_logic
from expander.lint.acl_spots import is_condition, where
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Acl
    from expander.lint.survey import Survey
    from grammar.ast.config import Statement

SECTION = "Format of an ACL"
_START = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"
_NEVER_REFUSING = frozenset({"quit", "notquit", "not_smtp_start", "delivery", "unknown"})
_MEANT_TO_REFUSE = frozenset({"vrfy", "expn", "etrn"})
_LEAVES = {
    "hosts": "host_data",
    "authenticated": "",
    "encrypted": "",
    "domains": "domain_data",
    "local_parts": "local_part_data",
    "recipients": "recipient_data",
    "senders": "sender_data",
    "sender_domains": "sender_domain",
    "dnslists": "dnslist_",
}
"""Conditions that do nothing but leave a value for later statements, and how the variable's name begins."""

_CHANGING = frozenset({"acl", "ratelimit", "seen", "verify", "condition"})
"""Conditions that may come out differently when they are tested again."""


@rule(
    "EXA040",
    "unreachable-statement",
    severity=WARNING,
    section=SECTION,
    bad=f"{_START}  accept\n  deny hosts = 192.0.2.1\n",
    good=f"{_START}  deny hosts = 192.0.2.1\n  accept\n",
)
def unreachable_statement(survey: Survey) -> Iterator[Finding]:
    """A statement stands behind one that always ends the ACL, so that it is never reached.

    A verb without conditions decides for everything that gets there, and so does a ``require`` that cannot
    hold. Usually the statement was meant to stand before it.
    """
    for name, acl in survey.acls.items():
        yield from _order(survey, acl)
        yield from _end(survey, name, acl)
        for statement in acl.statements:
            yield from _conditions(statement)
            yield from _without_effect(survey, statement)
            yield from _endpass(statement)


kind(
    "EXA041",
    "repeated-statement",
    severity=WARNING,
    section=SECTION,
    doc="A statement stands twice in an ACL, word by word: the second never decides anything.",
    bad=f"{_START}  deny hosts = 192.0.2.1\n  deny hosts = 192.0.2.1\n  accept hosts = 192.0.2.2\n",
    good=f"{_START}  deny hosts = 192.0.2.1\n  deny hosts = 192.0.2.3\n  accept hosts = 192.0.2.2\n",
)
kind(
    "EXA042",
    "contradicting-conditions",
    severity=WARNING,
    section=SECTION,
    doc="A statement has a condition and its negation: as all conditions of a statement must hold, it never "
    "applies.",
    bad=f"{_START}  accept hosts = 192.0.2.1\n    !hosts = 192.0.2.1\n",
    good=f"{_START}  accept hosts = 192.0.2.0/24\n    !hosts = 192.0.2.1\n",
)
kind(
    "EXA043",
    "repeated-condition",
    severity=WARNING,
    section=SECTION,
    doc="A statement tests the same twice. Another value was meant for one of the two.",
    bad=f"{_START}  accept hosts = 192.0.2.1\n    hosts = 192.0.2.1\n",
    good=f"{_START}  accept hosts = 192.0.2.1\n    domains = a.example\n",
)
kind(
    "EXA044",
    "implicit-deny",
    severity=REMARK,
    section=SECTION,
    doc="An ACL ends without a statement that decides about the rest. Exim refuses what gets to the end; a "
    "final deny says so to people.",
    bad=f"{_START}  accept hosts = 192.0.2.1\n",
    good=f"{_START}  accept hosts = 192.0.2.1\n  deny\n",
)
kind(
    "EXA045",
    "acl-accepts-nothing",
    severity=WARNING,
    section=SECTION,
    doc="An ACL never accepts, and its end refuses everything. A final accept is missing, or there are no "
    "statements at all.",
    bad="acl_smtp_mail = check\nbegin acl\ncheck:\n  deny hosts = 192.0.2.1\n",
    good="acl_smtp_mail = check\nbegin acl\ncheck:\n  deny hosts = 192.0.2.1\n  accept\n",
)
kind(
    "EXA047",
    "warn-without-effect",
    severity=WARNING,
    section="ACL verbs",
    doc="A warn statement has no modifier: it tests its conditions and does nothing then.",
    bad=f"{_START}  warn hosts = 192.0.2.1\n  accept hosts = 192.0.2.0/24\n",
    good=f"{_START}  warn hosts = 192.0.2.1\n    logwrite = hello\n  accept hosts = 192.0.2.0/24\n",
)
kind(
    "EXA049",
    "useless-endpass",
    severity=WARNING,
    section="ACL modifiers",
    doc="The modifier endpass parts the conditions whose failure goes on to the next statement from those "
    "whose failure refuses. With no condition behind it, or a second time, it does nothing.",
    bad=f"{_START}  accept hosts = 192.0.2.1\n    endpass\n",
    good=f"{_START}  accept hosts = 192.0.2.1\n    endpass\n    verify = recipient\n",
)


def _order(survey: Survey, acl: Acl) -> Iterator[Finding]:
    """Statements behind the end, and those that stand twice."""
    met: dict[tuple[str, ...], Statement] = {}
    end: Statement | None = None
    for statement in acl.statements:
        if end is not None:
            notes = (Note(f'this "{end.verb.text}" decides about everything that gets there', end.verb.span),)
            yield Finding("EXA040", "this statement is never reached", statement.verb.span, WARNING, notes)
            return
        words = acl_logic.wording(statement)
        before = met.setdefault(words, statement)
        verb = statement.verb.text
        if before is not statement and verb != "warn" and not any("$" in word for word in words):
            notes = (Note("it stands here already", before.verb.span),)
            yield Finding("EXA041", "this statement stands twice", statement.verb.span, WARNING, notes)
        if acl_logic.always_decides(survey, statement):
            end = statement


def _end(survey: Survey, name: str, acl: Acl) -> Iterator[Finding]:
    """What becomes of that about which no statement decides."""
    calls = [call for call in (*survey.graph.calls, *survey.graph.outside) if call.name == name]
    phases = {call.phase for call in calls if not call.caller} - _NEVER_REFUSING
    if not phases or acl_logic.final(survey, acl.statements):
        return
    names = ", ".join(sorted(where(phase) for phase in phases))
    span = (
        acl.node.heading.name.span if acl.node is not None and name in survey.config.acls else calls[0].span
    )
    accepts = any(statement.verb.text in ("accept", "discard") for statement in acl.statements)
    if accepts and name in survey.config.acls:
        message = f'the end of ACL "{name}" refuses what no statement decided about'
        yield Finding("EXA044", message, span, REMARK)
    elif not accepts and phases - _MEANT_TO_REFUSE:
        shown = name.partition("\n")[0]
        notes = (Note("a final accept is missing: the end of an ACL is an implicit deny"),)
        yield Finding("EXA045", f'the {names} ACL "{shown}" never accepts', span, WARNING, notes)


def _conditions(statement: Statement) -> Iterator[Finding]:
    """Conditions that are repeated or negated in the same statement."""
    met: dict[tuple[str, str], Clause] = {}
    for clause in statement.clauses:
        if not isinstance(clause, Clause):
            continue
        name, text = clause.name.text, acl_logic.value_of(clause)
        if name in ("set", "control"):
            met.clear()  # what is tested may have changed
        if not is_condition(clause) or name in _CHANGING:
            continue
        before = met.setdefault((name, text), clause)
        if before is clause:
            continue
        notes = (Note("the other one", before.name.span),)
        if before.negated != clause.negated:
            message = f'"{name}" is to be {text} and not to be {text}: the statement never applies'
            yield Finding("EXA042", message, clause.name.span, WARNING, notes)
        else:
            yield Finding("EXA043", f'"{name}" is tested twice', clause.name.span, WARNING, notes)


def _without_effect(survey: Survey, statement: Statement) -> Iterator[Finding]:
    if statement.verb.text != "warn":
        return
    names = {clause.name.text for clause in statement.clauses if isinstance(clause, Clause)}
    left = [_LEAVES.get(name) for name in names]
    if None in left or any(part and part in text.source.text for part in left for text in survey.texts):
        return
    plain = all("$" not in acl_logic.value_of(clause) for clause in acl_logic.conditions(statement))
    if plain:
        yield Finding("EXA047", "this statement does nothing", statement.verb.span, WARNING)


def _endpass(statement: Statement) -> Iterator[Finding]:
    clauses = [clause for clause in statement.clauses if isinstance(clause, Clause)]
    tested = [at for at, clause in enumerate(clauses) if is_condition(clause)]
    marks = [at for at, clause in enumerate(clauses) if clause.name.text == "endpass"]
    for at in marks:
        if statement.verb.text not in ("accept", "discard"):
            return
        if at != marks[0]:
            yield Finding("EXA049", '"endpass" stands here a second time', clauses[at].name.span, WARNING)
        elif not any(other < at for other in tested):
            message = '"endpass" stands before all conditions: whatever fails refuses'
            yield Finding("EXA049", message, clauses[at].name.span, REMARK)
        elif not any(other > at for other in tested):
            message = 'there is no condition behind "endpass"'
            yield Finding("EXA049", message, clauses[at].name.span, WARNING)
