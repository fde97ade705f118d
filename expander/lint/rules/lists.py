"""Lists as wholes: separators, named lists, settings, and what the order of the items comes to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values import ip
from expander.config.model import LIST_WORDS
from expander.lint import listview
from expander.lint.covering import covers
from expander.lint.finding import ERROR, REMARK, WARNING, Edit, Finding, Fix, Note
from expander.lint.rule import kind, rule
from expander.lint.separators import other_separator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.listview import ListItem, ListView
    from expander.lint.survey import Survey

SECTION = "Domain, host, address, and local part lists"

HOST_SETTINGS = ("+include_unknown", "+ignore_unknown", "+include_defer", "+ignore_defer")
SETTINGS = {"host": HOST_SETTINGS, "address": ("+caseful",), "localpart": ("+caseful",)}
"""The items that are no items but say how the rest of the list is matched."""

ALL_SETTINGS = (*HOST_SETTINGS, "+caseful")
_TOKEN = re.compile(r"[^\s!;,]+", re.ASCII)
_ADDRESS = re.compile(r"(?P<address>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?P<mask>/[0-9]+)?\Z", re.ASCII)


def is_setting(view: ListView, item: ListItem) -> bool:
    """True for ``+include_unknown`` and its like, where the kind of the list has them."""
    return not item.negated and item.text in SETTINGS.get(view.kind, ())


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
    if survey.incomplete:
        return
    for view in survey.lists:
        if view.kind == "string":
            continue
        for item in view.items:
            list_kind, name, start = _reference(view, item)
            if name is None or listview.UNKNOWN in name or (list_kind, name) in survey.config.lists:
                continue
            span = view.span(start, item.end)
            message = f'unknown named {LIST_WORDS[list_kind]} list "+{name}"'
            if f"+{name}" in ALL_SETTINGS and start == item.start:
                yield _setting_elsewhere(view, f"+{name}", message, span)
            else:
                yield Finding("EXL001", message, span, notes=_named_elsewhere(survey, list_kind, name))


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


def _setting_elsewhere(view: ListView, word: str, message: str, span: object) -> Finding:
    kinds = " and ".join(f"{LIST_WORDS[k]} lists" for k, words in SETTINGS.items() if word in words)
    note = Note(f'"{word}" is a setting of {kinds}, in {LIST_WORDS[view.kind]} lists it is taken for a name')
    return Finding("EXL002", message, span, notes=(note,))  # type: ignore[arg-type]


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
            yield Finding("EXL004", message, span, ERROR, (note,), fix)


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
                shown = {",": "comma", ";": "semicolon", " ": "space", ":": "colon"}
                message = f'the {shown[mark]} does not separate items: "{_shown(item.text)}" is one item'
                note = Note(f'write "{view.separator}" between items, or begin the list with "<{mark}"')
                if mark == " ":
                    note = Note(f'write "{view.separator}" between items')
                yield Finding("EXL005", message, view.place(item), ERROR if mark == ";" else WARNING, (note,))


def _shown(text: str) -> str:
    text = text.replace(listview.UNKNOWN, "...")
    return text if len(text) <= 60 else f"{text[:57]}..."


@rule(
    "EXL006",
    "implied-everything",
    severity=WARNING,
    section=SECTION,
    bad="domainlist relay = a.example : *.b.example : !c.b.example\n",
    good="domainlist relay = !c.b.example : a.example : *.b.example\n",
)
def implied_everything(survey: Survey) -> Iterator[Finding]:
    """A list with positive items ends in a negated one, so it matches everything that no item names.

    Where the last item is negated Exim goes on as if ``*`` followed. In a list of nothing but exceptions that
    is what one wants; behind positive items it makes them useless. Put the exceptions first.
    """
    for view in survey.lists:
        items = [item for item in view.items if not is_setting(view, item)]
        if view.kind == "string" or view.single or len(items) < 2 or not items[-1].negated:
            continue
        if any(not item.negated and item.text not in {"*", ""} for item in items):
            shown = _shown(items[-1].text)
            message = f'the list ends in a negated item, so it matches all that "{shown}" does not'
            note = Note(
                "where the last item is negated, the end of the list counts as a match: put exceptions first"
            )
            yield Finding("EXL006", message, view.place(items[-1]), WARNING, (note,))


@rule(
    "EXL007",
    "item-without-effect",
    severity=WARNING,
    section=SECTION,
    bad="domainlist relay = *.example.com : !private.example.com : example.net\n",
    good="domainlist relay = !private.example.com : *.example.com : example.net\n",
)
def item_without_effect(survey: Survey) -> Iterator[Finding]:
    """An item is never reached: one before it matches all that it could match.

    The first item that matches decides, whether it is negated or not. An exception must stand before the
    item that it is an exception from.
    """
    for view in survey.lists:
        if view.kind in {"domain", "host", "address", "localpart"} and not view.single:
            yield from _without_effect(view)


def _without_effect(view: ListView) -> Iterator[Finding]:
    before: list[ListItem] = []
    for item in view.items:
        if is_setting(view, item):
            before = [] if item.text == "+caseful" else before
            continue
        if not item.constant or (item.text.startswith("+") and len(item.text) < 2):
            continue
        cover = next((other for other in before if covers(view.kind, other.text, item.text)), None)
        if cover is None:
            before.append(item)
            continue
        note = Note(f'"{_written(cover)}" matches it before', view.place(cover))
        shown = _shown(_written(item))
        if cover.text == item.text and cover.negated == item.negated:
            message = f'"{shown}" is in the list twice'
            yield Finding("EXL008", message, view.place(item), REMARK, (note,))
        elif cover.negated == item.negated and cover.text != "*":
            message = f'"{shown}" is not needed: another item matches it'
            yield Finding("EXL008", message, view.place(item), REMARK, (note,))
        else:
            message = f'"{shown}" has no effect: it is never reached'
            yield Finding("EXL007", message, view.place(item), WARNING, (note,))


def _written(item: ListItem) -> str:
    return f"!{item.text}" if item.negated else item.text


kind(
    "EXL008",
    "redundant-item",
    severity=REMARK,
    section=SECTION,
    doc="An item stands in a list twice, or another item before it matches all that it could match. Nothing "
    "goes wrong, but one of them may have been meant to be another.",
    bad="domainlist relay = example.com : example.net : example.com\n",
    good="domainlist relay = example.com : example.net\n",
)


@rule(
    "EXL009",
    "lone-exclamation-mark",
    severity=WARNING,
    section=SECTION,
    bad="domainlist relay = example.com : !\n",
    good="domainlist relay = !a.example.com : *.example.com\n",
)
def lone_exclamation_mark(survey: Survey) -> Iterator[Finding]:
    """An item is an exclamation mark and nothing else, or has two of them.

    It negates the empty item, which no domain and no local part is. At the end of a list, where it mostly
    stands because of a colon too many, it makes the list match everything. A second mark is part of the item.
    """
    for view in survey.lists:
        for item in view.items if view.kind != "string" else ():
            if view.kind in {"domain", "localpart"} and item.negated and not item.text.strip(SPACE):
                message = "an exclamation mark without an item behind it"
                yield Finding("EXL009", message, view.place(item), WARNING)
            elif item.negated and item.text.startswith("!"):
                message = "a second exclamation mark is part of the item"
                yield Finding("EXL009", message, view.place(item), WARNING)


@rule(
    "EXL010",
    "name-before-addresses",
    severity=REMARK,
    section="Host lists",
    bad="hostlist relay = mail.example.com : 192.0.2.1\n",
    good="hostlist relay = 192.0.2.1 : mail.example.com\n",
)
def name_before_addresses(survey: Survey) -> Iterator[Finding]:
    """In a host list a name stands before addresses.

    Where the name cannot be looked up, Exim ends the list without a match, and the addresses
    behind it are not looked at. Put addresses first, or ``+ignore_unknown`` before the name.
    """
    for view in survey.lists:
        if view.kind != "host" or view.by_address or view.single:
            continue
        name: ListItem | None = None
        for item in view.items:
            if item.text in HOST_SETTINGS:
                break
            if not item.constant:
                continue
            if name is None and _is_name(item.text):
                name = item
            elif name is not None and ip.parse_network(item.text) is not None:
                message = f'if "{name.text}" cannot be looked up, the items behind it are not looked at'
                note = Note(
                    "put addresses before names, or +ignore_unknown before the name", view.place(item)
                )
                yield Finding("EXL010", message, view.place(name), REMARK, (note,))
                break


def _is_name(text: str) -> bool:
    bare = lower(text)
    return re.fullmatch(r"[*.]?[a-z0-9-]+(\.[a-z0-9-]+)+", bare, re.ASCII) is not None and not re.fullmatch(
        r"[0-9.]+", bare, re.ASCII
    )
