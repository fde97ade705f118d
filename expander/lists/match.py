"""Matching a string against a list of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, Failed
from drivers.api.text import lower
from expander.lists import address, domain, host, local_part
from expander.lists.subject import Subject, UndecidedError, caseful_setting, no_settings
from expander.lists.walk import matched

if TYPE_CHECKING:
    from drivers.api.protocols import Context

MATCHERS = {
    "domain": (domain.match_element, no_settings),
    "host": (host.match_element, host.unknown_setting),
    "address": (address.match_element, caseful_setting),
    "localpart": (local_part.match_element, caseful_setting),
}


def match_list(ctx: Context, kind: str, text: str, list_text: str) -> str | None:
    """The value for ``$value`` if the list has the text, None if not.

    ``kind`` is "domain", "host", "address" or "localpart"; a host is given by its IP address. The
    list is not expanded, the named lists in it are. Raises `Failed` for a list that names one that
    is not there, and what lookups and patterns raise.
    """
    element, setting = MATCHERS[kind]
    subject = Subject(ctx, kind, text, element, setting, domain=text, local_part=text)
    if kind == "address":
        subject.local_part, at, tail = text.rpartition("@")
        subject.domain = lower(tail) if at else ""
        subject.text = f"{subject.local_part}@{subject.domain}" if at else text
    elif kind == "domain":
        subject.domain = lower(text)
    try:
        value = matched(subject, list_text)
    except UndecidedError:
        raise Failed(f'unable to complete match against "{list_text}": NULL') from None
    except Deferred as problem:
        raise Failed(f'unable to complete match against "{list_text}": {problem.message}') from None
    ctx.refused = subject.refused
    return value
