"""Variables that are empty where they stand: not set yet, not set here, or set by nothing at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from expander.lint import phases
from expander.lint.finding import REMARK, WARNING, Edit, Finding, Fix, Note
from expander.lint.rule import rule
from grammar.ast.config import Clause
from grammar.ast.expansion import Header, Node, Variable
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

SECTION = "Expansion variables"


def _variables(survey: Survey) -> Iterator[tuple[ExpandedText, Node, str]]:
    """All variables of all texts."""
    for text in survey.texts:
        for node in survey.nodes(text):
            if isinstance(node, Variable):
                yield text, node, node.name


@rule(
    "EXE012",
    "variable-not-set-here",
    severity=WARNING,
    section=SECTION,
    bad="acl_smtp_mail = a\nbegin acl\na:\n  deny condition = ${if eq{$domain}{example.com}}\n  accept\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  deny condition = ${if eq{$domain}{example.com}}\n  accept\n",
)
def variable_not_set_here(survey: Survey) -> Iterator[Finding]:
    """A variable stands where it is always empty, because of the point of the session or the delivery.

    Exim does not complain: conditions on it are never true, or always. ``$local_part`` and ``$domain`` belong
    to one recipient and are not there when the message as a whole is looked at; header lines are there when
    the message has been received; ``$auth1`` and the like only while the authenticator works.
    """
    for text in survey.texts:
        here = phases.phases_of(survey, text)
        if not here:
            continue
        for node in survey.nodes(text):
            name, missing = _missing(node)
            if missing is None or not here <= missing[0]:
                continue
            span = Span(text.source, node.start, node.end)
            where = _where(text, here)
            yield Finding("EXE012", f"{name} is always empty {where}", span, WARNING, (Note(missing[1]),))


def _missing(node: Node) -> tuple[str, tuple[frozenset[str], str] | None]:
    if isinstance(node, Variable):
        return f"${node.name}", phases.MISSING.get(node.name)
    if isinstance(node, Header):
        return f"$h_{node.name}:", phases.HEADERS
    return "", None


def _where(text: ExpandedText, here: frozenset[str]) -> str:
    if text.section == "acl":
        return f"in this ACL, which runs for {', '.join(sorted(here))}"
    return f"in {text.owner}" if text.section == "main" else f"in {text.section}s"


@rule(
    "EXE013",
    "variable-set-by-nothing",
    severity=WARNING,
    section=SECTION,
    bad="acl_smtp_data = a\nbegin acl\na:\n  deny condition = ${if >{$spam_score_int}{50}}\n  accept\n",
    good="acl_smtp_data = a\nbegin acl\na:\n  deny spam = nobody\n"
    "       condition = ${if >{$spam_score_int}{50}}\n  accept\n",
)
def variable_set_by_nothing(survey: Survey) -> Iterator[Finding]:
    """A variable is read that only a certain condition or option sets, and the configuration has none.

    ``$spam_score`` is set by the condition ``spam``, ``$dnslist_text`` by ``dnslists``, ``$self_hostname``
    where a router has ``self = pass``: without it they are empty.
    """
    if survey.incomplete:
        return
    written = _written(survey)
    for text, node, name in _variables(survey):
        by = _setters(name)
        if by and not any(re.search(pattern, written) for pattern, _ in by):
            span = Span(text.source, node.start, node.end)
            words = " or ".join(f'"{word}"' for _, word in by)
            yield Finding("EXE013", f"nothing sets ${name}: there is no {words}", span, WARNING)


def _setters(name: str) -> tuple[tuple[str, str], ...]:
    """What sets a variable: a pattern for the text of the configuration, and what to call it."""
    if name in phases.SET_BY:
        return tuple((rf"(?m)(?:^|[\s!]){word}\s*=", f"{word} =") for word in phases.SET_BY[name])
    if name in phases.VERIFICATIONS:
        word = phases.VERIFICATIONS[name]
        return ((rf"verify\s*=\s*{word}", f"verify = {word}"),)
    if name == "self_hostname":
        return ((r"(?m)(?:^|\s)self\s*=\s*\"?pass", "self = pass"),)
    if name == "srs_recipient":
        return ((r"inbound_srs|\bsrs\s*=", "inbound_srs"),)
    return ()


def _written(survey: Survey) -> str:
    """The text of all files, parts that are skipped included: what is set there is meant to be set."""
    return "\n".join(source.text for source in survey.config.tree.files)


@rule(
    "EXE015",
    "message-of-no-verification",
    severity=WARNING,
    section=SECTION,
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  warn !verify = recipient\n"
    "  accept log_message = $acl_verify_message\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  deny message = $acl_verify_message\n"
    "       !verify = recipient\n",
)
def message_of_no_verification(survey: Survey) -> Iterator[Finding]:
    """A statement of an ACL reads ``$acl_verify_message`` and verifies nothing.

    The message of a failed verification is kept until the end of the statement that verifies. Put it in an
    ACL variable to have it in later statements.
    """
    called = {call.name for call in survey.graph.calls if call.caller}
    for text in survey.texts:
        if text.section != "acl" or text.statement is None or text.holder in called:
            continue
        names = {clause.name.text for clause in text.statement.clauses if isinstance(clause, Clause)}
        if names & {"verify", "acl"} or not phases.phases_of(survey, text):
            continue
        for node in survey.nodes(text):
            if isinstance(node, Variable) and node.name == "acl_verify_message":
                span = Span(text.source, node.start, node.end)
                message = "$acl_verify_message is empty: this statement verifies nothing"
                note = Note("it is kept until the end of the statement that has the verify condition")
                yield Finding("EXE015", message, span, WARNING, (note,))


_DEPRECATED = re.compile(r"tls_(?:bits|certificate_verified|cipher|peerdn|sni)", re.ASCII)


@rule(
    "EXE017",
    "deprecated-variable",
    severity=REMARK,
    section=SECTION,
    bad="received_header_text = Received: $tls_cipher\n",
    good="received_header_text = Received: $tls_in_cipher\n",
)
def deprecated_variable(survey: Survey) -> Iterator[Finding]:
    """A variable goes by a name that the manual calls deprecated.

    ``$tls_cipher`` and the like are about the connection on which the message came, in transports too. The
    new names say so: ``$tls_in_cipher``, and ``$tls_out_cipher`` for the connection to the next host.
    """
    for text, node, name in _variables(survey):
        if not _DEPRECATED.fullmatch(name):
            continue
        new = name.replace("tls_", "tls_in_", 1)
        start = text.source.text.find(name, node.start, node.end)
        span = Span(text.source, node.start, node.end)
        fix = None
        if start >= 0 and registry.find("variable", new) is not None:
            fix = Fix(f"write ${new}", (Edit(Span(text.source, start, start + len(name)), new),), safe=True)
        severity = WARNING if text.section == "transport" else REMARK
        yield Finding("EXE017", f"${name} is a deprecated name of ${new}", span, severity, (), fix)
