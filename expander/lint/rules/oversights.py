"""What is left out or put in the wrong place, so that Exim reads something else than was meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values import listtext
from expander.config.model import LIST_WORDS
from expander.lint.finding import WARNING, Edit, Finding, Fix, Note
from expander.lint.naming import meant
from expander.lint.rule import rule
from grammar.ast.config import Acl
from grammar.ast.expansion import Text
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.listview import ListItem, ListView
    from expander.lint.survey import Survey

_LISTS = "Domain, host, address, and local part lists"
_START = "acl_smtp_rcpt = a\nbegin acl\na:\n"

_ROLES = frozenset("postmaster hostmaster webmaster abuse root mailer-daemon noreply no-reply".split())
"""Local parts that stand for offices; no domain has such a name of one word."""

_ESCAPED = re.compile(r"\\N.*?(?:\\N|\Z)|(?P<mark>\\\}[ \t\n]*\{)|\\.|[^\\]+", re.DOTALL)

MECHANISMS = frozenset(
    "ANONYMOUS CRAM-MD5 DIGEST-MD5 EXTERNAL GS2-KRB5 GSSAPI LOGIN NTLM OAUTHBEARER OTP PLAIN SCRAM-SHA-1 "
    "SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS SCRAM-SHA-512 SCRAM-SHA-512-PLUS SPA XOAUTH2".split()
)
"""The mechanisms for SMTP authentication that clients know."""

_SERVER = (
    "begin authenticators\n{}:\n  driver = plaintext\n{}  server_condition = ${{if eq{{$auth2}}{{a}}}}\n"
)


@rule(
    "EXL041",
    "plus-sign-forgotten",
    severity=WARNING,
    section=_LISTS,
    bad=f"domainlist our_domains = a.example\n{_START}  accept domains = our_domains\n",
    good=f"domainlist our_domains = a.example\n{_START}  accept domains = +our_domains\n",
)
def plus_sign_forgotten(survey: Survey) -> Iterator[Finding]:
    """The name of a named list stands in a list without the plus sign, so that it is a plain item.

    It is compared with the domain, host or local part itself, and never matches.
    """
    for view in survey.lists:
        for item in view.items if view.kind in LIST_WORDS and not view.single else ():
            if (view.kind, item.text) not in survey.config.lists or _is_own_name(view, item):
                continue
            span = view.place(item)
            name = Span(span.source, span.end - len(item.text), span.end)
            fix = None
            if name.text == item.text:
                fix = Fix(
                    "put a plus sign before it", (Edit(Span(name.source, name.start, name.start), "+"),)
                )
            message = f'"{item.text}" is a plain item here, not the named {LIST_WORDS[view.kind]} list'
            yield Finding("EXL041", message, span, WARNING, (Note(f'write "+{item.text}"'),), fix)


def _is_own_name(view: ListView, item: ListItem) -> bool:
    """True for a name that may be that of a domain, a host or a mailbox as well."""
    return view.text.holder == item.text or ("_" not in item.text and view.kind != "address")


@rule(
    "EXL042",
    "local-part-taken-for-domain",
    severity=WARNING,
    section="Address lists",
    bad=f"{_START}  accept recipients = postmaster : abuse@a.example\n",
    good=f"{_START}  accept recipients = postmaster@* : abuse@a.example\n",
)
def local_part_taken_for_domain(survey: Survey) -> Iterator[Finding]:
    """An item of a list of addresses is a local part without an at sign. Exim takes it for a domain.

    For any domain, write the local part with ``@*`` behind it.
    """
    for view in survey.lists:
        for item in view.items if view.kind == "address" and not view.single else ():
            if lower(item.text) in _ROLES:
                message = f'"{item.text}" is taken for the name of a domain'
                note = Note(f'for any domain, write "{item.text}@*"')
                yield Finding("EXL042", message, view.place(item), WARNING, (note,))


@rule(
    "EXE033",
    "bracket-does-not-close",
    severity=WARNING,
    section="String expansions",
    bad="smtp_banner = ${if match{$primary_hostname}{^mail\\}{a}{b}}\n",
    good="smtp_banner = ${if match{$primary_hostname}{^mail}{a}{b}}\n",
)
def bracket_does_not_close(survey: Survey) -> Iterator[Finding]:
    r"""A backslash keeps a bracket from closing an argument, and the next argument becomes part of it.

    In ``{a\}{b}`` there is one argument, ``a}{b``. Exim does not complain where the number of arguments is
    right all the same.
    """
    for text in survey.texts:
        if "\\}" not in text.source.text:
            continue
        tree = survey.tree(text.source)
        for node in survey.nodes(text):
            if not isinstance(node, Text) or node is tree:
                continue
            for found in _ESCAPED.finditer(text.source.text, node.start, node.end):
                if found["mark"] is not None and _is_argument(text.source.text, node.start):
                    span = Span(text.source, found.start(), found.start() + 2)
                    message = "this bracket does not close the argument: a backslash stands before it"
                    fix = Fix(
                        "take the backslash away", (Edit(Span(span.source, span.start, span.start + 1), ""),)
                    )
                    yield Finding("EXE033", message, span, WARNING, (), fix)


def _is_argument(source: str, start: int) -> bool:
    """True if a piece of text stands inside of brackets."""
    before = source[:start]
    return before.count("{") > before.count("}")


@rule(
    "EXA075",
    "text-behind-acl-name",
    severity=WARNING,
    section="Format of an ACL",
    bad="acl_smtp_rcpt = a\nbegin acl\na: deny domains = b.example\n  accept\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  deny domains = b.example\n  accept\n",
)
def text_behind_acl_name(survey: Survey) -> Iterator[Finding]:
    """A statement stands on the line of the ACL's name. Exim does not read what follows the colon there."""
    for section in survey.config.tree.sections:
        for acl in section.body:
            rest = acl.heading.rest if isinstance(acl, Acl) else None
            if rest is not None and rest.text.strip(SPACE) and not rest.text.lstrip(SPACE).startswith("#"):
                yield Finding("EXA075", "what follows the name of the ACL is not read", rest.span, WARNING)


@rule(
    "EXN013",
    "unknown-mechanism",
    severity=WARNING,
    section="Generic options for authenticators",
    bad=_SERVER.format("our_plain", ""),
    good=_SERVER.format("our_plain", "  public_name = PLAIN\n"),
)
def unknown_mechanism(survey: Survey) -> Iterator[Finding]:
    """An authenticator offers or asks for a mechanism that nobody else knows.

    The name that counts is ``public_name``; without it, that of the authenticator.
    """
    for authenticator in survey.config.authenticators if not survey.incomplete else ():
        setting = authenticator.setting("public_name")
        name = (setting.text.strip(SPACE) if setting is not None else authenticator.name).upper()
        if name in MECHANISMS or authenticator.driver in {"", "tls"} or not _is_used(authenticator):
            continue
        span = setting.span if setting is not None else authenticator.span
        notes = meant(name, MECHANISMS) if setting is not None else (Note("public_name is not set"),)
        yield Finding("EXN013", f'no mechanism is called "{name}"', span, WARNING, notes)


def _is_used(authenticator: Instance) -> bool:
    """True if the authenticator has any setting for a server or a client."""
    return any(name.startswith(("server_", "client_")) for name in authenticator.options.settings)


@rule(
    "EXS018",
    "prompt-cut-at-colon",
    severity=WARNING,
    section="The plaintext authenticator",
    bad=_SERVER.format("login", "  public_name = LOGIN\n  server_prompts = Username: : Password:\n"),
    good=_SERVER.format("login", "  public_name = LOGIN\n  server_prompts = <| Username: | Password:\n"),
)
def prompt_cut_at_colon(survey: Survey) -> Iterator[Finding]:
    """A prompt of a plaintext server is empty because the colon of the one before it ends that.

    The client is asked once more than it expects, and the strings it sends get other numbers. Double the
    colons of the prompts, or begin the list with another separator.
    """
    for authenticator in survey.config.authenticators:
        setting = authenticator.setting("server_prompts")
        if setting is None or authenticator.driver != "plaintext" or "$" in str(setting.value):
            continue
        prompts = listtext.split(str(setting.value))
        if len(prompts) > 1 and any(prompts) and not all(prompts[1:]):
            note = Note('double the colons of the prompts, or begin the list with "<|"')
            message = f"there are {len(prompts)} prompts, and one of them is empty"
            yield Finding("EXS018", message, setting.span, WARNING, (note,))
