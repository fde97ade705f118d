"""Does lookups: what all types share, around the work of one type."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import Failed
from drivers.api.text import is_tainted, tainted_like
from drivers.values import lookup_type
from expander.expand.lookup import style_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drivers.api.profile import Profile
    from drivers.values.lookup_type import LookupType
    from expander.expand.context import Context

    Find = Callable[[str], str | None]
    Trial = tuple[str, tuple[str, str] | None]

MOST_OPEN = 25
"""The default of ``lookup_open_max``."""


def look_up(ctx: Context, kind_text: str, place: str, key: str | None) -> str | None:
    """What a lookup finds, None for nothing.

    ``kind_text`` is the type as it is written, options included. For a type that takes a query,
    ``place`` is the query, and ``key``, which lists always give, does not count.

    A partial match and a default set ``$1`` to the part of the key that the wildcard stands for and ``$2``
    to the rest; they are tainted as the key is.
    Raises `Failed` in Exim's words for a type that is unknown and for a file that cannot be opened,
    and `Deferred` with the words of the type for a temporary problem. See "File and database lookups".
    """
    kind = _kind(ctx.profile, kind_text)
    unit = registry.find("lookup", kind.name)
    if unit is None:
        raise Failed(f'unknown lookup type "{kind.name}"')
    if kind.style == lookup_type.QUERY:
        key = None
    if key is not None and is_tainted(place):
        ctx.log(f"Tainted filename for search: '{place}'")
        raise Failed("(null)")
    given = ctx.world if unit.wants("world") else ctx
    find: Find = unit.impl(given, "" if key is None else place, kind.options)
    if unit.facts.get("steady") and kind_text == kind.name:
        _keep_open(ctx, kind_text, "" if key is None else place, find)
    if key is None:
        return find(place) if place else None
    return _search(ctx, kind, find, key)


@lru_cache(maxsize=256)
def _kind(profile: Profile, text: str) -> LookupType:
    """A type as it is written, read once."""
    return lookup_type.parse(text, partial(style_of, profile))


def _keep_open(ctx: Context, kind_text: str, place: str, find: Find) -> None:
    """Leave a file open that stays as it is, for further keys that are looked for without more ado."""
    most = ctx.options.get("lookup_open_max")
    if len(ctx.finds) >= (MOST_OPEN if most is None else int(most)):
        ctx.finds.clear()
    ctx.finds[kind_text, place] = find


def _search(ctx: Context, kind: LookupType, find: Find, key: str) -> str | None:
    for trial, parts in _trials(kind, str(key)):
        found = find(trial) if trial else None
        if found is None:
            continue
        if parts is not None:
            ctx.captures = [
                *(ctx.captures[:1] or [""]),
                *(part and tainted_like(part, key) for part in parts),
            ]
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
