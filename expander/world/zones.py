"""A DNS of our own: zones in plain text that answer all questions.

A zone file is named after its zone: ``db.example.com``, ``db.ip4.2.0.192`` for a network turned
round, ``db.ip6.0.0.f.f`` for nibbles turned round. A file ``qualify.example.com`` names the domain that
is put behind names of one part. Lines are ``owner TYPE data``; one that begins with a blank has the
owner of the line before. A name without a final dot is in the zone, ``*`` at its start stands for any
names. Words before the owner say how a record is answered: ``DNSSEC`` as authenticated, ``AA`` with
authority, ``TTL=seconds``, ``DELAY=milliseconds``, ``NXDOMAIN`` as if it were not there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, from_bytes, lower
from drivers.values import ip
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
    same_name,
)
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from drivers.api.outside import Files

TYPES = frozenset("A NS CNAME SOA PTR MX TXT AAAA SRV TLSA".split())
NAMES_AT = {"NS": (0,), "CNAME": (0,), "PTR": (0,), "MX": (1,), "SRV": (3,), "SOA": (0, 1)}
"""Which fields of a type are names."""

LOOPBACK = frozenset({"127.0.0.1", "::1"})
QUALIFY = "qualify."
NEVER_QUALIFIED = "dontqualify"
DEFAULT_TTL = 3600
_PREFIX = re.compile(r"(DNSSEC|AA|NXDOMAIN|DELAY=[0-9]+|TTL=[0-9]+) ")
_STRING = re.compile(r'"([^"]*)"|(\S+)')
_REVERSE = {"ip4.": "in-addr.arpa", "ip6.": "ip6.arpa"}
_AGAIN = re.compile(r"([0-9]*)\.?test\.again\.dns")
_MANY = "manyhome.test.ex"
_NEVER_KNOWN = "99.99.99.99.in-addr.arpa"


class ZoneRecord(Record):
    """A record of a zone and how it is answered; ``delay`` in seconds."""

    record: DnsRecord
    authenticated: bool = False
    authoritative: bool = False
    hidden: bool = False
    delay: float = 0.0


class Zones:
    """Answers out of zones: ``texts`` gives what stands in each by its name.

    ``qualify`` is the domain for names of one part; ``sleep`` is called with the seconds that an
    answer takes. A name that is in no zone is not there. Three names are built in, to try what goes
    wrong: ``test.again.dns`` (a number before it: seconds until then), ``test.fail.dns`` and
    ``manyhome.test.ex``, which has 2048 addresses. The name of the address 99.99.99.99 is never found
    out.
    """

    reaches_out = False

    def __init__(
        self, texts: Mapping[str, Callable[[], str]], sleep: Callable[[float], None], *, qualify: str = ""
    ) -> None:
        self._texts = {lower(zone): read for zone, read in texts.items()}
        self._read: dict[str, list[ZoneRecord]] = {}
        self._sleep = sleep
        self._qualify = qualify

    @classmethod
    def from_folder(cls, folder: str, files: Files, sleep: Callable[[float], None]) -> Zones:
        """The zones in the files of a folder; a folder that cannot be read has none."""

        def reader(name: str) -> Callable[[], str]:
            return lambda: from_bytes(files.read(f"{folder}/{name}"))

        try:
            names = files.names(folder)
        except OSError:
            names = ()
        texts = {_zone_name(name[3:]): reader(name) for name in names if name.startswith("db.")}
        qualify = next((name.removeprefix(QUALIFY) for name in names if name.startswith(QUALIFY)), "")
        return cls(texts, sleep, qualify=qualify)

    def ask(self, name: str, kind: str, asking: Asking = PLAINLY) -> DnsAnswer:
        """The answer to one question. Never raises."""
        name = lower(name.removesuffix("."))
        if self._qualify and "." not in name and name != NEVER_QUALIFIED:
            name = f"{name}.{self._qualify}"
        built_in = self._built_in(name, kind)
        if built_in is not None:
            return built_in
        zone = self._zone_of(name)
        if zone is None:
            return DnsAnswer(NO_HOST)
        return self._out_of(zone, name, kind)

    def system_names(self, address: str) -> Sequence[str]:
        """The name of this host for its loopback addresses; no others are known."""
        return ("localhost",) if address in LOOPBACK else ()

    def _built_in(self, name: str, kind: str) -> DnsAnswer | None:
        again = _AGAIN.fullmatch(name)
        if again is not None:
            self._sleep(float(again[1] or 0))
            return DnsAnswer(AGAIN)
        if name == _NEVER_KNOWN:
            return DnsAnswer(AGAIN)
        if name.endswith("test.fail.dns"):
            return DnsAnswer(FAIL)
        if name == _MANY and kind == "A":
            addresses = (f"10.250.{104 + number // 256}.{number % 256}" for number in range(2048))
            return DnsAnswer(FOUND, tuple(DnsRecord(name, "A", (address,)) for address in addresses))
        return None

    def _zone_of(self, name: str) -> str | None:
        """The longest zone that the name is in."""
        while name and name not in self._texts:
            name = name.partition(".")[2]
        return name or None

    def _out_of(self, zone: str, name: str, kind: str) -> DnsAnswer:
        known = self._records(zone)
        fitting = [found for found in known if _owns(found.record.owner, name)]
        wanted = [found for found in fitting if found.record.kind in {kind, "CNAME"}]
        self._sleep(sum(found.delay for found in wanted))
        shown = [found for found in wanted if not found.hidden]
        secure = bool(wanted) and all(found.authenticated for found in wanted)
        authoritative = bool(wanted) and all(found.authoritative for found in wanted)
        if not shown:
            hidden = any(found.hidden for found in fitting)
            status = NO_DATA if fitting and not hidden else NO_HOST
            return DnsAnswer(status, (), secure, authoritative, _start_of_authority(known, zone))
        records = tuple(_under(found.record, name) for found in shown)
        authority = _authority(known, zone) if authoritative else ()
        return DnsAnswer(FOUND, records, secure, authoritative, authority)

    def _records(self, zone: str) -> list[ZoneRecord]:
        if zone not in self._read:
            try:
                text = self._texts[zone]()
            except OSError:
                text = ""
            self._read[zone] = list(_records(text, zone))
        return self._read[zone]


def _zone_name(file: str) -> str:
    """The zone of a file: networks stand turned round in the reverse domains already."""
    for prefix, domain in _REVERSE.items():
        if file.startswith(prefix):
            return f"{file.removeprefix(prefix)}.{domain}"
    return file


def _owns(owner: str, name: str) -> bool:
    if owner.startswith("*"):
        return name.endswith(lower(owner[1:]))
    return same_name(owner, name)


def _under(record: DnsRecord, name: str) -> DnsRecord:
    """The record under the name that was asked for, where its own is a wildcard."""
    return DnsRecord(name, record.kind, record.data, record.ttl) if record.owner.startswith("*") else record


def _authority(records: list[ZoneRecord], zone: str) -> tuple[DnsRecord, ...]:
    """The name servers of the zone, else its SOA record."""
    own = [found.record for found in records if same_name(found.record.owner, zone)]
    return tuple(r for r in own if r.kind == "NS") or tuple(r for r in own if r.kind == "SOA")


def _start_of_authority(records: list[ZoneRecord], zone: str) -> tuple[DnsRecord, ...]:
    """What stands with an answer that there is nothing."""
    own = (found.record for found in records if found.record.kind == "SOA")
    return tuple(record for record in own if same_name(record.owner, zone))


def _records(text: str, zone: str) -> Iterator[ZoneRecord]:
    """The records of a zone file; lines that are none are passed over."""
    owner = zone
    for line in text.split("\n"):
        if not line.strip(SPACE) or line.startswith((";", "#")):
            continue
        words, rest = _prefixes(line)
        if not rest.startswith((" ", "\t")):
            name, _, rest = rest.replace("\t", " ").partition(" ")
            owner = _full(name, zone)
        kind, data = _type_and_data(rest, zone)
        if kind in TYPES and data:
            ttl = int(words.get("TTL", DEFAULT_TTL))
            yield ZoneRecord(
                DnsRecord(owner, kind, data, ttl),
                "DNSSEC" in words,
                "AA" in words,
                "NXDOMAIN" in words,
                int(words.get("DELAY", "0")) / 1000,
            )


def _prefixes(line: str) -> tuple[dict[str, str], str]:
    words: dict[str, str] = {}
    while found := _PREFIX.match(line):
        word, _, value = found[1].partition("=")
        words[word] = value
        line = line[found.end() :]
    return words, line


def _full(name: str, zone: str) -> str:
    return name.removesuffix(".") if name.endswith(".") else f"{name}.{zone}"


def _type_and_data(text: str, zone: str) -> tuple[str, tuple[str, ...]]:
    kind, _, rest = text.replace("\t", " ").strip(SPACE).partition(" ")
    if kind == "TXT":
        return kind, tuple(found[1] if found[2] is None else found[2] for found in _STRING.finditer(rest))
    fields = rest.partition(";")[0].split()
    for index in NAMES_AT.get(kind, ()):
        if index < len(fields):
            fields[index] = _full(fields[index], zone)
    if kind == "AAAA" and fields:
        address = ip.parse(fields[0])
        fields[0] = address.normal() if address else fields[0]
    if kind == "TLSA" and fields:
        fields[-1] = lower(fields[-1])
    return kind, tuple(fields)
