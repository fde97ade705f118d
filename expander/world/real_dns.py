"""The DNS as this machine's resolver knows it."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.text import from_argument, to_bytes
from drivers.values.dnsdata import (
    AGAIN,
    FAIL,
    FOUND,
    NO_DATA,
    NO_HOST,
    PLAINLY,
    Asking,
    DnsAnswer,
    DnsRecord,
)
from expander.world.searching import searched
from expander.world.wire import data_of
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dns.message import Message, QueryMessage

LONGEST_WAIT = 30.0
"""Seconds that one question may take, whatever the settings are."""

PAYLOAD = 1232
PORT = 53
SETTINGS = Path("/etc/resolv.conf")
NOBODY_NAMED = ("127.0.0.1",)
"""Who is asked where the settings name no server."""

MOST_SERVERS = 3
_SERVER = late_pattern(r"^nameserver[ \t]+([0-9A-Fa-f.:]+)", re.MULTILINE)
_DOMAINS = late_pattern(r"^(?:search|domain)[ \t](.*)", re.MULTILINE)
_OPTIONS = late_pattern(r"^options[ \t](.*)", re.MULTILINE)


class Settings(Record):
    """What ``resolv.conf`` says: whom to ask, seconds for one try, tries, if DNSSEC counts, domains."""

    servers: tuple[str, ...] = NOBODY_NAMED
    timeout: int = 5
    attempts: int = 2
    trusts: bool = False
    domains: tuple[str, ...] = ()


def read_settings(path: Path) -> Settings:
    """The settings in a file; those of a system without one where it cannot be read."""
    try:
        text = path.read_text("latin-1")
    except OSError:
        return Settings()
    words = " ".join(_OPTIONS.findall(text)).split()
    numbers = {name: value for name, _, value in (word.partition(":") for word in words) if value.isdigit()}
    return Settings(
        tuple(_SERVER.findall(text)[:MOST_SERVERS]) or NOBODY_NAMED,
        min(max(int(numbers.get("timeout", 5)), 1), 30),
        min(max(int(numbers.get("attempts", 2)), 1), 5),
        "trust-ad" in words,
        tuple((_DOMAINS.findall(text) or [""])[-1].split()),
    )


class RealDns:
    """Asks the name servers of ``/etc/resolv.conf``, each in turn, as often as it says.

    What they say to be authenticated counts only if that file says ``options trust-ad``, as in
    the C library. A server that refuses, or has no answer itself, is passed over.
    """

    reaches_out = True

    def __init__(self, settings: Path = SETTINGS, port: int = PORT) -> None:
        self._path = settings
        self._port = port
        self._settings: Settings | None = None

    def ask(self, name: str, kind: str, asking: Asking = PLAINLY) -> DnsAnswer:
        """The answer to one question. Never raises."""
        if self._settings is None:
            self._settings = read_settings(self._path)
        settings = self._settings
        return searched(lambda each: self._ask(each, kind, asking, settings), name, asking, settings.domains)

    def _ask(self, name: str, kind: str, asking: Asking, settings: Settings) -> DnsAnswer:
        import dns.exception
        import dns.flags
        import dns.message
        import dns.name

        try:
            full = dns.name.from_text(name.encode("latin-1").decode("utf-8", "surrogateescape"))
            secure = asking.dnssec is not False
            edns = 0 if secure or asking.edns else None
            query = dns.message.make_query(full, kind, use_edns=edns, want_dnssec=secure, payload=PAYLOAD)
            query.flags |= dns.flags.AD if secure else 0
        except (dns.exception.DNSException, ValueError):
            return DnsAnswer(FAIL)
        response = self._response(query, settings, asking)
        return DnsAnswer(AGAIN) if response is None else _answer(response, kind, settings)

    def system_addresses(self, name: str, kind: str) -> DnsAnswer:
        """What gethostbyname() and getaddrinfo() give."""
        import socket

        host = to_bytes(name)
        try:
            if kind == "A":  # getaddrinfo() would sort them
                owner, _, addresses = socket.gethostbyname_ex(host)  # type: ignore[arg-type] # bytes are not encoded
            else:
                found = socket.getaddrinfo(
                    host, None, socket.AF_INET6, socket.SOCK_STREAM, flags=socket.AI_CANONNAME
                )
                owner, addresses = found[0][3], [str(each[4][0]) for each in found]
        except socket.gaierror as problem:
            return DnsAnswer(AGAIN if problem.errno == socket.EAI_AGAIN else NO_HOST)
        except (OSError, ValueError):  # a name that no host can have
            return DnsAnswer(NO_HOST)
        full = from_argument(owner) or name
        return DnsAnswer(FOUND, tuple(DnsRecord(full, kind, (address,)) for address in addresses))

    def system_names(self, address: str) -> Sequence[str]:
        """What gethostbyaddr() gives: the name and the aliases."""
        import socket

        try:
            name, aliases, _ = socket.gethostbyaddr(address)
        except OSError:
            return ()
        return tuple(map(from_argument, (name, *aliases)))

    def _response(self, query: QueryMessage, settings: Settings, asking: Asking) -> Message | None:
        """What the first server says that has an answer; None if no one has in time."""
        import dns.exception
        import dns.rcode

        passed_over = {dns.rcode.SERVFAIL, dns.rcode.NOTIMP, dns.rcode.REFUSED}
        end = time.monotonic() + LONGEST_WAIT
        useless: set[str] = set()
        for _ in range(asking.retry or settings.attempts):
            for server in settings.servers:
                left = end - time.monotonic()
                if server in useless or left <= 0:
                    continue
                wait = min(asking.retrans or settings.timeout, left)
                try:
                    response = self._exchange(query, server, wait)
                except (dns.exception.DNSException, OSError, EOFError, ValueError):
                    continue
                if response.rcode() not in passed_over:
                    return response
                useless.add(server)
        return None

    def _exchange(self, query: QueryMessage, server: str, wait: float) -> Message:
        """Ask one server: what is no answer to the question is passed over, what is cut asked by TCP."""
        import dns.flags
        import dns.query

        end = time.monotonic() + wait
        response = dns.query.udp(
            query, server, wait, self._port, ignore_unexpected=True, ignore_errors=True, ignore_trailing=True
        )
        if response.flags & dns.flags.TC:
            response = dns.query.tcp(query, server, max(end - time.monotonic(), 0.1), self._port)
        return response


def _answer(response: Message, kind: str, settings: Settings) -> DnsAnswer:
    import dns.flags
    import dns.rcode

    records = tuple(_records(response, "answer"))
    status = NO_DATA
    if response.rcode() == dns.rcode.NXDOMAIN:
        status = NO_HOST
    elif response.rcode() != dns.rcode.NOERROR:
        status = FAIL
    elif any(record.kind in {kind, "CNAME"} for record in records):
        status = FOUND
    return DnsAnswer(
        status,
        records if status == FOUND else (),
        settings.trusts and bool(response.flags & dns.flags.AD),
        bool(response.flags & dns.flags.AA),
        tuple(_records(response, "authority")),
    )


def _records(response: Message, section: str) -> list[DnsRecord]:
    import dns.rdatatype

    records = []
    for rrset in getattr(response, section):
        owner = rrset.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(rrset.rdtype)
        records += [data_of(owner, kind, rdata, rrset.ttl) for rdata in rrset]
    return records
