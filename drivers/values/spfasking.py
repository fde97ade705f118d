"""Questions to the DNS as Exim passes them on for SPF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import dnslookup
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context
    from drivers.values.dnsdata import DnsAnswer, DnsRecord
    from drivers.values.spf import Ask

VERSION = "v=spf1"
KEPT = "spf answers"
"""Under this name the state has what was answered."""


def asker(ctx: Context, tell: Callable[[str], None] | None = None) -> Ask:
    """What answers one question; each is asked once.

    Of TXT records only those are passed on whose first string looks like a record of SPF; ``tell`` gets a
    line on each other one.
    """
    known: dict[tuple[str, str], DnsAnswer] = ctx.state.setdefault(KEPT, {})

    def ask(name: str, kind: str) -> DnsAnswer:
        key = lower(name), kind
        if key not in known:
            answer = dnslookup.ask(ctx, name, kind)
            records = tuple(record for record in answer.records if _is_passed(record, tell))
            known[key] = replaced(answer, records=records)
        return known[key]

    return ask


def _is_passed(record: DnsRecord, tell: Callable[[str], None] | None) -> bool:
    if record.kind != "TXT" or lower(record.data[0]).startswith(VERSION):
        return True
    length = sum(len(text) + 1 for text in record.data)
    if tell is not None and length > len(VERSION):
        tell(f"not an spf record: {record.data[0]}")
    return False
