"""The order of the items in lists: what is implied, what is never reached, and what stands there twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values import ip
from expander.lint.covering import covers
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.listview import HOST_SETTINGS, is_setting, shown
from expander.lint.rule import kind, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.listview import ListItem, ListView
    from expander.lint.survey import Survey

SECTION = "Domain, host, address, and local part lists"


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
        if (
            view.kind == "string"
            or view.single
            or len(items) < 2
            or not items[-1].negated
            or not items[-1].text
        ):
            continue
        if any(not item.negated and item.text not in {"*", ""} for item in items):
            name = shown(items[-1].text)
            message = f'the list ends in a negated item, so it matches all that "{name}" does not'
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
        name = shown(_written(item))
        if cover.text == item.text and cover.negated == item.negated:
            message = f'"{name}" is in the list twice'
            yield Finding("EXL008", message, view.place(item), REMARK, (note,))
        elif cover.negated == item.negated and cover.text != "*":
            message = f'"{name}" is not needed: another item matches it'
            yield Finding("EXL008", message, view.place(item), REMARK, (note,))
        else:
            message = f'"{name}" has no effect: it is never reached'
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
