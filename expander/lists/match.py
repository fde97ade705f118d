"""Matching a string against a list of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, Failed, ForcedFail
from drivers.api.text import is_plain, lower
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

    ``kind`` is "domain", "host", "address" or "localpart"; a host is given by its IP address. A list of
    hosts is expanded, lists of the other kinds are not, but for the named lists in them. Raises `Failed`
    for a list that names one that is not there or cannot be expanded, and what lookups and patterns raise.
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
        if kind == "host" and not is_plain(list_text):
            value = matched(subject, _expanded(ctx, list_text), list_text)
        else:
            value = matched(subject, list_text)
    except ForcedFail:
        return None
    except UndecidedError:
        raise Failed(f'unable to complete match against "{list_text}": NULL') from None
    except Deferred as problem:
        raise Failed(f'unable to complete match against "{list_text}": {problem.message}') from None
    ctx.refused = subject.refused
    return value


def _expanded(ctx: Context, list_text: str) -> str:
    try:
        return ctx.expand(list_text)
    except ForcedFail:
        raise
    except ExpansionError as problem:
        ctx.log(f'failed to expand "{list_text}" while checking a list: {problem.message}', panic=True)
        raise UndecidedError from problem
