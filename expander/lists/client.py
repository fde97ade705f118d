"""Elements of host lists in a session, where the client may be known by its name as well.

Names are only found out where an element needs them: the client's own by its address, the addresses of a
host by the host's name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.values import ip
from drivers.values.dnsdata import AGAIN, FOUND
from drivers.values.findhost import find_by_name
from drivers.values.lookup_type import QUERY
from drivers.values.telling import STEPS_SINCE, tell_flat
from expander.expand.lookup import style_of
from expander.lists import host, text_pattern
from expander.lists.domain import own_name
from expander.lists.subject import NotKnownError
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lists.subject import Subject

_NAME = late_pattern(r"[A-Za-z0-9_.-]+", re.ASCII)
_BY_ADDRESS = late_pattern(r"net[0-9]*-", re.ASCII)


def match_element(subject: Subject, pattern: str) -> bool:
    """True if the element matches the client whose address the subject is.

    The value is what a lookup found, or a pattern that a name of the client fits. Raises `NotKnownError`
    where a name or an address that the element needs cannot be found, `Deferred` where that may pass, and
    what lookups raise. See "Host lists" in the manual.
    """
    if pattern == "@":
        pattern = own_name(subject.ctx)
    elif not (_is_of_names(pattern) if len(pattern) <= ip.LONGEST_KEPT else _is_about_names(pattern)):
        return host.match_element(subject, pattern)
    if _NAME.fullmatch(pattern):
        return _has_address(subject, pattern)
    if ";" in pattern:
        kind, _, place = pattern.partition(";")
        return _looked_up(subject, pattern, kind, place)
    return any(text_pattern.check(subject, name, pattern) for name in _names(subject, pattern))


def _is_about_names(pattern: str) -> bool:
    """True if an element is about the client's name, or about the addresses of a host."""
    if pattern in {"", "*", "@[]"} or ip.parse_network(pattern) is not None:
        return False
    return not host.NUMERIC.match(pattern) and not (_BY_ADDRESS.match(pattern) and ";" in pattern)


_is_of_names = lru_cache(maxsize=ip.KEPT)(_is_about_names)


def _has_address(subject: Subject, name: str) -> bool:
    ctx = subject.ctx
    search = find_by_name(ctx, name)
    if search.status == FOUND:
        wanted = ip.parse(subject.text)
        return any(ip.parse(each.address) == wanted for each in search.hosts)
    if search.status == AGAIN:
        message = f'DNS lookup of "{name}" deferred'
        raise Deferred(message)
    message = f"failed to find IP address for {name}"
    raise NotKnownError(message)


def _looked_up(subject: Subject, pattern: str, kind: str, place: str) -> bool:
    ctx = subject.ctx
    name = kind.partition(",")[0]
    base = re.sub(r"\Apartial[0-9]*(?:\([^)]*\))?-", "", name).rstrip("@*")
    style = style_of(ctx.profile, base)
    if style is None:
        words = f'unknown lookup type "{name}"'
        ctx.log(f'{words} in host list item "{pattern}"', panic=True)
        ctx.state["search_message"] = words
        raise Deferred(words)
    subject.value = None
    keys: Iterator[str] | tuple[str] = ("",) if style == QUERY else _names(subject, pattern)
    for key in keys:
        value = text_pattern.look_up(subject, f"{kind};{place}", key)
        if value is not None:
            subject.value = value
            return True
    return False


def _names(subject: Subject, pattern: str) -> Iterator[str]:
    """The names of the client, which are found out if they are not known. Raises `NotKnownError`."""
    from drivers.variables.host_name import ALIASES, look_up

    ctx, facts = subject.ctx, subject.ctx.facts
    address = facts.get("sender_host_address", "")
    if not facts.get("sender_host_name"):
        if ctx.tell_checks is not None:
            tell_flat(ctx, ctx.tell_checks, f"sender host name required, to match against {pattern}")
        if address and not facts.get("host_lookup_failed"):
            steps = ctx.profile.at_least(STEPS_SINCE)
            ctx.depth += steps
            look_up(ctx, address)
            ctx.depth -= steps
        if not facts.get("sender_host_name"):
            message = f"failed to find host name for {address}"
            raise NotKnownError(message)
    yield facts["sender_host_name"]
    yield from ctx.state.get(ALIASES, ())
