"""Matching a string against a list of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.answer import SEARCH_MESSAGE
from drivers.api.errors import Deferred, Failed, ForcedFail
from drivers.api.text import is_plain, lower
from expander.lists import address, domain, host, local_part
from expander.lists.subject import Subject, UndecidedError, caseful_setting, no_settings
from expander.lists.walk import expanded, matched

if TYPE_CHECKING:
    from drivers.api.protocols import Context

MATCHERS = {
    "domain": (domain.match_element, no_settings),
    "host": (host.match_element, host.unknown_setting),
    "address": (address.match_element, caseful_setting),
    "localpart": (local_part.match_element, caseful_setting),
    "string": (local_part.match_string, no_settings),
}
STARTS_UNSET = frozenset({"domain", "localpart", "string"})
"""The kinds of lists that leave no value where no element had one."""


def match_list(ctx: Context, kind: str, text: str, list_text: str) -> str | None:
    """The value for ``$value`` if the list has the text, None if not.

    ``kind`` is "domain", "host", "address", "localpart" or "string"; a host is given by its IP address. A
    list of hosts is expanded, lists of the other kinds are not, but for the named lists in them. What the
    list leaves in ``$value``, whether it matches or not, is in ``ctx.list_value``. Raises `Failed` for a list
    that names one that is not there or cannot be expanded, and what lookups and patterns raise.
    """
    element, setting = MATCHERS[kind]
    subject = Subject(ctx, kind, text, element, setting, domain=text, local_part=text)
    subject.value = None if kind in STARTS_UNSET else ctx.value
    if kind == "address":
        subject.local_part, at, tail = text.rpartition("@")
        subject.domain = lower(tail) if at else ""
        subject.text = f"{subject.local_part}@{subject.domain}" if at else text
    elif kind == "domain":
        subject.domain = lower(text)
    try:
        if kind == "host" and not is_plain(list_text):
            found = matched(subject, expanded(ctx, list_text), list_text)
        else:
            found = matched(subject, list_text)
    except ForcedFail:
        found, subject.value = False, ctx.value
    except UndecidedError:
        # Exim has no words of its own for it: it shows what the last lookup left behind.
        left = ctx.state.get(SEARCH_MESSAGE, "NULL")
        raise Failed(f'unable to complete match against "{list_text}": {left}') from None
    except Deferred as problem:
        if kind == "string":
            raise
        raise Failed(f'unable to complete match against "{list_text}": {problem.message}') from None
    ctx.list_value = subject.value
    return (subject.value or "") if found else None
