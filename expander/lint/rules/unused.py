"""What a configuration defines and nothing in it uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.config.model import LIST_WORDS
from expander.lint.beginnings import outcomes
from expander.lint.finding import REMARK, WARNING, Finding
from expander.lint.naming import WORD, lines, skipped_text, transport_texts
from expander.lint.rule import rule
from expander.lint.texts import ACL
from grammar.ast.config import NamedList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

_LIST_USE = re.compile(r"\+([A-Za-z0-9_]+)", re.ASCII)
_LIST_FOUND_LATER = re.compile(r"\+\$")


@rule(
    "EXN004",
    "unused-acl",
    severity=WARNING,
    section="Access control lists",
    bad="begin acl\ncheck_data:\n  accept\n",
    good="acl_smtp_data = check_data\nbegin acl\ncheck_data:\n  accept\n",
)
def unused_acl(survey: Survey) -> Iterator[Finding]:
    """An ACL is defined, but nothing runs it.

    Its checks look as if they were made and are not. Most often the main option that should name the ACL
    (`acl_smtp_data` and so on) is missing. Where a comment names the ACL somebody knows, and the finding
    is a remark.
    """
    if survey.incomplete or _acls_found_later(survey):
        return
    used = set(WORD.findall(skipped_text(survey.config.tree)))
    for text in survey.texts:
        if text.kind == ACL or "acl" in text.source.text:
            used.update(WORD.findall(text.source.text))
    left_out = set(WORD.findall(_comments(survey)))
    for acl in survey.config.acls.values():
        may_run = survey.graph.may_run_in(acl.name)
        if acl.name not in used and not may_run and acl.node is not None:
            message = f'ACL "{acl.name}" is never used'
            severity = REMARK if acl.name in left_out else WARNING
            yield Finding("EXN004", message, acl.node.heading.name.span, severity=severity)


def _comments(survey: Survey) -> str:
    return "".join(line.span.text for line in survey.config.tree.physical if line.role == "comment")


def _acls_found_later(survey: Survey) -> bool:
    """True if some call takes the name of its ACL from a value that only the run can tell."""
    for call in survey.graph.calls:
        if call.name is not None:
            continue
        if call.text.kind != ACL:
            return True
        if any(not found.whole and not found.text.strip() for found in outcomes(survey, call.text.source)):
            return True
    return False


@rule(
    "EXN005",
    "unused-transport",
    severity=REMARK,
    section="Generic options for routers",
    bad="begin transports\nmailbox:\n  driver = appendfile\n  file = /var/mail/all\n",
    good="begin routers\nlocal:\n  driver = accept\n  transport = mailbox\n"
    "begin transports\nmailbox:\n  driver = appendfile\n  file = /var/mail/all\n",
)
def unused_transport(survey: Survey) -> Iterator[Finding]:
    """A transport is defined, but no router and no option names it.

    It can be deleted, unless a router that should name it names another one.
    """
    if survey.incomplete:
        return
    used = set(WORD.findall(skipped_text(survey.config.tree)))
    for text in transport_texts(survey):
        used.update(WORD.findall(text.source.text))
        if not all(found.whole or found.text for found in outcomes(survey, text.source)):
            return
    for router in survey.config.routers:
        if router.driver == "queryprogram":
            return
        for name in ("route_list", "route_data"):
            setting = router.setting(name)
            if setting is not None:
                used.update(WORD.findall(setting.text))
    shadows = (transport.setting("shadow_transport") for transport in survey.config.transports)
    used.update(str(shadow.value) for shadow in shadows if shadow is not None)
    for transport in survey.config.transports:
        if transport.name not in used:
            message = f'transport "{transport.name}" is never used'
            yield Finding("EXN005", message, transport.span, severity=REMARK)


@rule(
    "EXN006",
    "unused-list",
    severity=REMARK,
    section="Named lists",
    bad="domainlist relay_to_domains = example.org\n",
    good="domainlist relay_to_domains = example.org\nacl_smtp_rcpt = check\n"
    "begin acl\ncheck:\n  accept domains = +relay_to_domains\n",
)
def unused_list(survey: Survey) -> Iterator[Finding]:
    """A named list is defined, but nothing refers to it with a plus sign before its name.

    What it was made for may be missing or refer to another list.
    """
    if survey.incomplete:
        return
    texts = [skipped_text(survey.config.tree)]
    texts += dict.fromkeys(line.span.source.text for line in lines(survey.config.tree))
    if any(_LIST_FOUND_LATER.search(text) for text in texts):
        return
    used = {name for text in texts for name in _LIST_USE.findall(text)}
    for node in survey.config.tree.main:
        if isinstance(node, NamedList) and node.name.text not in used | _asked_for(survey):
            message = f'named {LIST_WORDS[node.list_kind]} list "{node.name.text}" is never used'
            yield Finding("EXN006", message, node.name.span, severity=REMARK)


def _asked_for(survey: Survey) -> set[str]:
    """The words of expansions that go through a list with ``${listnamed:...}``."""
    texts = (text.source.text for text in survey.texts)
    return {word for text in texts if "listnamed" in text for word in WORD.findall(text)}
