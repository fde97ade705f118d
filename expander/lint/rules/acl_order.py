"""The order of the checks of the ACL for RCPT: whom they reach that they are not meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint import acl_logic
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from expander.lint.rules.acl_policy import rcpt_acls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Acl
    from expander.lint.survey import Survey
    from grammar.ast.config import Statement

_START = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"


@rule(
    "EXA063",
    "postmaster-not-exempt",
    severity=REMARK,
    section="The default configuration file",
    bad=f"{_START}  deny dnslists = list.example\n  accept domains = a.example\n    verify = recipient\n",
    good=f"{_START}  accept local_parts = postmaster\n    domains = a.example\n    verify = recipient\n"
    "  deny dnslists = list.example\n",
)
def order_of_checks(survey: Survey) -> Iterator[Finding]:
    """Clients on a DNS list are refused before mail to postmaster is accepted.

    Who is listed wrongly cannot tell anybody: RFC 5321 wants postmaster to be reachable.
    """
    for acl, _call in rcpt_acls(survey):
        yield from _postmaster(acl)
        yield from _local(acl)
        yield from _own_clients(acl)


kind(
    "EXA068",
    "relaying-refused-before-clients",
    severity=WARNING,
    section="The default configuration file",
    doc="Recipients in other domains are refused before clients that have authenticated, or that are in "
    "one's own networks, are accepted: they cannot send mail to the outside.",
    bad=f"{_START}  require domains = a.example\n  accept authenticated = *\n  deny\n",
    good=f"{_START}  accept authenticated = *\n  require domains = a.example\n  accept verify = recipient\n",
)
kind(
    "EXA069",
    "dns-list-before-clients",
    severity=WARNING,
    section="The default configuration file",
    doc="A DNS list is asked before clients that have authenticated are accepted. "
    "People who send from home are on many lists, and cannot send then.",
    bad=f"{_START}  deny dnslists = list.example\n  accept authenticated = *\n  deny\n",
    good=f"{_START}  accept authenticated = *\n  deny dnslists = list.example\n  deny\n",
)
kind(
    "EXA065",
    "refused-before-local-mail",
    severity=REMARK,
    section="The default configuration file",
    doc="The ACL for RCPT begins with a check that can refuse, and accepts local submission over SMTP "
    "without TCP/IP (hosts = :) only behind it. Programs on the machine itself are checked like "
    "strangers then.",
    bad=f"{_START}  deny senders = *@a.example\n  accept hosts = :\n",
    good=f"{_START}  accept hosts = :\n  deny senders = *@a.example\n",
)


def _postmaster(acl: Acl) -> Iterator[Finding]:
    for statement in acl.statements:
        texts = {c.name.text: acl_logic.value_of(c) for c in acl_logic.conditions(statement)}
        if any("postmaster" in text for text in texts.values()):
            return
        if statement.verb.text in ("deny", "drop") and {*texts} == {"dnslists"}:
            message = "clients on a DNS list cannot write to postmaster"
            yield Finding("EXA063", message, statement.verb.span, REMARK)
            return


def _local(acl: Acl) -> Iterator[Finding]:
    first: Statement | None = None
    for statement in acl.statements:
        tested = [*acl_logic.conditions(statement)]
        if statement.verb.text == "accept" and [(c.name.text, acl_logic.value_of(c)) for c in tested] == [
            ("hosts", ":")
        ]:
            if first is not None:
                message = "local submission is accepted only behind checks that can refuse it"
                notes = (Note("this can refuse it", first.verb.span),)
                yield Finding("EXA065", message, statement.verb.span, REMARK, notes)
            return
        if statement.verb.text in ("deny", "drop", "require", "defer") and not any(
            c.name.text in ("hosts", "dnslists", "authenticated") for c in tested
        ):
            first = first or statement


def _own_clients(acl: Acl) -> Iterator[Finding]:
    """Checks meant for strangers that one's own clients meet as well, as those are accepted behind them."""
    checks: list[tuple[str, str, Statement]] = []
    for statement in acl.statements:
        tested = [*acl_logic.conditions(statement)]
        names = {clause.name.text for clause in tested}
        if statement.verb.text == "accept" and names and names <= {"authenticated", "hosts"}:
            if "authenticated" not in names and not any("relay" in acl_logic.value_of(c) for c in tested):
                continue  # a list of hosts may well be for something else
            for code, message, check in checks:
                if code == "EXA069" and "authenticated" not in names:
                    continue
                notes = (Note("they are accepted here only", statement.verb.span),)
                yield Finding(code, message, check.verb.span, WARNING, notes)
            checks = []
        if names == {"domains"} and _refuses_other_domains(statement, tested[0].negated):
            checks.append(("EXA068", "this keeps one's own clients from sending to other domains", statement))
        elif names == {"dnslists"} and statement.verb.text in ("deny", "drop", "defer"):
            message = "one's own clients are refused as well if they are on a DNS list"
            checks.append(("EXA069", message, statement))


def _refuses_other_domains(statement: Statement, negated: bool) -> bool:  # noqa: FBT001 - as the clause has it
    if statement.verb.text == "require":
        return not negated
    return statement.verb.text in ("deny", "drop") and negated
