"""The DNS as this machine's resolver knows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.text import from_argument
from drivers.values.dnsdata import AGAIN, FAIL, FOUND, NO_DATA, NO_HOST, DnsAnswer, DnsRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dns.message import Message
    from dns.rdata import Rdata
    from dns.resolver import Resolver

LONGEST_WAIT = 10.0
"""Seconds that one question may take."""

PAYLOAD = 1232
_SETTINGS = Path("/etc/resolv.conf")
_TRUSTS = re.compile(r"^options\s.*\btrust-ad\b", re.MULTILINE)
_NAMES = frozenset({"NS", "CNAME", "PTR", "DNAME"})


class RealDns:
    """Asks the name servers of ``/etc/resolv.conf``.

    What they say to be authenticated counts only if that file says ``options trust-ad``, as in
    the C library.
    """

    reaches_out = True

    def __init__(self) -> None:
        self._resolver: Resolver | None = None
        self._trusts = False

    def ask(self, name: str, kind: str) -> DnsAnswer:
        """The answer to one question. Never raises."""
        import dns.exception
        import dns.flags
        import dns.name
        import dns.resolver

        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
                self._resolver.use_edns(0, dns.flags.DO, PAYLOAD)
                self._trusts = bool(_TRUSTS.search(_SETTINGS.read_text("latin-1")))
            full = dns.name.from_text(name.encode("latin-1").decode("utf-8", "surrogateescape"))
            found = self._resolver.resolve(full, kind, raise_on_no_answer=False, lifetime=LONGEST_WAIT)
        except dns.resolver.NXDOMAIN:
            return DnsAnswer(NO_HOST)
        except (dns.exception.Timeout, dns.resolver.NoNameservers):
            return DnsAnswer(AGAIN)
        except (dns.exception.DNSException, OSError, UnicodeError):
            return DnsAnswer(FAIL)
        return _answer(found.response, has_data=found.rrset is not None, trusted=self._trusts)

    def system_names(self, address: str) -> Sequence[str]:
        """What gethostbyaddr() gives: the name and the aliases."""
        import socket

        try:
            name, aliases, _ = socket.gethostbyaddr(address)
        except OSError:
            return ()
        return tuple(map(from_argument, (name, *aliases)))


def _answer(response: Message, *, has_data: bool, trusted: bool) -> DnsAnswer:
    import dns.flags

    records = tuple(_records(response, "answer"))
    aliases = any(record.kind == "CNAME" for record in records)
    return DnsAnswer(
        FOUND if has_data or aliases else NO_DATA,
        records,
        trusted and bool(response.flags & dns.flags.AD),
        bool(response.flags & dns.flags.AA),
        tuple(_records(response, "authority")),
    )


def _records(response: Message, section: str) -> list[DnsRecord]:
    import dns.rdatatype

    records = []
    for rrset in getattr(response, section):
        owner = rrset.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(rrset.rdtype)
        records += [DnsRecord(owner, kind, _data(kind, rdata), rrset.ttl) for rdata in rrset]
    return records


def _data(kind: str, rdata: Rdata) -> tuple[str, ...]:
    """The fields of a record as held text."""
    if kind in {"TXT", "SPF"}:
        return tuple(part.decode("latin-1") for part in rdata.strings)  # type: ignore[attr-defined]
    fields = rdata.to_text().split(" ")
    if kind == "TLSA":
        return (*fields[:3], "".join(fields[3:]))
    if kind in _NAMES or kind in {"MX", "SRV", "SOA"}:
        return tuple(field.removesuffix(".") for field in fields)
    return tuple(fields)
