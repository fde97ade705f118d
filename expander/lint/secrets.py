"""Passwords and keys that stand in a configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.values import listtext
from expander.lint.places import value_source
from expander.lint.texts import FAMILIES
from grammar.ast.config import Driver, NamedList, Option
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

SERVERS = frozenset(("mysql_servers", "pgsql_servers", "oracle_servers", "ibase_servers"))
"""Main options whose items are host/database/user/password."""

PASSWORDS = frozenset(("client_secret", "server_secret", "client_password", "server_password"))
"""Options of authenticators that are a password."""

SENT = "client_send"
PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")
_LDAP = re.compile(r"\bpass=(?P<secret>\"[^\"$]+\"|[^\s\"'$}]+)", re.ASCII)
_COMPARED = re.compile(r"\{\s*eqi?\s*\{\$(?:auth)?(?P<number>[1-4])\}\s*\{(?P<secret>[^${}]+)\}", re.ASCII)
_FIELDS = 4


class Secret(NamedTuple):
    """A password or a key; ``what`` names it for a person, ``hidden`` tells whether -bP hides it."""

    what: str
    span: Span
    hidden: bool


def secrets(survey: Survey) -> Iterator[Secret]:
    """All that stand in the configuration as plain text, in the order of the file."""
    for node in survey.config.tree.main:
        if isinstance(node, Option):
            yield from _in_option(node, "")
        elif isinstance(node, NamedList):
            yield from _anywhere(node.value.span, f"{node.list_kind}list {node.name.text}", hidden=node.hide)
    for section in survey.config.tree.sections:
        for driver in section.body:
            if isinstance(driver, Driver) and section.name in FAMILIES:
                name = driver.heading.name.text
                for line in driver.settings:
                    if isinstance(line, Option):
                        yield from _in_option(line, f" of {FAMILIES[section.name]} {name}")


def _in_option(line: Option, owner: str) -> Iterator[Secret]:
    if line.value is None:
        return
    name, what = line.name.text, f"{line.name.text}{owner}"
    value = value_source(line.value.span)
    whole = Span(value, 0, len(value.text))
    if _is_secret(name, value.text):
        yield Secret(what, whole, line.hide)
    else:
        yield from _anywhere(line.value.span, what, hidden=line.hide)


def _is_secret(name: str, text: str) -> bool:
    """True for the value of an option that holds a password."""
    if name in SERVERS:
        return any(_has_password(item) for item in listtext.split(text))
    if name == "redis_servers":
        return any(_third(item) for item in listtext.split(text))
    if name in PASSWORDS:
        return bool(text.strip()) and "$" not in text
    return name == SENT and _constant_last(text)


def _anywhere(span: Span, what: str, *, hidden: bool) -> Iterator[Secret]:
    """Secrets that can be in any text: a key, the password of an LDAP query, one that is compared."""
    value = value_source(span)
    if PRIVATE_KEY.search(value.text):
        yield Secret(f"a private key in {what}", Span(value, 0, len(value.text)), hidden)
        return
    compared = sorted(_COMPARED.finditer(value.text), key=lambda found: found["number"])
    for found in (*_LDAP.finditer(value.text), *compared[-1:]):  # the string before it is the user
        place = Span(value, found.start("secret"), found.end("secret"))
        yield Secret(f"a password in {what}", place, hidden)


def _has_password(item: str) -> bool:
    fields = re.sub(r"\([^)]*\)", "", item).split("/", _FIELDS - 1)
    return len(fields) == _FIELDS and bool(fields[-1]) and "$" not in fields[-1]


def _third(item: str) -> bool:
    fields = item.split("/")
    return len(fields) > 2 and bool(fields[2]) and "$" not in fields[2]


def _constant_last(text: str) -> bool:
    """True if the last of the strings that a client sends is plain text: that is the password."""
    items = re.split(r"(?<!:):(?!:)", text)
    last = items[-1].replace("^^", "").rpartition("^")[2].strip()
    return len(items) > 1 and bool(last) and "$" not in last
