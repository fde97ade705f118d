"""The rules of manualroute: patterns, hosts and words of a route list, with their places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.options import dequote
from drivers.api.text import SPACE
from drivers.values.listtext import pieces, separator
from expander.lint.places import value_source
from grammar.record import Record
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from grammar.source import Source

_WORDS = re.compile(r"\S+")


class RouteRule(Record):
    """One rule: what domains it is for, its hosts as a list, and the words behind them.

    ``pattern`` is "" for route data, ``hosts`` is "" where there are none; ``words`` come with their
    places, ``span`` is the place of the rule.
    """

    pattern: str
    hosts: str
    words: tuple[tuple[str, Span], ...]
    span: Span


def route_rules(router: Instance) -> tuple[RouteRule, ...]:
    """The rules of a router's route list; none if it has no such list."""
    setting = router.setting("route_list") if router.driver == "manualroute" else None
    if setting is None:
        return ()
    source = value_source(setting.span)
    return tuple(_rules(source))


def route_of(source: Source, text: str, start: int) -> RouteRule:
    """What a text that stands at ``start`` of a source says as route data."""
    return _rule(source, text, start, has_pattern=False)


def _rules(source: Source) -> Iterator[RouteRule]:
    text = source.text
    mark, body = separator(text) if text.lstrip(SPACE).startswith("<") else (";", text)
    cursor = len(text) - len(body)
    for item in pieces(body, mark):
        found = text.find(item.replace(mark, mark * 2), cursor)
        start = found if found >= 0 else max(text.find(item, cursor), 0)
        cursor = max(cursor, start)
        yield _rule(source, item, start, has_pattern=True)


def _rule(source: Source, text: str, start: int, *, has_pattern: bool) -> RouteRule:
    """Take a rule apart; doubled separators before a word shift its place a little, which does no harm."""
    rest, at = text, start
    parts = []
    for _ in range(2 if has_pattern else 1):
        part, used = _first(rest)
        parts.append(part)
        blank = len(rest[used:]) - len(rest[used:].lstrip(SPACE))
        at += used + blank
        rest = rest[used + blank :]
    end = len(source.text)
    words = tuple(
        (word[0], Span(source, min(at + word.start(), end), min(at + word.end(), end)))
        for word in _WORDS.finditer(rest)
    )
    whole = Span(source, min(start, end), min(start + len(text), end))
    hosts = parts[-1]
    return RouteRule(parts[0] if has_pattern else "", hosts, words, whole)


def _first(text: str) -> tuple[str, int]:
    """The first part, in quotes or up to a blank, and how much of the text it takes."""
    if text.startswith('"'):
        return dequote(text)
    found = _WORDS.match(text)
    return (found[0], found.end()) if found is not None else ("", 0)


def hosts_of(rule: RouteRule) -> list[str]:
    """The items of a rule's hosts; none where they are only known at run time."""
    if "$" in rule.hosts:
        return []
    mark, body = separator(rule.hosts)
    return list(pieces(body, mark))
