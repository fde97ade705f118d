"""The lookup of DNS records: its query is read and judged, the DNS is not asked yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from drivers.api.errors import Deferred, Unsupported
from drivers.api.text import SPACE, lower
from drivers.api.unit import lookup
from drivers.values import interval
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

TYPES = frozenset("a a+ aaaa cname csa mx mxh ns ptr soa spf srv tlsa txt zns".split())
CHOICES = ("strict", "lax", "never")
_MODIFIER = re.compile(r"(defer|dnssec|retrans|retry)_", re.ASCII)
_AMOUNT = re.compile(r"[^,]*")
_NUMBER = re.compile(r"[0-9]*", re.ASCII)


def record_type(query: str) -> str:
    """The type of the records that a query asks for, in lower case; ``txt`` where it names none.

    Before it may stand ``>`` with separators for the output, and modifiers, each with a comma behind.
    Raises `Deferred` for what is wrong with them and for an unknown type.
    """
    rest = query.lstrip(SPACE)
    if rest.startswith(">"):
        rest = rest[2:]
        rest = rest[2:] if rest.startswith(",") else rest.removeprefix(";")
        rest = rest.lstrip(SPACE)
    while found := _MODIFIER.match(rest):
        rest = _after_value(found[1], rest[found.end() :]).lstrip(SPACE)
        if not rest.startswith(","):
            raise Deferred("dnsdb modifier syntax error")
        rest = rest[1:].lstrip(SPACE)
    name, equals, _ = rest.partition("=")
    kind = lower(name.rstrip(SPACE)) if equals else "txt"
    if kind not in TYPES:
        raise Deferred("unsupported DNS record type")
    return kind


def _after_value(modifier: str, text: str) -> str:
    """What follows the value of a modifier."""
    if modifier == "retry":
        number = _NUMBER.match(text)
        return text[number.end() :] if number else text
    if modifier == "retrans":
        amount = _AMOUNT.match(text)
        end = amount.end() if amount else 0
        if interval.parse(text[:end]) is None:
            raise Deferred("unsupported dnsdb timeout value")
        return text[end:]
    chosen = next((word for word in CHOICES if text.startswith(word)), None)
    if chosen is None:
        raise Deferred(f"unsupported dnsdb {modifier} behaviour")
    return text[len(chosen) :]


@lookup(
    "dnsdb",
    syntax="dnsdb{<modifiers><type>=<name>}",
    section="File and database lookups",
    feature="lookup_dnsdb",
    style=QUERY,
)
def dnsdb(_ctx: Context, _place: str, _options: Sequence[str]) -> Callable[[str], NoReturn]:
    """Ask the DNS.

    Raises `Deferred` for a query that makes no sense, `Unsupported` for all others.
    """

    def find(query: str) -> NoReturn:
        kind = record_type(query)
        raise Unsupported(f'lookup type "dnsdb" is not supported by eximulate yet (for {kind} records)')

    return find
