"""Variables that a configuration reads and never sets, or sets and never reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.lint.finding import ERROR, REMARK, WARNING, Finding, Note
from expander.lint.naming import Use, lines, meant, skipped_text
from expander.lint.rule import rule
from grammar.ast.config import Clause
from grammar.ast.expansion import Variable
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

_ACL_NAME = re.compile(r"acl_[cm]_?\w+", re.ASCII)
_ACL_SET = re.compile(r"\bset\s+(acl_[cm]_?\w+)", re.ASCII)
_ACL_READ = re.compile(r"(?:\$\{?|def:)(acl_[cm]_?\w+)", re.ASCII)
_NUMBERED = re.compile(r"acl_[cm][0-9]+", re.ASCII)
_TOO_SHORT = len("acl_m_ab")
"""Names of at most this length may differ in one letter and be two."""

_ROUTER_NAME = re.compile(r"r_\w+", re.ASCII)
_ASSIGNED = re.compile(r"(r_\w+)\s*=\s*\Z", re.ASCII)
_ROUTER_SET = re.compile(r"\bset\s*=\s*\"?(r_\w+)\s*=", re.ASCII)
_ROUTER_READ = re.compile(r"(?:\$\{?|def:)(r_\w+)", re.ASCII)


def _everything(survey: Survey) -> str:
    """All lines, those that a conditional left out too."""
    texts = dict.fromkeys(line.span.source.text for line in lines(survey.config.tree))
    return "\n".join((skipped_text(survey.config.tree), *texts))


def _reads(survey: Survey, pattern: re.Pattern[str]) -> Iterator[Use]:
    """The first place where each variable is read."""
    seen: set[str] = set()
    for text in survey.texts:
        if pattern.search(text.source.text) is None:
            continue
        for node in survey.nodes(text):
            if isinstance(node, Variable) and pattern.fullmatch(node.name) and node.name not in seen:
                seen.add(node.name)
                yield Use(node.name, Span(text.source, node.start, node.end), text)


@rule(
    "EXN007",
    "unset-acl-variable",
    severity=WARNING,
    section="ACL variables",
    bad="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  warn set acl_m_score = 5\n"
    "  accept condition = ${if >{$acl_m_scor}{3}}\n",
    good="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  warn set acl_m_score = 5\n"
    "  accept condition = ${if >{$acl_m_score}{3}}\n",
)
def unset_acl_variable(survey: Survey) -> Iterator[Finding]:
    """An ACL variable is read, but no `set` gives it a value.

    It is always empty. With `strict_acl_vars` every expansion that reads it fails, which is an error.
    """
    if survey.incomplete and survey.may_hold("acl"):
        return
    given = set(_ACL_SET.findall(_everything(survey)))
    strict = survey.config.options["strict_acl_vars"] is True
    for use in _reads(survey, _ACL_NAME):
        if use.name in given:
            continue
        if strict and f"def:{use.name}" not in use.text.source.text:
            message = f'unknown variable name "{use.name}" (strict_acl_vars is set)'
            yield Finding("EXN007", message, use.span, severity=ERROR, notes=meant(use.name, given))
        else:
            message = f"${use.name} is read but never set"
            yield Finding("EXN007", message, use.span, severity=WARNING, notes=meant(use.name, given))


@rule(
    "EXN008",
    "unread-acl-variable",
    severity=REMARK,
    section="ACL variables",
    bad="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  accept set acl_m_score = 5\n",
    good="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  accept set acl_m_score = 5\n"
    "         logwrite = score $acl_m_score\n",
)
def unread_acl_variable(survey: Survey) -> Iterator[Finding]:
    """An ACL variable is set, but nothing in the configuration reads it.

    A filter file may do so; otherwise the name is written differently where it is read. Where one is read or
    set whose name differs in one letter, this is a warning.
    """
    if survey.incomplete:
        return
    in_filter = survey.config.options.is_set("system_filter")
    everything = _everything(survey)
    read = set(_ACL_READ.findall(everything))
    known = sorted(read | set(_ACL_SET.findall(everything)))
    told: set[str] = set()
    for line in lines(survey.config.tree):
        for clause in getattr(line, "clauses", ()):
            if not isinstance(clause, Clause) or clause.name.text != "set" or clause.argument is None:
                continue
            name = clause.argument.text
            if _ACL_NAME.fullmatch(name) and name not in read and name not in told:
                told.add(name)
                message = f"${name} is set but never read"
                near = [other for other in known if _one_letter_apart(name, other)]
                if in_filter and not near:
                    continue
                notes = tuple(Note(f"did you mean {other}?") for other in near[:1])
                severity = WARNING if near else REMARK
                yield Finding("EXN008", message, clause.argument.span, severity=severity, notes=notes)


def _one_letter_apart(name: str, other: str) -> bool:
    """True for names of which one is a slip in writing the other; names that differ in a digit are two."""
    short, long = sorted((name, other), key=len)
    if _NUMBERED.fullmatch(short) and len(long) == len(short) + 1 and long.startswith(short):
        return long[-1].isalpha()
    if len(long) - len(short) > 1 or name == other:
        return False
    same = 0
    while same < len(short) and short[same] == long[same]:
        same += 1
    ahead = len(long) - len(short)
    differing = long[same] + (short[same : same + 1] if not ahead else "")
    swapped = not ahead and short[same : same + 2] == long[same : same + 2][::-1]
    rest = short[same + 2 :] == long[same + 2 :] if swapped else short[same + 1 - ahead :] == long[same + 1 :]
    return rest and differing.isalpha() and len(short) > _TOO_SHORT


@rule(
    "EXN009",
    "unset-router-variable",
    severity=WARNING,
    section="Generic options for routers",
    bad="begin routers\nlocal:\n  driver = accept\n  set = r_home = /home/$local_part_data\n"
    "  condition = ${if exists{$r_hom/mail}}\n  verify_only\n",
    good="begin routers\nlocal:\n  driver = accept\n  set = r_home = /home/$local_part_data\n"
    "  condition = ${if exists{$r_home/mail}}\n  verify_only\n",
)
def unset_router_variable(survey: Survey) -> Iterator[Finding]:
    """A variable `$r_...` is read, but no router sets it.

    It is always empty.
    """
    if survey.incomplete and survey.may_hold("routers"):
        return
    given = set(_ROUTER_SET.findall(_everything(survey)))
    for use in _reads(survey, _ROUTER_NAME):
        if use.name not in given:
            message = f"${use.name} is read but never set"
            yield Finding("EXN009", message, use.span, severity=WARNING, notes=meant(use.name, given))


@rule(
    "EXN010",
    "unread-router-variable",
    severity=REMARK,
    section="Generic options for routers",
    bad="begin routers\nlocal:\n  driver = accept\n  verify_only\n  set = r_home = /home\n",
    good="begin routers\nlocal:\n  driver = accept\n  verify_only\n  set = r_home = /home\n"
    "  address_data = $r_home\n",
)
def unread_router_variable(survey: Survey) -> Iterator[Finding]:
    """A router sets a variable `r_...` that nothing in the configuration reads."""
    if survey.incomplete:
        return
    read = set(_ROUTER_READ.findall(_everything(survey)))
    for text in survey.texts:
        if text.section == "router" and text.name == "set":
            name = _assigned(text.source.parent)
            if name is not None and name.text not in read:
                yield Finding("EXN010", f"${name.text} is set but never read", name, severity=REMARK)


def _assigned(value: Span | None) -> Span | None:
    """The name of the variable that gets a value, which stands before it."""
    before = _ASSIGNED.search(value.source.text[: value.start]) if value is not None else None
    return None if value is None or before is None else Span(value.source, *before.span(1))


@rule(
    "EXN011",
    "unset-address-data",
    severity=WARNING,
    section="Generic options for routers",
    bad="begin transports\nmailbox:\n  driver = appendfile\n  file = ${extract{box}{$address_data}}\n",
    good="begin routers\nlocal:\n  driver = accept\n  address_data = box=/var/mail/$local_part_data\n"
    "  transport = mailbox\n"
    "begin transports\nmailbox:\n  driver = appendfile\n  file = ${extract{box}{$address_data}}\n",
)
def unset_address_data(survey: Survey) -> Iterator[Finding]:
    """The variable `$address_data` or `$sender_address_data` is read, but no router sets `address_data`.

    It is always empty.
    """
    if survey.incomplete or any(router.options.is_set("address_data") for router in survey.config.routers):
        return
    if "address_data" in skipped_text(survey.config.tree):
        return
    for use in _reads(survey, re.compile("(?:sender_)?address_data", re.ASCII)):
        note = Note("a router sets it with its option address_data")
        message = f"${use.name} is read but no router sets it"
        yield Finding("EXN011", message, use.span, severity=WARNING, notes=(note,))
