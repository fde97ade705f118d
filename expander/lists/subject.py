"""What a list is matched against, and how one of its elements answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from grammar.record import State

if TYPE_CHECKING:
    from drivers.api.protocols import Context

KINDS = {"domain": "domain", "host": "host", "address": "address", "localpart": "local part"}
"""The kinds of lists, and what messages call them."""


class UndecidedError(Exception):
    """A list cannot be matched to its end: a named list is not there."""


class NotKnownError(Exception):
    """An element of a host list needs a name or an address that cannot be found out."""


class Subject(State):
    """One match of a list: the text that is looked for, and what the list has said about how.

    ``match`` answers for one element: the value for ``$value``, or None for no match. ``setting``
    takes an element such as ``+caseful`` that says how the rest is to be matched, and tells whether it
    was one. ``domain`` and ``local_part`` are the parts of an address, the text itself for others.
    ``refused`` is the value of a negated element that matched, ``tainted`` tells whether the list in
    hand comes from outside.
    """

    ctx: Context
    kind: str
    text: str
    match: Callable[[Subject, str], str | None]
    setting: Callable[[Subject, str], bool]
    domain: str = ""
    local_part: str = ""
    caseful: bool = False
    include_unknown: bool = False
    ignore_unknown: bool = False
    refused: str | None = None
    tainted: bool = False
    within: tuple[str, ...] = ()


def no_settings(_subject: Subject, _element: str) -> bool:
    """No element of the list says how to match."""
    return False


def caseful_setting(subject: Subject, element: str) -> bool:
    """``+caseful``: letters of local parts count with their case from here on."""
    if element != "+caseful":
        return False
    subject.caseful = True
    return True
