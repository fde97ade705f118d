"""What the DNS answers, as plain values, and how aliases are followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import ip
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

FOUND, NO_HOST, NO_DATA, AGAIN, FAIL = "found", "no_host", "no_data", "again", "fail"
"""How a question ends: with records, without the name, without records of the type, with a problem that
may pass, with one that will not."""

FORWARD = {ip.IPV4: "A", ip.IPV6: "AAAA"}
"""The type of the records that hold addresses of each kind."""


class DnsRecord(Record):
    """One resource record.

    ``data`` has the fields in the order of the standard: numbers in decimal, names without a final
    dot, addresses in their usual form, each string of a TXT record, the last field of a TLSA record
    in hexadecimal digits. ``ttl`` is in seconds.
    """

    owner: str
    kind: str
    data: tuple[str, ...]
    ttl: int = 3600


class Asking(Record):
    """How to ask: None and 0 leave it to the resolver's own settings.

    ``retrans`` is how many seconds one try may take, ``retry`` how many there are for each server;
    ``edns`` says whether to use the extensions, ``dnssec`` whether to ask for authenticated data.
    ``qualify_single`` lets the resolver add its domain to a name of one part, ``search_parents`` try all
    domains of its list.
    """

    retrans: int = 0
    retry: int = 0
    edns: bool | None = None
    dnssec: bool | None = None
    qualify_single: bool = False
    search_parents: bool = False


PLAINLY = Asking()


class DnsAnswer(Record):
    """How a question ended, with the records that were found, those of an alias among them.

    ``authenticated`` is true where the resolver vouches for the data (DNSSEC), ``authoritative``
    where the server speaks for the zone; ``authority`` are the records of that section. ``endless``
    tells of a failure that more aliases led from one to the next than are followed. ``full_name`` is what
    Exim takes for the name in full: the last alias of the first answer, else the owner of its first record.
    ``malformed`` tells that the name was not asked for, as it cannot be one.
    """

    status: str
    records: tuple[DnsRecord, ...] = ()
    authenticated: bool = False
    authoritative: bool = False
    authority: tuple[DnsRecord, ...] = ()
    endless: bool = False
    full_name: str = ""
    malformed: bool = False

    def of(self, kind: str) -> tuple[DnsRecord, ...]:
        """The records of one type."""
        return tuple(record for record in self.records if record.kind == kind)


def resolved(ask: Callable[[str, str], DnsAnswer], name: str, kind: str, *, loops: int = 1) -> DnsAnswer:
    """The answer to a question, with up to ``loops`` aliases followed that the resolver left open.

    An alias that leads to nothing is a problem that will not pass: `FAIL`.
    """
    authenticated, full_name = True, ""
    for _ in range(max(loops, 0) + 1):
        answer = ask(name, kind)
        authenticated = authenticated and answer.authenticated
        aliases = answer.of("CNAME")
        full_name = full_name or next((record.owner for record in (*aliases[-1:], *answer.of(kind))), "")
        if answer.status != FOUND or kind == "CNAME" or answer.of(kind) or not aliases:
            return DnsAnswer(
                answer.status, answer.records, authenticated, answer.authoritative, answer.authority,
                full_name=full_name,
            )  # fmt: skip
        name = aliases[-1].data[0]
    return DnsAnswer(FAIL, endless=True)


def reversed_name(address: ip.Address) -> str:
    """The name under which the DNS holds the name of an address."""
    if address.version == ip.IPV4:
        return f"{address.reversed()}.in-addr.arpa"
    return ".".join(reversed(f"{address.number:032x}")) + ".ip6.arpa"


def same_name(one: str, other: str) -> bool:
    """True if two names are the same in the DNS, where letters have no case."""
    return lower(one.removesuffix(".")) == lower(other.removesuffix("."))
