"""Matching a string against a list of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.answer import SEARCH_MESSAGE
from drivers.api.errors import Deferred, Failed, ForcedFail
from drivers.api.text import Tainted, is_plain, is_tainted, lower, tainted_like
from expander.lists import address, domain, host, local_part
from expander.lists.constant import constant_hosts
from expander.lists.remembered import known
from expander.lists.steady import is_settled_pattern
from expander.lists.subject import WHOLE, Subject, UndecidedError, caseful_setting, no_settings
from expander.lists.walk import expanded, matched

if TYPE_CHECKING:
    from collections.abc import Container

    from drivers.api.protocols import Context
    from expander.expand.context import Context as FullContext

MATCHERS = {
    "domain": (domain.match_element, no_settings),
    "host": (host.match_element, host.unknown_setting),
    "address": (address.match_element, caseful_setting),
    "localpart": (local_part.match_element, caseful_setting),
    "string": (local_part.match_string, no_settings),
    "name": (local_part.match_name, no_settings),
}
MISFITS = "addresses and patterns that they do not fit"
"""Under this name a configuration has such pairs: rules for rewriting ask for each place of an address."""

MOST_MISFITS = 1000
STARTS_UNSET = frozenset({"domain", "localpart", "string", "name"})
"""The kinds of lists that leave no value where no element had one."""


def is_misfit(ctx: FullContext, text: str, pattern: str) -> bool:
    """True if `match_pattern` with ``sets_variables`` has found before that an address does not fit."""
    config = ctx.config
    if config is None or ctx.tell_checks is not None or ctx.options is not config.options:
        return False
    misfits: Container[object] | None = config.ready.get(MISFITS)
    return misfits is not None and (text, pattern, True) in misfits


def match_pattern(ctx: FullContext, text: str, pattern: str, *, sets_variables: bool = False) -> bool:
    """True if an address matches a pattern: one element of an address list, which is expanded first.

    With ``sets_variables`` letters of the local part count with their case, and `$0` is the address after a
    match, `$1` and so on what the wildcards or groups of the pattern stand for; see "Rewriting patterns" in
    the manual. A pattern that cannot be expanded or decided does not match. Raises `Fatal` where Exim ends.
    """
    key, config = (text, pattern, sets_variables), ctx.config
    if ctx.tell_checks is not None or (config is not None and ctx.options is not config.options):
        config = None
    if config is not None and key in config.ready.get(MISFITS, ()):
        ctx.captures = []
        return False
    subject = _address(ctx, text)
    if sets_variables:
        subject.caseful, subject.given = True, text
    found = _is_matched(subject, pattern, WHOLE)
    if not found and config is not None and "@" in text and is_settled_pattern(config, pattern):
        misfits: set[tuple[str, str, bool]] = config.ready.setdefault(MISFITS, set())
        if len(misfits) >= MOST_MISFITS:
            misfits.clear()
        misfits.add(key)
    return found


def in_addresses(ctx: Context, text: str, list_text: str) -> bool:
    """True if an address is in a list, which is expanded first.

    What cannot be decided counts as no. Raises `Fatal` where Exim ends.
    """
    return _is_matched(_address(ctx, text), list_text)


def _is_matched(subject: Subject, list_text: str, before: str = "") -> bool:
    ctx = subject.ctx
    ctx.captures = []
    try:
        found = expanded(ctx, list_text)
        answer = matched(subject, tainted_like(before + found, found), list_text)
    except (ForcedFail, UndecidedError, Deferred):
        return False
    if subject.given is not None and is_tainted(subject.given):
        ctx.captures = [Tainted(group) for group in ctx.captures]
    return answer


def _address(ctx: Context, text: str) -> Subject:
    """What an address list is matched against; the domain counts without its case."""
    subject = Subject(ctx, "address", text, *MATCHERS["address"], value=ctx.value, shown=text)
    subject.local_part, at, tail = text.rpartition("@")
    subject.domain = lower(tail) if at else ""
    subject.text = f"{subject.local_part}@{subject.domain}" if at else text
    return subject


def match_list(
    ctx: Context, kind: str, text: str, list_text: str, *, option: str = "", scope: str = "", given: str = ""
) -> str | None:
    """The value for ``$value`` if the list has the text, None if not.

    ``kind`` is "domain", "host", "address", "localpart", "string" or "name"; a host is given by its IP
    address. A list of hosts is expanded, lists of the other kinds are not, but for the named lists in
    them. What the list leaves in ``$value``, whether it matches or not, is in ``ctx.list_value``. Raises
    `Failed` for a list that names one that is not there or cannot be expanded, and what lookups and
    patterns raise.
    """
    if kind == "host" and ctx.tell_checks is None and type(list_text) is str:
        constant = constant_hosts(list_text)
        if constant is not None:
            ctx.list_value = ctx.value
            return (ctx.value or "") if constant.has(ctx, text) else None
    if kind == "address":
        subject = _address(ctx, text)
    else:
        subject = Subject(ctx, kind, text, *MATCHERS[kind], domain=text, local_part=text)
        subject.value = None if kind in STARTS_UNSET else ctx.value
    subject.cache = known(ctx.state, scope)
    if kind == "domain":
        subject.domain = lower(text)
    try:
        if kind == "host" and not is_plain(list_text):
            found = matched(subject, expanded(ctx, list_text), list_text, option=option)
        else:
            found = matched(subject, list_text, given, option=option)
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
