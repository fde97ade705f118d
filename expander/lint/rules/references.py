"""Names that must be of something in the configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values.listtext import split
from expander.config.driver_checks import sides
from expander.lint.beginnings import outcomes
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.naming import meant, nearest, transport_uses
from expander.lint.rule import rule
from expander.lint.texts import ACL
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from expander.lint.survey import Survey

_SIDED = ("plaintext", "cram_md5", "spa", "external")
_IN_PLACE = re.compile(r"\s*(?:accept|defer|deny|discard|drop|require|warn)\s", re.ASCII)
_CALL = re.compile(r"(?<!\$)\bacl\s*=\s*([A-Za-z][A-Za-z0-9_]*)\s*(?=\n|\Z)", re.ASCII)


def _known(survey: Survey, section: str, name: str, names: Iterable[str]) -> bool:
    """True for a name that there is in a section, or that a file may have that could not be read."""
    known = set(names)
    in_file = survey.incomplete and survey.may_hold(section)
    return name in known or (in_file and nearest(name, known) is None)


@rule(
    "EXN001",
    "undefined-acl",
    section="Access control lists",
    bad="acl_smtp_rcpt = chek_rcpt\nbegin acl\ncheck_rcpt:\n  accept\n",
    good="acl_smtp_rcpt = check_rcpt\nbegin acl\ncheck_rcpt:\n  accept\n",
)
def undefined_acl(survey: Survey) -> Iterator[Finding]:
    """An option or a condition names an ACL that the configuration does not have.

    Exim looks for the ACL when it is to run: the client gets "451 Temporary local problem".
    """
    for name, span in _acls_named(survey):
        if not _known(survey, "acl", name, survey.config.acls):
            notes = meant(name, survey.config.acls)
            yield Finding("EXN001", f'there is no ACL "{name}"', span, notes=notes)


def _acls_named(survey: Survey) -> Iterator[tuple[str, Span]]:
    """The names of ACLs that stand in options, conditions and expansions, in branches too."""
    for text in survey.texts:
        if text.kind == ACL and _IN_PLACE.match(text.source.text):
            for named in _CALL.finditer(text.source.text):
                yield named[1], Span(text.source, named.start(1), named.end(1))
    for call in survey.graph.calls:
        if call.name is not None:
            yield call.name, call.span
        elif call.text.kind == ACL:
            for found in outcomes(survey, call.text.source):
                words = found.text.split() if found.whole else []
                if len(words) == 1 and "/" not in words[0]:
                    start = found.span.start + found.span.text.index(words[0])
                    yield words[0], Span(found.span.source, start, start + len(words[0]))


@rule(
    "EXN002",
    "undefined-transport",
    section="Generic options for routers",
    bad="begin routers\nlocal:\n  driver = accept\n  transport = mailbx\n"
    "begin transports\nmailbox:\n  driver = appendfile\n  file = /var/mail/all\n",
    good="begin routers\nlocal:\n  driver = accept\n  transport = mailbox\n"
    "begin transports\nmailbox:\n  driver = appendfile\n  file = /var/mail/all\n",
)
def undefined_transport(survey: Survey) -> Iterator[Finding]:
    """An option names a transport that the configuration does not have.

    The name is looked for when an address is routed: all addresses that the router takes are deferred, and
    neither `-bV` nor the start of the daemon tells. A shadow transport that is not found leaves a line in
    the log for each delivery.
    """
    names = [transport.name for transport in survey.config.transports]
    for use in transport_uses(survey):
        if not _known(survey, "transports", use.name, names):
            where = f" in {use.text.holder} router" if use.text.holder else ""
            message = f'transport "{use.name}" not found{where}'
            yield Finding("EXN002", message, use.span, notes=meant(use.name, names))
    for transport in survey.config.transports:
        shadow = transport.setting("shadow_transport")
        if shadow is not None and not _known(survey, "transports", shadow.value, names):
            message = f'shadow transport "{shadow.value}" not found'
            yield Finding("EXN002", message, shadow.span, notes=meant(shadow.value, names))


@rule(
    "EXN003",
    "undefined-authenticator",
    severity=WARNING,
    section="ACL conditions",
    bad="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  accept authenticated = PLAIN\n"
    "begin authenticators\nserver_plain:\n  driver = plaintext\n  public_name = PLAIN\n"
    '  server_condition = ${if eq{$auth2}{a}}\n  server_prompts = ":"\n',
    good="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  accept authenticated = server_plain\n"
    "begin authenticators\nserver_plain:\n  driver = plaintext\n  public_name = PLAIN\n"
    '  server_condition = ${if eq{$auth2}{a}}\n  server_prompts = ":"\n',
)
def undefined_authenticator(survey: Survey) -> Iterator[Finding]:
    """A condition `authenticated` names an authenticator that the configuration does not have.

    No client ever satisfies it. The names are those that stand before the colons in the section of
    authenticators, not the public names of the mechanisms.
    """
    names = {lower(one.name) for one in survey.config.authenticators}
    for text in survey.texts:
        if text.section == "acl" and text.name == "authenticated":
            for item in _plain_items(text.source.text):
                if lower(item) not in names and not (survey.incomplete and survey.may_hold("authenticators")):
                    start = text.source.text.index(item)
                    span = Span(text.source, start, start + len(item))
                    yield _no_authenticator(survey, item, span)


def _plain_items(text: str) -> list[str]:
    """The items of a list that are names and nothing else."""
    if "$" in text:
        return []
    items = [item.removeprefix("!").lstrip() for item in split(text)]
    return [item for item in items if item and item.replace("_", "").replace("-", "").isalnum()]


def _no_authenticator(survey: Survey, item: str, span: Span) -> Finding:
    notes = [
        Note(f"{item} is a public name; the authenticator is called {one.name}")
        for one in survey.config.authenticators
        if lower(str(one["public_name"])) == lower(item)
    ]
    found = tuple(notes) or meant(item, (one.name for one in survey.config.authenticators))
    message = f'there is no authenticator "{item}"'
    return Finding("EXN003", message, span, severity=WARNING, notes=found)


@rule(
    "EXN012",
    "idle-authenticator",
    severity=WARNING,
    section="SMTP authentication",
    bad='begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = ":"\n',
    good="begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n"
    '  server_prompts = ":"\n  server_condition = ${if eq{$auth2}{a}}\n',
)
def idle_authenticator(survey: Survey) -> Iterator[Finding]:
    """An authenticator works neither as a server nor as a client.

    Each driver has an option that makes it the one or the other, as `server_condition` and `client_send`
    do for `plaintext`. Without it the mechanism is not offered, and nothing tells so.
    """
    for one in survey.config.authenticators:
        if one.driver in _SIDED and not sides(one):
            message = f"the {one.name} authenticator works neither as a server nor as a client"
            yield Finding("EXN012", message, one.span, severity=WARNING)
