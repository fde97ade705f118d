"""Queries of the lookup dnsdb: what stands before the names, and which names there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.text import SPACE, lower
from drivers.values import interval, ip, listtext
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPES = frozenset("a a+ aaaa cname csa mx mxh ns ptr soa spf srv tlsa txt zns".split())
BEHAVIOURS = ("strict", "lax", "never")
MOST_TRIES = 1000
_NUMBER = re.compile(rf"[{SPACE}]*[+-]?[0-9]*", re.ASCII)


class Query(Record):
    """A query that was read.

    ``between`` stands between records; ``within`` between the fields of one: None where nothing was
    said, "" where they are to be joined. ``defer`` and ``dnssec`` are "strict", "lax" or "never". ``retrans``
    is in seconds; 0 leaves it, like ``retry``, to the options.
    """

    kind: str
    names: tuple[str, ...]
    between: str = "\n"
    within: str | None = None
    defer: str = "lax"
    dnssec: str = "lax"
    retrans: int = 0
    retry: int = 0


def read_query(text: str) -> Query:
    """Read a query. Raises `Deferred` with Exim's words. See "More about dnsdb" in the manual."""
    between, within, rest = _separators(text.lstrip(SPACE))
    modes = {"defer": "lax", "dnssec": "lax"}
    numbers = {"retrans": 0, "retry": 0}
    while (after := _modifier(rest, modes, numbers)) is not None:
        rest = after
    kind = "txt"
    word, equals, tail = rest.partition("=")
    if equals:
        kind, rest = lower(word.strip(SPACE)), tail.lstrip(SPACE)
        if kind not in TYPES:
            raise Deferred("unsupported DNS record type")
    names: Sequence[str] = listtext.split(rest)
    if kind == "ptr" and ip.parse(rest):
        names = [rest]
    return Query(
        kind,
        tuple(names),
        between,
        within,
        modes["defer"],
        modes["dnssec"],
        numbers["retrans"],
        numbers["retry"],
    )


def _separators(text: str) -> tuple[str, str | None, str]:
    """What ``>`` says of separators, and the rest."""
    if not text.startswith(">"):
        return "\n", None, text
    between, rest = text[1:2], text[2:]
    within = None
    if rest.startswith(","):
        within, rest = rest[1:2], rest[2:]
    elif rest.startswith(";"):
        within, rest = "", rest[1:]
    return between, within, rest.lstrip(SPACE)


def _modifier(text: str, modes: dict[str, str], numbers: dict[str, int]) -> str | None:
    """Take one modifier and its comma from the text: what is left, None if there is none."""
    name, underscore, rest = text.partition("_")
    name = lower(name)
    if not underscore or name not in {*modes, *numbers}:
        return None
    if name in modes:
        word = next((b for b in BEHAVIOURS if lower(rest).startswith(b)), None)
        if word is None:
            raise Deferred(f"unsupported dnsdb {name} behaviour")
        modes[name] = word
        rest = rest[len(word) :]
    elif name == "retrans":
        time, comma, rest = rest.partition(",")
        seconds = interval.parse(time) if comma else None
        if not seconds:
            raise Deferred("unsupported dnsdb timeout value")
        numbers[name] = seconds
        return rest.lstrip(SPACE)
    else:
        count = _NUMBER.match(rest)
        assert count is not None
        if "-" in count[0] and count[0].strip(SPACE + "-0"):
            raise Deferred("unsupported dnsdb retry count")
        numbers[name] = (
            min(int(count[0].strip(SPACE) or 0), MOST_TRIES) if count[0].strip(SPACE + "+-") else 0
        )
        rest = rest[count.end() :]
    rest = rest.lstrip(SPACE)
    if not rest.startswith(","):
        raise Deferred("dnsdb modifier syntax error")
    return rest[1:].lstrip(SPACE)
