"""Slips of the pen that Exim takes for something else: a comparison, arithmetic, an item, an address."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import EximError
from drivers.api.text import SPACE
from expander.lint.constant import constant
from expander.lint.finding import WARNING, Edit, Finding, Fix, Note
from expander.lint.listview import UNKNOWN, shown
from expander.lint.rule import rule
from grammar.ast.expansion import Condition, Item, Operator, Sequence, Text
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from grammar.ast.expansion import Node

_AS_TEXT = {"gt": ">", "gti": ">", "ge": ">=", "gei": ">=", "lt": "<", "lti": "<", "le": "<=", "lei": "<="}
_NUMBER = re.compile(r"\s*-?[0-9]+[KMGkmg]?\s*", re.ASCII)
_ARITHMETIC = ("eval", "eval10")
_SPAM_USER = re.compile(r"([^/:]+):([^/]*)")
_USER_FILE = "begin routers\nforward:\n  driver = redirect\n  check_local_user\n  file = $home/.forward\n"
_TRANSPORTS = "begin transports\nfile:\n  driver = appendfile\npipe:\n  driver = pipe\n"


@rule(
    "EXE040",
    "numbers-compared-as-text",
    severity=WARNING,
    section="Expansion conditions",
    bad="smtp_banner = ${if gt{$smtp_count_at_connection_start}{100}{busy}{ready}}\n",
    good="smtp_banner = ${if >{$smtp_count_at_connection_start}{100}{busy}{ready}}\n",
)
def numbers_compared_as_text(survey: Survey) -> Iterator[Finding]:
    """A number is compared by `gt`, `lt` and the like, which compare texts: 9 is greater than 100.

    Numbers are compared by `>`, `>=`, `<` and `<=`.
    """
    for text in survey.texts:
        for node in survey.nodes(text):
            if isinstance(node, Condition) and node.name in _AS_TEXT and len(node.arguments) == 2:
                values = [constant(argument) for argument in node.arguments]
                if any(value and _NUMBER.fullmatch(value) for value in values) and None in values:
                    meant = _AS_TEXT[node.name]
                    message = f'"{node.name}" compares texts, not numbers'
                    at = text.source.text.index(node.name, node.start)
                    place = Span(text.source, at, at + len(node.name))
                    fix = Fix(f'compare by "{meant}"', (Edit(place, meant),))
                    yield Finding("EXE040", message, place, WARNING, (Note(f'"{meant}" does'),), fix)


@rule(
    "EXE041",
    "incomplete-arithmetic",
    severity=WARNING,
    section="Expansion operators",
    bad="smtp_banner = ${eval:$smtp_count_at_connection_start*}\n",
    good="smtp_banner = ${eval:$smtp_count_at_connection_start*2}\n",
)
def incomplete_arithmetic(survey: Survey) -> Iterator[Finding]:
    """Arithmetic goes wrong whatever numbers its variables have: an operand or a bracket is missing."""
    for text in survey.texts:
        for node in survey.nodes(text):
            if (
                isinstance(node, Operator)
                and node.name in _ARITHMETIC
                and isinstance(node.argument, Sequence)
            ):
                problem = _arithmetic_problem(node)
                if problem is not None:
                    yield Finding("EXE041", problem, Span(text.source, node.start, node.end), WARNING)


def _arithmetic_problem(node: Operator) -> str | None:
    """What is wrong with an expression that has the number 1 in the place of each variable part."""
    parts = node.argument.parts if isinstance(node.argument, Sequence) else (node.argument,)
    texts = [part.value if isinstance(part, Text) else "1" for part in parts]
    if all(isinstance(part, Text) for part in parts) or _side_by_side(parts):
        return None
    unit = registry.find("operator", node.name)
    if unit is None:
        return None
    try:
        unit.impl("".join(texts))
    except EximError as error:
        return error.message
    return None


def _side_by_side(parts: tuple[Node, ...]) -> bool:
    """True if one of two parts with nothing but blanks between them may be an operator or a longer number."""
    kept = [part for part in parts if not (isinstance(part, Text) and not part.value.strip(SPACE))]
    return any(not isinstance(one, Text) and not isinstance(other, Text) for one, other in pairwise(kept))


@rule(
    "EXE042",
    "separator-as-key",
    severity=WARNING,
    section="Expansion items",
    bad="smtp_banner = ${extract{:}{$primary_hostname}}\n",
    good="smtp_banner = ${extract{1}{:}{$primary_hostname}}\n",
)
def separator_as_key(survey: Survey) -> Iterator[Finding]:
    """The key that `extract` looks for has neither letter nor digit: it is a separator.

    With a number before it, the separator is the second argument. As it stands Exim looks for a
    field of that name, and finds none.
    """
    for text in survey.texts:
        for node in survey.nodes(text):
            if not isinstance(node, Item) or node.name != "extract" or len(node.groups) < 2:
                continue
            key = constant(node.groups[0])
            if key is not None and key.strip(SPACE) and not any(map(str.isalnum, key)):
                place = Span(text.source, node.groups[0].start, node.groups[0].end)
                note = Note("a number comes before the separator: ${extract{1}{:}{...}}")
                yield Finding("EXE042", f'"{key}" is taken for the name of a field', place, WARNING, (note,))


@rule(
    "EXL040",
    "lookup-without-semicolon",
    severity=WARNING,
    section="Domain, host, address, and local part lists",
    bad="domainlist ours = lsearch:/etc/domains\n",
    good="domainlist ours = lsearch;/etc/domains\n",
)
def lookup_without_semicolon(survey: Survey) -> Iterator[Finding]:
    """The type of a lookup stands in a list as an item of its own: a semicolon must follow it, no colon.

    Exim takes the type for a name and the file for a list of further items.
    """
    for view in survey.lists:
        for one, other in pairwise(view.items):
            path = other.text.startswith(("/", f"{UNKNOWN}/")) and not one.negated
            if path and registry.entry("lookup", one.text.rpartition("-")[2].rstrip("*@")) is not None:
                place = Span(view.source, one.start, one.end)
                between = view.source.text[one.end : other.start]
                fix = Fix("put a semicolon there", (Edit(Span(view.source, one.end, other.start), ";"),))
                notes = (Note(f'"{one.text};{shown(other.text)}" is a lookup'),)
                message = f'"{one.text}" is taken for a name, not for a lookup'
                yield Finding("EXL040", message, place, WARNING, notes, fix if ":" in between else None)


@rule(
    "EXA090",
    "odd-spam-user",
    severity=WARNING,
    section="Scanning with SpamAssassin and Rspamd",
    bad="acl_smtp_data = c\nbegin acl\nc:\n  warn spam = nobody:yes\n       message = X\n  accept\n",
    good="acl_smtp_data = c\nbegin acl\nc:\n  warn spam = nobody:true\n       message = X\n  accept\n",
)
def odd_spam_user(survey: Survey) -> Iterator[Finding]:
    """Behind the user of the condition `spam` stands a colon with something else than `true`.

    Exim asks the scanner for a user by that whole name, and the condition does not hold for every message.
    """
    for spot in survey.spots:
        if spot.name != "spam" or spot.clause.value is None:
            continue
        found = _SPAM_USER.fullmatch(spot.clause.value.text.partition("/")[0].strip(SPACE))
        if found and found[2] != "true" and "$" not in found[0]:
            message = f'"{found[0]}" is taken for the name of a user'
            yield Finding("EXA090", message, spot.clause.value.span, WARNING, (Note(f"{found[1]}:true"),))


@rule(
    "EXR070",
    "user-file-without-transport",
    severity=WARNING,
    section="Private options for the redirect router",
    bad=_USER_FILE,
    good=_USER_FILE + "  file_transport = file\n  pipe_transport = pipe\n" + _TRANSPORTS,
)
def user_file_without_transport(survey: Survey) -> Iterator[Finding]:
    """Users' own files say where their mail goes, and no transport is set for files or commands in them.

    An address whose user asks for one is deferred. Either the option that names the transport is
    missing, or the one that forbids such items.
    """
    for router in survey.config.routers:
        setting = router.setting("file")
        if router.driver != "redirect" or setting is None or router["check_local_user"] is not True:
            continue
        missing = [
            option
            for option, forbids in (("file_transport", "forbid_file"), ("pipe_transport", "forbid_pipe"))
            if not router.options.is_set(option) and router[forbids] is not True
        ]
        if missing:
            message = f"{missing[0]} unset in {router.name} router"
            yield Finding("EXR070", message, setting.span, WARNING)
