"""Header lines that ACLs add to a message and take from it, until they take effect and when they do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api.text import SPACE, lower
from drivers.values import listtext
from grammar.patterns import late_pattern
from grammar.record import Record, State, made_by

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    Header = tuple[str, str]

KEPT = "header changes"
AT_START, AT_START_RFC, AFTER_RECEIVED, AT_END = "at_start", "at_start_rfc", "after_received", "at_end"
UNNAMED = "X-ACL-Warn: "
"""What is put before a line that has no name of its own."""

_PLACE = late_pattern(
    rf"[{SPACE}]*:({AT_START}|{AT_START_RFC}|{AFTER_RECEIVED}|{AT_END}):", re.IGNORECASE | re.ASCII
)
_NAME = late_pattern(r"[!-9;-~]*:")
_LINE = late_pattern(r"[^\n]*(?:\n[ \t][^\n]*)*", re.ASCII)


class AddedHeader(Record):
    """A header line, with its newline, and one of the places above."""

    place: str
    text: str


class HeaderChanges(State):
    """What is to be added, in order, and the lists of the names of what is to be removed."""

    added: list[AddedHeader] = made_by(default_factory=list)
    removed: list[str] = made_by(default_factory=list)


def changes_of(state: MutableMapping[str, Any]) -> HeaderChanges:
    """The changes that wait in the state of a context."""
    found: HeaderChanges = state.get(KEPT) or state.setdefault(KEPT, HeaderChanges())
    return found


def forget(state: MutableMapping[str, Any]) -> None:
    """Drop what waits."""
    state.pop(KEPT, None)


def add(changes: HeaderChanges, text: str) -> None:
    """Note the header lines of a text but those that wait already; see "Adding header lines in ACLs"."""
    body = text.strip("\n")
    at = 0
    while at < len(body):
        found = _LINE.match(body, at)
        assert found is not None
        place = _PLACE.match(found[0])
        line = found[0] if place is None else found[0][place.end() :].lstrip(SPACE)
        named = line if _NAME.match(line) else f"{UNNAMED}{line}"
        if all(named + "\n" != other.text for other in changes.added):
            changes.added.append(AddedHeader(AT_END if place is None else lower(place[1]), f"{named}\n"))
        at = found.end() + 1


def remove(changes: HeaderChanges, names: str) -> None:
    """Note the names of header lines to be removed; see "Removing header lines in ACLs"."""
    if names:
        changes.removed.append(names)


def shown(changes: HeaderChanges) -> str:
    """The lines that wait as a list whose separator is the newline: ``$headers_added``."""
    return listtext.join((header.text.removesuffix("\n") for header in changes.added), "\n")


def take_effect(changes: HeaderChanges, headers: Sequence[Header]) -> list[Header]:
    """The header of a message after the changes, which wait no longer.

    ``headers`` are names and whole lines; the first is the ``Received:`` of this host. What is removed is
    what the message has, not what is added.
    """
    if not (changes.added or changes.removed):
        return list(headers)
    names = {lower(name) for name in listtext.elements(":".join(changes.removed))}
    after = [header for header in headers if lower(header[0].rstrip()) not in names]
    for header in changes.added:
        name = header.text.partition(":")[0]
        after.insert(_index(after, header.place), (name, header.text))
    changes.added, changes.removed = [], []
    return after


def _index(headers: Sequence[Header], place: str) -> int:
    if place == AT_START:
        return 0
    if place == AT_END or not headers:
        return len(headers)
    at = 1
    while at < len(headers) and _is_passed(headers[at][0], place):
        at += 1
    return at


def _is_passed(name: str, place: str) -> bool:
    """True for a line that stays above those that are added at a place."""
    low = lower(name.rstrip())
    return low == "received" or (place == AT_START_RFC and low.startswith("resent-"))
