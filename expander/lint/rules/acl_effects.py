"""What ACLs set, refuse or answer without the effect that was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint import acl_logic
from expander.lint.acl_spots import is_condition, values
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from grammar.ast.expansion import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.acl_spots import Spot
    from expander.lint.survey import Survey

_START = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"
_BEFORE_MAIL = frozenset("connect helo auth starttls etrn expn vrfy".split())
"""Where variables of a message are set in vain: the command MAIL empties them."""

_REFUSING = ("deny", "drop", "defer", "require")
_MEANINGFUL_QUOTES = frozenset({"acl", "condition"})
"""Conditions that take quotes off, or that refuse them: other rules look at those."""

_TEXTS = frozenset({"message", "log_message", "logwrite", "add_header", "set"})


@rule(
    "EXA057",
    "message-variable-set-too-early",
    severity=WARNING,
    section="ACL variables",
    bad="acl_smtp_connect = early\nacl_smtp_rcpt = check\nbegin acl\nearly:\n  accept set acl_m_a = 1\n"
    "check:\n  accept condition = ${if eq{$acl_m_a}{1}}\n",
    good="acl_smtp_connect = early\nacl_smtp_rcpt = check\nbegin acl\nearly:\n  accept set acl_c_a = 1\n"
    "check:\n  accept condition = ${if eq{$acl_c_a}{1}}\n",
)
def effects(survey: Survey) -> Iterator[Finding]:
    """A variable ``acl_m...`` is set before MAIL and read behind it: it is empty then.

    These variables belong to a message, and MAIL, EHLO, HELO and STARTTLS empty them. Those whose names begin
    with ``acl_c`` last as long as the connection.
    """
    late = _read_late(survey)
    for spot in survey.spots:
        phases = survey.graph.may_run_in(spot.acl)
        if spot.name == "set" and phases and phases <= _BEFORE_MAIL:
            yield from _too_early(spot, late)
        elif spot.name == "message" and spot.verb == "accept" and phases == {"helo"}:
            yield from _of_one_line(survey, spot)
        yield from _quotes(spot)
    yield from _ignored(survey)


kind(
    "EXA055",
    "quoted-value",
    severity=WARNING,
    section="Format of an ACL",
    doc="A value is in double quotes. In ACLs quotes are not taken off: they are part of the list or of "
    "the text.",
    bad=f'{_START}  accept hosts = "192.0.2.1"\n',
    good=f"{_START}  accept hosts = 192.0.2.1\n",
)
kind(
    "EXA058",
    "greeting-of-several-lines",
    severity=WARNING,
    section="The EHLO/HELO ACL",
    doc="The message with which HELO is accepted must be one line: Exim cuts it off there and logs a panic.",
    bad="acl_smtp_helo = check\nbegin acl\ncheck:\n  accept message = hello\\nclient\n",
    good="acl_smtp_helo = check\nbegin acl\ncheck:\n  accept message = hello client\n",
)
kind(
    "EXA059",
    "refusal-without-effect",
    severity=WARNING,
    section="The non-SMTP ACLs",
    doc="The result of the ACL that runs at the start of a message that does not come over SMTP is ignored. "
    "To refuse, set a variable there and test it in the ACL acl_not_smtp.",
    bad="acl_not_smtp_start = check\nbegin acl\ncheck:\n  deny senders = a@a.example\n  accept\n",
    good="acl_not_smtp = check\nbegin acl\ncheck:\n  deny senders = a@a.example\n  accept\n",
)


def _read_late(survey: Survey) -> frozenset[str]:
    """The names of the ACL variables that are read where a message is or was received."""
    found: set[str] = set()
    for text in survey.texts:
        phases = survey.graph.may_run_in(text.holder) if text.section == "acl" else frozenset({"later"})
        if "acl_m" in text.source.text and not phases <= _BEFORE_MAIL:
            found.update(node.name for node in survey.nodes(text) if isinstance(node, Variable))
    return frozenset(found)


def _too_early(spot: Spot, late: frozenset[str]) -> Iterator[Finding]:
    argument = spot.clause.argument
    if argument is not None and argument.text.startswith("acl_m") and argument.text in late:
        message = f'"{argument.text}" is emptied by MAIL before it is read'
        notes = (Note("variables that begin with acl_c last as long as the connection"),)
        yield Finding("EXA057", message, argument.span, WARNING, notes)


def _of_one_line(survey: Survey, spot: Spot) -> Iterator[Finding]:
    for value in values(survey, spot, gaps=True):
        if "\n" in value.text or "\\n" in value.text:
            message = "EHLO/HELO response must not contain newlines: message truncated"
            yield Finding("EXA058", message, value.span, WARNING)


def _quotes(spot: Spot) -> Iterator[Finding]:
    text = acl_logic.value_of(spot.clause)
    quoted = len(text) > 1 and text.startswith('"') and text.endswith('"') and '"' not in text[1:-1]
    if not quoted or spot.clause.value is None or spot.name in _MEANINGFUL_QUOTES:
        return
    if is_condition(spot.clause) and spot.name not in ("verify", "ratelimit", "seen"):
        message = f'the quotes are part of the value of "{spot.name}"'
        yield Finding("EXA055", message, spot.clause.value.span, WARNING)
    elif spot.name in _TEXTS:
        message = "the quotes are part of the text"
        severity = WARNING if spot.name == "add_header" else REMARK
        yield Finding("EXA055", message, spot.clause.value.span, severity)


def _ignored(survey: Survey) -> Iterator[Finding]:
    calls = (*survey.graph.calls, *survey.graph.outside)
    for name, acl in survey.acls.items():
        where_from = {(call.caller, call.phase) for call in calls if call.name == name}
        if where_from != {("", "not_smtp_start")}:
            continue
        for statement in acl.statements:
            if statement.verb.text in _REFUSING:
                message = "what this ACL decides is ignored: it cannot refuse the message"
                yield Finding("EXA059", message, statement.verb.span, WARNING)
