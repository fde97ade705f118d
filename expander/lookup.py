"""Does lookups: what all types share, around the work of one type."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.answer import SEARCH_MESSAGE
from drivers.api.errors import Deferred, Failed, NotOpened
from drivers.api.text import tainted_like
from drivers.values import lookup_type
from expander.expand.lookup import style_of
from expander.open_lookups import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.profile import Profile
    from drivers.values.lookup_type import LookupType
    from expander.expand.context import Context
    from expander.open_lookups import Searched

    Trial = tuple[str, tuple[str, str] | None]


def look_up(ctx: Context, kind_text: str, place: str, key: str | None) -> str | None:
    """What a lookup finds, None for nothing.

    ``kind_text`` is the type as it is written, options included. For a type that takes a query,
    ``place`` is the query, and ``key``, which lists always give, does not count.

    A partial match and a default set ``$1`` to the part of the key that the wildcard stands for and ``$2``
    to the rest; they are tainted as the key is.
    Raises `NotOpened` in Exim's words for a type that is unknown and for what cannot be opened,
    and `Deferred` with the words of the type for a temporary problem. See "File and database lookups".
    """
    try:
        return _looked_up(ctx, kind_text, place, key)
    except (NotOpened, Deferred) as problem:
        ctx.state[SEARCH_MESSAGE] = problem.message
        raise


def _looked_up(ctx: Context, kind_text: str, place: str, key: str | None) -> str | None:
    try:
        kind = _kind(ctx.profile, kind_text)
    except Failed as problem:
        raise NotOpened(problem.message) from None
    unit = registry.find("lookup", kind.name)
    if unit is None:
        raise NotOpened(f'unknown lookup type "{kind.name}"')
    by_query = kind.style == lookup_type.QUERY
    if key is None and not by_query:
        return None
    where = "" if by_query else place
    searched = opened(ctx, unit, where, kind.options)
    opens_itself = unit.facts["style"] == lookup_type.FILE_QUERY
    if not opens_itself:
        ctx.state[SEARCH_MESSAGE] = ""
    if kind_text == kind.name and (unit.facts.get("steady") or (searched.keeps and not searched.captures)):
        ctx.finds[kind_text, where] = searched.asked(kind.options)
    if key is None or by_query:
        return searched.find(place, kind.options) if place or opens_itself else None
    return _search(ctx, kind, searched, key)


@lru_cache(maxsize=256)
def _kind(profile: Profile, text: str) -> LookupType:
    """A type as it is written, read once."""
    return lookup_type.parse(text, partial(style_of, profile))


def _search(ctx: Context, kind: LookupType, searched: Searched, key: str) -> str | None:
    first = ctx.captures[:1]
    for trial, parts in _trials(kind, str(key)):
        found = searched.find(trial, kind.options) if trial else None
        if found is None:
            continue
        if parts is not None:
            ctx.captures = [
                *(ctx.captures[:1] or first or [""]),
                *(part and tainted_like(part, key) for part in parts),
            ]
        elif not searched.was_known and searched.captures:
            ctx.captures = []
        return str(key) if "ret=key" in kind.options else found
    return None


def _trials(kind: LookupType, key: str) -> Iterator[Trial]:
    """The keys to look for in order, each with the values of ``$1`` and ``$2``, None to leave them."""
    shortened = kind.least is not None
    yield key, ("", key) if shortened else None
    if kind.least is not None:
        yield from _partial(key, kind.affix, kind.least)
    local_part, at, domain = key.rpartition("@")
    if kind.default == "*@" and at and local_part:
        yield f"*@{domain}", (local_part, "")
    if kind.default:
        yield "*", (key, "")


def _partial(key: str, affix: str, least: int) -> Iterator[Trial]:
    """The key with the affix, then without one more of its first components, down to the least number.

    Where no component need be left the affix itself, without the dot at its end, is the last.
    """
    if affix:
        yield affix + key, ("", key)
    components = key.split(".")
    for count in range(1, len(components)):
        rest = components[count:]
        if len(rest) < least:
            return
        fixed = ".".join(rest)
        yield affix + fixed, (".".join(components[:count]), fixed)
    if least == 0 and affix:
        # The dot before the fixed part is cut off even here, where there is neither.
        yield affix.removesuffix(".") if len(affix) > 1 else affix, (key[:-1], "")
