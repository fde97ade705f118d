"""What lists have said, so that they are not asked again.

What named lists say is remembered for as long as what they were asked about is at hand: a client, a sender, a
recipient. Of a list that depends on the configuration alone it is remembered with the configuration, so
that all its sessions share it, and with all that a match leaves behind: the groups ``$0`` and on, and what is
known of the named lists in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.text import SPACE, lower
from drivers.values import ip, listtext

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from drivers.api.protocols import Context as AnyContext
    from expander.config.model import Config
    from expander.expand.context import Context
    from expander.lists.conditions import Answer
    from expander.lists.subject import Cache

KNOWN = "known_lists"
"""Under this name the state has what named lists say, by what they were asked about."""

DOMAINS, LOCAL_PARTS = "settled lists of domains", "settled lists of local parts"
HOSTS, HOSTS_WITHOUT_DATA = "settled lists of hosts", "settled lists of hosts whose data is not kept"
KIND_AT = {DOMAINS: "domain", LOCAL_PARTS: "localpart", HOSTS: "host", HOSTS_WITHOUT_DATA: "host"}
"""The places of a configuration where it has the lists that were asked, and what kind of lists these are."""

MOST_REMEMBERED = 1_000
"""So many answers are remembered for a list."""

PATTERNS_OF_HOSTS = frozenset({"", "*"})


def resume(ctx: Context, scopes: dict[str, Cache]) -> None:
    """From here on it is remembered in these what lists say in the scopes of their names."""
    ctx.state.setdefault(KNOWN, {}).update(scopes)


def known(state: dict[str, Any], scope: str) -> Cache | None:
    """What named lists say in a scope, None without one: then nothing is remembered."""
    if not scope:
        return None
    scopes: dict[str, Cache] | None = state.get(KNOWN)
    if scopes is None:
        scopes = state[KNOWN] = {}
    found = scopes.get(scope)
    if found is None:
        found = scopes[scope] = {}
    return found


class SettledList:
    """A list of which answers are remembered in ``said``; ``names`` are the named lists in it, at any depth.

    With ``but_literals`` nothing is known of address literals, which may be those of this host.
    An answer is kept with what the match has left: the groups, None if it left those alone, and what it has
    learnt of named lists. It depends on which of them were asked before, for then they leave no groups.
    """

    __slots__ = ("but_literals", "names", "said")

    def __init__(self, names: tuple[str, ...], *, but_literals: bool) -> None:
        self.names = names
        self.but_literals = but_literals
        self.said: dict[Hashable, tuple[Answer, Sequence[str] | None, Cache | None]] = {}


class Question:
    """What a settled list was not asked before; ``cache`` is what is known of named lists."""

    __slots__ = ("_before", "_key", "_list", "_mark", "cache")

    def __init__(self, asked: SettledList, key: Hashable, cache: Cache | None) -> None:
        self.cache = cache
        self._list, self._key = asked, key
        self._before = frozenset(cache or ())
        self._mark: Sequence[str] = ()

    def begin(self, ctx: AnyContext) -> None:
        """The list is gone through: from here on it is seen what that leaves."""
        self._mark = ctx.captures = [*ctx.captures]

    def keep(self, ctx: AnyContext, answer: Answer) -> Answer:
        """Remember the answer, which is given back."""
        left = None if ctx.captures is self._mark else [*ctx.captures]
        cache = self.cache or {}
        learnt = {name: found for name, found in cache.items() if name not in self._before}
        said = self._list.said
        if len(said) >= MOST_REMEMBERED:
            said.clear()
        said[self._key] = answer, left, learnt
        return answer


def recall(ctx: Context, place: str, list_text: str, text: str, scope: str) -> Answer | Question | None:
    """What a list has said of a text before, with all effects; else the question that it is to be asked.

    None if the list is none that is settled, or if somebody wants to be told of the match. ``place`` is one
    of `KIND_AT`, ``scope`` where it is remembered what named lists say.
    """
    config = ctx.config
    if config is None or ctx.tell_checks is not None or ctx.options is not config.options:
        return None
    if list_text.__class__ is not str or ctx.trace is not None or ctx.narrator is not None:
        return None
    asked = settled_list(config, place, list_text)
    if asked is None or (asked.but_literals and text[:1] == "["):
        return None
    try:
        cache: Cache | None = ctx.state[KNOWN][scope]
    except KeyError:
        cache = known(ctx.state, scope)
    key: Hashable = text if text.__class__ is str else (text, text.__class__)
    if asked.names and cache is not None:
        said = which_said(cache, asked.names, text)
        if said is None:
            return None
        key = key, said
    elif asked.names:
        key = key, None
    try:
        answer, captures, learnt = asked.said[key]
    except KeyError:
        return Question(asked, key, cache)
    if captures is not None:
        ctx.captures = [*captures]
    if learnt and cache is not None:
        cache.update(learnt)
    return answer


def which_said(cache: Cache, names: Sequence[str], text: str) -> tuple[bool, ...] | None:
    """Which named lists were asked before in a scope; None if one of them was asked about something else."""
    found = tuple(map(cache.__contains__, names))
    if True in found:
        key = lower(text)
        for name in names:
            if name in cache and (values := cache[name][1]) and key not in values:
                return None
    return found


def settled_list(config: Config, place: str, text: str) -> SettledList | None:
    """The list that a text of the configuration is, None if it is not settled."""
    try:
        found: SettledList | None = config.ready[place][text]
    except KeyError:
        lists: dict[str, SettledList | None] = config.ready.setdefault(place, {})
        if len(lists) >= MOST_REMEMBERED:
            lists.clear()
        found = lists[text] = _made(config, KIND_AT[place], text)
    return found


def _made(config: Config, kind: str, text: str) -> SettledList | None:
    from expander.lists.steady import is_settled

    but_literals = not is_settled(config, kind, text)
    if but_literals and not (kind == "domain" and is_settled(config, kind, text, but_literals=True)):
        return None
    if not text or (kind == "host" and not _has_addresses_alone(config, text)):
        return None
    return SettledList(tuple(_named_in(config, kind, text, {})), but_literals=but_literals)


def _patterns(text: str) -> list[str]:
    return [element.removeprefix("!").lstrip(SPACE) for element in listtext.elements(text)]


def _has_addresses_alone(config: Config, text: str) -> bool:
    """True if no element of a settled host list is the name of a host."""
    return all(
        _has_addresses_alone(config, config.named_list("host", pattern[1:]) or "")
        if pattern.startswith("+")
        else pattern in PATTERNS_OF_HOSTS or ip.parse_network(pattern) is not None
        for pattern in _patterns(text)
    )


def _named_in(config: Config, kind: str, text: str, found: dict[str, None]) -> dict[str, None]:
    for pattern in _patterns(text):
        if pattern.startswith("+") and pattern[1:] not in found:
            found[pattern[1:]] = None
            _named_in(config, kind, config.named_list(kind, pattern[1:]) or "", found)
    return found
