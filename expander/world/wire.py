"""Records as dnspython has them, turned into plain ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.dnsdata import DnsRecord

if TYPE_CHECKING:
    from dns.rdata import Rdata

_WITH_NAMES = frozenset({"NS", "CNAME", "PTR", "DNAME", "MX", "SRV", "SOA"})


def data_of(owner: str, kind: str, rdata: Rdata, ttl: int) -> DnsRecord:
    """The record with the fields as held text."""
    return DnsRecord(owner, kind, _fields(kind, rdata), ttl)


def _fields(kind: str, rdata: Rdata) -> tuple[str, ...]:
    if kind in {"TXT", "SPF"}:
        return tuple(part.decode("latin-1") for part in rdata.strings)  # type: ignore[attr-defined]
    fields = rdata.to_text().split(" ")
    if kind == "TLSA":
        return (*fields[:3], "".join(fields[3:]))
    if kind in _WITH_NAMES:
        return tuple(field.removesuffix(".") for field in fields)
    return tuple(fields)
