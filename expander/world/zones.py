"""A DNS of our own: zones in plain text that answer all questions.

A zone file is named after its zone: ``db.example.com``, ``db.ip4.2.0.192`` for a network turned
round, ``db.ip6.0.0.f.f`` for nibbles turned round. A file ``qualify.example.com`` names the domain that
is put behind names of one part. Each file is a standard master file or written in a dialect
(`expander.world.zone_lines`): what is in it tells.
"""

from __future__ import annotations

import errno
import os
import re
from functools import partial
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, lower
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
    resolved,
    same_name,
)
from expander.world.zone_lines import is_master_file, read_lines
from expander.world.zone_record import Zone, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.outside import Files

LOCAL = "localhost"
MOST_ALIASES = 8
LOOPBACK = frozenset({"127.0.0.1", "::1"})
QUALIFY = "qualify."
NEVER_QUALIFIED = "dontqualify"
_REVERSE = {"ip4.": "in-addr.arpa", "ip6.": "ip6.arpa"}
_AGAIN = re.compile(r"(?:([0-9]+)\.?|.*\.)?test\.again\.dns", re.DOTALL)
_MANY = "manyhome.test.ex"
_NEVER_KNOWN = "99.99.99.99.in-addr.arpa"


def _none_included(name: str) -> str:
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)


class Zones:
    """Answers out of zones: ``texts`` gives what stands in each by its name.

    ``qualify`` is the domain for names of one part; ``sleep`` is called with the seconds that an
    answer takes. A name that is in no zone is not there. Three names are built in, to try what goes
    wrong: ``test.again.dns`` and what is below it (a number alone before it: seconds until then),
    ``test.fail.dns`` and ``manyhome.test.ex``, which has 2048 addresses. With ``harness`` there is
    another: the question for the name of the address 99.99.99.99 has no answer now. ``included`` gives the
    texts of files that master files include.
    """

    reaches_out = False

    def __init__(
        self,
        texts: Mapping[str, Callable[[], str]],
        sleep: Callable[[float], None],
        *,
        qualify: str = "",
        harness: bool = False,
        included: Callable[[str], str] = _none_included,
    ) -> None:
        self._texts = {lower(zone): read for zone, read in texts.items()}
        self._read: dict[str, Zone] = {}
        self._sleep = sleep
        self._qualify = qualify
        self._harness = harness
        self._included = included

    @classmethod
    def from_folder(
        cls, folder: str, files: Files, sleep: Callable[[float], None], *, harness: bool = False
    ) -> Zones:
        """The zones in the files of a folder. Raises `ZoneFileError` if it cannot be read."""

        def text(name: str) -> str:
            return from_bytes(files.read(f"{folder}/{name}"))

        try:
            names = files.names(folder)
        except OSError as problem:
            raise ZoneFileError(f"cannot read the zone files in {folder}: {problem.strerror}") from None
        texts = {_zone_name(name[3:]): partial(text, name) for name in names if name.startswith("db.")}
        qualify = next((name.removeprefix(QUALIFY) for name in names if name.startswith(QUALIFY)), "")
        return cls(texts, sleep, qualify=qualify, harness=harness, included=text)

    def ask(self, name: str, kind: str, asking: Asking = PLAINLY) -> DnsAnswer:
        """The answer to one question. Raises `ZoneFileError` for a file with a line that is none.

        Aliases are followed, as resolvers do; in the ``harness`` that is left to who asks.
        """
        answer = self._ask(name, kind)
        aliases = answer.of("CNAME")
        if self._harness or answer.status != FOUND or kind == "CNAME" or not aliases:
            return answer
        records, secure = list(aliases), answer.authenticated
        for _ in range(MOST_ALIASES):
            if same_name(records[-1].data[0], records[0].owner) or records[-1] in records[:-1]:
                return DnsAnswer(AGAIN)  # they go round in circles
            answer = self._ask(records[-1].data[0], kind)
            secure = secure and answer.authenticated
            records += answer.records
            if not answer.of("CNAME"):
                break
        if answer.status not in {FOUND, NO_DATA}:
            return DnsAnswer(answer.status, (), secure, answer.authoritative, answer.authority)
        return DnsAnswer(FOUND, tuple(records), secure, answer.authoritative, answer.authority)

    def _ask(self, name: str, kind: str) -> DnsAnswer:
        name = lower(name.removesuffix("."))
        if self._qualify and "." not in name and name != NEVER_QUALIFIED:
            name = f"{name}.{self._qualify}"
        built_in = self._built_in(name, kind)
        if built_in is not None:
            return built_in
        zone = self._zone_of(name)
        if zone is None:
            return DnsAnswer(NO_HOST)
        return self._out_of(self._zone(zone), name, kind)

    def system_addresses(self, name: str, kind: str) -> DnsAnswer:
        """What the zones have for a host; this host has its loopback addresses."""
        if lower(name) == LOCAL:
            return DnsAnswer(FOUND, (DnsRecord(LOCAL, kind, ("127.0.0.1" if kind == "A" else "::1",)),))
        return resolved(self.ask, name, kind, loops=MOST_ALIASES)

    def system_names(self, address: str) -> Sequence[str]:
        """The name of this host for its loopback addresses; no others are known."""
        return (LOCAL,) if address in LOOPBACK else ()

    def _built_in(self, name: str, kind: str) -> DnsAnswer | None:
        again = _AGAIN.fullmatch(name)
        if again is not None:
            self._sleep(float(again[1] or 0))
            return DnsAnswer(AGAIN)
        if self._harness and name == _NEVER_KNOWN:
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

    def _out_of(self, zone: Zone, name: str, kind: str) -> DnsAnswer:
        fitting, exists = zone.at(name)
        wanted = [found for found in fitting if found.record.kind in {kind, "CNAME"}]
        self._sleep(sum(found.delay for found in wanted))
        shown = [found for found in wanted if not found.hidden]
        secure = bool(wanted) and all(found.authenticated for found in wanted)
        authoritative = bool(wanted) and all(found.authoritative for found in wanted)
        if not shown:
            status = NO_DATA if exists and not any(found.hidden for found in fitting) else NO_HOST
            start = () if zone.passes_on and status == NO_HOST else zone.own("SOA")
            return DnsAnswer(status, (), secure, authoritative, start)
        records = tuple(_under(found.record, name) for found in shown)
        authority = (zone.own("NS") or zone.own("SOA")) if authoritative else ()
        return DnsAnswer(FOUND, records, secure, authoritative, authority)

    def _zone(self, name: str) -> Zone:
        if name not in self._read:
            file = _file_name(name)
            try:
                text = self._texts[name]()
            except OSError as problem:
                raise ZoneFileError(f"{file}: {problem.strerror}") from None
            if is_master_file(text, file):
                from expander.world.master_file import read_master

                self._read[name] = read_master(text, name, file, self._included)
            else:
                self._read[name] = read_lines(text, name, file)
        return self._read[name]


def _file_name(zone: str) -> str:
    """The file that has a zone."""
    for prefix, domain in _REVERSE.items():
        if zone.endswith(f".{domain}"):
            return f"db.{prefix}{zone.removesuffix(f'.{domain}')}"
    return f"db.{zone}"


def _zone_name(file: str) -> str:
    """The zone of a file: networks stand turned round in the reverse domains already."""
    for prefix, domain in _REVERSE.items():
        if file.startswith(prefix):
            return f"{file.removeprefix(prefix)}.{domain}"
    return file


def _under(record: DnsRecord, name: str) -> DnsRecord:
    """The record under the name that was asked for, where its own is a wildcard."""
    return DnsRecord(name, record.kind, record.data, record.ttl) if record.owner.startswith("*") else record
