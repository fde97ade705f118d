"""Lists as wholes: separators, named lists, settings, and what the order of the items comes to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.values import ip
from expander.config.model import LIST_WORDS
from expander.lint.constant import constant
from expander.lint.finding import ERROR, WARNING, Edit, Finding, Fix, Note
from expander.lint.listview import HOST_SETTINGS, SETTINGS, UNKNOWN, is_setting, shown
from expander.lint.rule import kind, rule
from expander.lint.separators import other_separator
from grammar.ast.expansion import Operator
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.listview import ListItem, ListView
    from expander.lint.survey import Survey

SECTION = "Domain, host, address, and local part lists"

ALL_SETTINGS = (*HOST_SETTINGS, "+caseful")
_TOKEN = re.compile(r"[^\s!;,]+", re.ASCII)
_ADDRESS = re.compile(r"(?P<address>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?P<mask>/[0-9]+)?\Z", re.ASCII)


@rule(
    "EXL001",
    "unknown-named-list",
    section=SECTION,
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  accept domains = +local_domians\n",
    good="domainlist mine = @\nacl_smtp_rcpt = a\nbegin acl\na:\n  accept domains = +mine\n",
)
def unknown_named_list(survey: Survey) -> Iterator[Finding]:
    """A list refers to a named list that is not there, or not as a list of its kind.

    Exim looks for it when it gets to the item: the list cannot be matched, the client gets "451 Temporary
    local problem", the delivery is deferred. Named lists of the four kinds have separate names.
    """
    if survey.incomplete and survey.may_hold("main"):
        return
    for view in survey.lists:
        if view.kind == "string":
            continue
        for item in view.items:
            list_kind, name, start = _reference(view, item)
            if name is None or UNKNOWN in name or (list_kind, name) in survey.config.lists:
                continue
            span = view.span(start, item.end)
            message = f'unknown named {LIST_WORDS[list_kind]} list "+{name}"'
            if f"+{name}" in ALL_SETTINGS and start == item.start:
                yield _setting_elsewhere(view, f"+{name}", message, span)
            else:
                severity = WARNING if view.single else ERROR  # a rule is passed over, with a line in the log
                notes = _named_elsewhere(survey, list_kind, name)
                yield Finding("EXL001", message, span, severity, notes)

    yield from _listnamed(survey)


def _listnamed(survey: Survey) -> Iterator[Finding]:
    """The operator that gives the text of a named list."""
    for text in survey.texts:
        for node in survey.nodes(text):
            name = (
                constant(node.argument) if isinstance(node, Operator) and node.name == "listnamed" else None
            )
            if name is None or not isinstance(node, Operator):
                continue
            kinds = [_SUFFIXES[node.suffix]] if node.suffix in _SUFFIXES else list(LIST_WORDS)
            if not any((one, name) in survey.config.lists for one in kinds):
                kind_of = f"{LIST_WORDS[kinds[0]]} " if len(kinds) == 1 else ""
                span = Span(text.source, node.argument.start, node.argument.end)
                yield Finding("EXL001", f'"{name}" is not a {kind_of}named list', span)


_SUFFIXES = {"d": "domain", "h": "host", "a": "address", "l": "localpart"}


def _reference(view: ListView, item: ListItem) -> tuple[str, str | None, int]:
    """The kind and the name of the named list that an item refers to, and where that stands."""
    text = item.text
    if is_setting(view, item):
        return view.kind, None, 0
    if text.startswith("+"):
        return view.kind, text[1:], item.end - len(text) if item.negated else item.start
    if view.kind == "address" and "@+" in text and not text.startswith("^"):
        name = text.rpartition("@+")[2]
        return "domain", name, item.end - len(name) - 1
    return view.kind, None, 0


def _setting_elsewhere(view: ListView, word: str, message: str, span: Span) -> Finding:
    kinds = " and ".join(f"{LIST_WORDS[k]} lists" for k, words in SETTINGS.items() if word in words)
    note = Note(f'"{word}" is a setting of {kinds}, in {LIST_WORDS[view.kind]} lists it is taken for a name')
    return Finding("EXL002", message, span, notes=(note,))


def _named_elsewhere(survey: Survey, list_kind: str, name: str) -> tuple[Note, ...]:
    """Lists of other kinds with that name, or one of this kind whose name is like it."""
    notes = [
        Note(f'there is {_article(other)} "{name}"; each kind of list has names of its own', found.span)
        for (other, other_name), found in survey.config.lists.items()
        if other_name == name and other != list_kind
    ]
    if notes:
        return tuple(notes)
    from difflib import get_close_matches

    known = [known_name for known_kind, known_name in survey.config.lists if known_kind == list_kind]
    near = get_close_matches(name, known, n=1, cutoff=0.7)
    return (Note(f'did you mean "+{near[0]}"?'),) if near else ()


def _article(list_kind: str) -> str:
    word = LIST_WORDS[list_kind]
    return f"{'an' if word[0] == 'a' else 'a'} {word} list"


kind(
    "EXL002",
    "setting-in-wrong-list",
    section=SECTION,
    doc="A list has a setting such as +include_unknown or +caseful that lists of its kind do not know: Exim "
    "takes it for the name of a list, does not find that, and cannot match the list at all.",
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  accept domains = +include_unknown : example.com\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = +include_unknown : *.example.com\n",
)


@rule(
    "EXL003",
    "setting-without-effect",
    severity=WARNING,
    section=SECTION,
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = *.example.com : +ignore_unknown\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = +ignore_unknown : *.example.com\n",
)
def setting_without_effect(survey: Survey) -> Iterator[Finding]:
    """A setting stands at the end of a list, where nothing follows that it could govern.

    ``+include_unknown`` and the like say how the items behind them are matched, so they belong at the
    beginning.
    """
    for view in survey.lists:
        if view.items and len(view.items) > 1 and is_setting(view, view.items[-1]):
            item = view.items[-1]
            message = f'"{item.text}" has no effect at the end of a list'
            note = Note("it governs the items behind it: put it at the beginning")
            yield Finding("EXL003", message, view.place(item), WARNING, (note,))


@rule(
    "EXL004",
    "ipv-six-with-colons",
    severity=WARNING,
    section="List construction",
    bad="hostlist own = 127.0.0.1 : ::1\n",
    good="hostlist own = <; 127.0.0.1 ; ::1\n",
)
def address_cut_at_colons(survey: Survey) -> Iterator[Finding]:
    """An IPv6 address stands in a list whose separator is the colon, which takes it to pieces.

    The pieces are taken for addresses and names of hosts: at the first that is neither Exim ends the list
    without a match. Double the colons, or let the list begin with another separator: ``<; 127.0.0.1 ; ::1``.
    """
    for view in survey.lists:
        if view.kind != "host" or view.separator != ":" or view.single:
            continue
        for token in _TOKEN.finditer(view.value):
            found = _ADDRESS.match(token[0])
            if found is None or ip.parse(found["address"]) is None or _is_item(view, token[0]):
                continue
            start, end = view.offsets[token.start()], view.offsets[token.end() - 1] + 1
            span = view.span(start, end)
            message = f'the IPv6 address "{token[0]}" is taken to pieces: the separator is a colon'
            note = Note("double the colons, or begin the list with another separator, such as <;")
            fix = None
            if span.text == token[0]:
                fix = Fix("double the colons", (Edit(span, token[0].replace(":", "::")),))
            yield Finding("EXL004", message, span, WARNING, (note,), fix)


def _is_item(view: ListView, token: str) -> bool:
    """True where the token is what the list's items make of doubled colons."""
    return any(item.text == token and "::" not in token for item in view.items)


@rule(
    "EXL005",
    "wrong-separator",
    severity=WARNING,
    section="List construction",
    bad="domainlist local_domains = a.example, b.example\n",
    good="domainlist local_domains = a.example : b.example\n",
)
def wrong_separator(survey: Survey) -> Iterator[Finding]:
    """What was meant as several items is one: the separator of the list is another.

    Items are separated by colons, unless the list begins with ``<`` and another separator. A comma, a
    space in an item is part of it, so the item matches nothing; behind a semicolon Exim expects what is to be
    looked up, and cannot match the list.
    """
    for view in survey.lists:
        if view.single or (view.kind == "string" and len(view.items) > 1):
            continue
        for item in view.items:
            mark = other_separator(view, item)
            if mark:
                called = {",": "comma", ";": "semicolon", " ": "space", ":": "colon"}
                message = f'the {called[mark]} does not separate items: "{shown(item.text)}" is one item'
                note = Note(f'write "{view.separator}" between items, or begin the list with "<{mark}"')
                if mark == " ":
                    note = Note(f'write "{view.separator}" between items')
                yield Finding("EXL005", message, view.place(item), ERROR if mark == ";" else WARNING, (note,))
