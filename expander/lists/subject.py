"""What a list is matched against, and how one of its elements answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from drivers.api.protocols import Context

KINDS = {
    "domain": "domain",
    "host": "host",
    "address": "address",
    "localpart": "local part",
    "string": "string",
    "name": "string",
}
"""The kinds of lists, and what messages call them; in those of names letters count with their case."""

WITHOUT_NAMED = frozenset({"string", "name"})
"""The kinds of which there are no named lists: a plus sign stands for itself."""


class UndecidedError(Exception):
    """A list cannot be matched to its end: a named list is not there, or cannot be expanded."""


class NotKnownError(Exception):
    """An element of a host list needs a name or an address that cannot be found out; the text says why."""


INCLUDE, IGNORE = "include", "ignore"

Cache = dict[str, tuple[bool, dict[str, str | None]]]
"""What is known of named lists for one subject: whether they match, and the values they left, by text."""


WHOLE = "<\x01"
"""Before a text that is to be a list of one element, whatever is in it."""


class Subject(State):
    """One match of a list: the text that is looked for, and what the list has said about how.

    ``match`` answers for one element, and leaves in ``value`` what `$value` is to be, whether it matches or
    not. ``setting`` takes an element such as ``+caseful`` that says how the rest is to be matched, and
    tells whether it was one. ``domain`` and ``local_part`` are the parts of an address, the text itself for
    others. ``tainted`` tells whether the list in hand comes from outside, ``within`` names the lists around.
    ``caseful`` holds from where it is said on, in the lists around as well. ``given`` is an address
    as `$0` is to show it after a match, None where address lists set no such variables.

    ``on_unknown`` and ``on_defer`` are what a host list says of names that cannot be found out, and of
    problems that may pass. `INCLUDE`: the host counts as matched; `IGNORE`: as not matched by this element;
    "": the list ends there. They hold for the list where they stand, to its end, not for those within.

    ``shown`` is what is told of the subject, if it is not its text. ``cache`` holds what is known of named
    lists, None where nothing is to be remembered; ``keeps_value`` tells whether their values are remembered
    as well, and ``lasting`` whether all lists within the one in hand may be.
    """

    ctx: Context
    kind: str
    text: str
    match: Callable[[Subject, str], bool]
    setting: Callable[[Subject, str], bool]
    domain: str = ""
    local_part: str = ""
    value: str | None = None
    caseful: bool = False
    on_unknown: str = ""
    on_defer: str = ""
    tainted: bool = False
    within: tuple[str, ...] = ()
    given: str | None = None
    shown: str | None = None
    cache: Cache | None = None
    keeps_value: bool = True
    lasting: bool = True


def of_domain(ctx: Context, list_text: str, domain: str) -> AbstractContextManager[None]:
    """While a domain list is expanded, ``$domain`` is what is looked for if it is nothing else."""
    if "domain" not in list_text or ctx.facts.get("domain"):
        return nullcontext()
    return _shown(ctx, domain)


@contextmanager
def _shown(ctx: Context, domain: str) -> Iterator[None]:
    before = ctx.facts.get("domain")
    ctx.facts["domain"] = Tainted(domain)
    try:
        yield
    finally:
        if before is None:
            del ctx.facts["domain"]
        else:
            ctx.facts["domain"] = before


def no_settings(_subject: Subject, _element: str) -> bool:
    """No element of the list says how to match."""
    return False


def caseful_setting(subject: Subject, element: str) -> bool:
    """``+caseful``: letters of local parts count with their case from here on."""
    if element != "+caseful":
        return False
    subject.caseful = True
    return True
