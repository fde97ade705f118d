"""A zone that was read, and what is said of a file that holds none."""

from __future__ import annotations

from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.api.text import lower
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.values.dnsdata import DnsRecord


class ZoneFileError(Fatal):
    """A zone file cannot be read or has a line that is none; the message begins with file and line."""


class ZoneRecord(Record):
    """A record of a zone and how it is answered; ``delay`` in seconds."""

    record: DnsRecord
    authenticated: bool = False
    authoritative: bool = False
    hidden: bool = False
    delay: float = 0.0


class Zone:
    """The records of a zone. ``name`` has no final dot.

    In a zone by the dialect ``*`` at the start of an owner stands for any text. In a ``standard`` one it is a
    label, which stands for names that do not exist below the closest domain that does (RFC 4592).
    ``passes_on`` says that others might know what is not in the zone.
    """

    def __init__(
        self, name: str, records: Sequence[ZoneRecord], *, standard: bool = False, passes_on: bool = False
    ) -> None:
        self.name = name
        self.standard = standard
        self.passes_on = passes_on
        self._records = records

    def at(self, name: str) -> tuple[list[ZoneRecord], bool]:
        """The records that answer for a name in lower case, and whether the name exists."""
        if not self.standard:
            found = self._in_dialect(name)
            return found, bool(found)
        below = name
        if name not in self._existing:
            while below and below not in self._existing:
                below = below.partition(".")[2]
            below = f"*.{below}"
        found = [each for _, each in self._owned.get(below, ())]
        return found, bool(found) or name in self._existing

    def own(self, kind: str) -> tuple[DnsRecord, ...]:
        """The records of one type that the zone's own name has."""
        records = (each.record for _, each in self._owned.get(lower(self.name), ()))
        return tuple(record for record in records if record.kind == kind)

    def _in_dialect(self, name: str) -> list[ZoneRecord]:
        """The records of a name in the order of the file, those that stand for any text among them."""
        found = self._owned.get(name, [])
        wild = [(at, each) for at, end, each in self._wild if name.endswith(end)]
        return [each for _, each in (sorted([*found, *wild], key=itemgetter(0)) if wild else found)]

    @cached_property
    def _owned(self) -> dict[str, list[tuple[int, ZoneRecord]]]:
        """The records with their places in the file, by their owners in lower case."""
        found: dict[str, list[tuple[int, ZoneRecord]]] = {}
        for at, each in enumerate(self._records):
            if self.standard or not each.record.owner.startswith("*"):
                found.setdefault(lower(each.record.owner.removesuffix(".")), []).append((at, each))
        return found

    @cached_property
    def _wild(self) -> list[tuple[int, str, ZoneRecord]]:
        """Records of the dialect that stand for any text before an end, which is in lower case."""
        starred = [(at, each) for at, each in enumerate(self._records) if each.record.owner.startswith("*")]
        return [(at, lower(each.record.owner[1:]), each) for at, each in starred]

    @cached_property
    def _existing(self) -> frozenset[str]:
        """The owners and the domains between them and the zone."""
        names = {lower(self.name)}
        for each in self._records:
            owner = lower(each.record.owner)
            while owner and owner not in names:
                names.add(owner)
                owner = owner.partition(".")[2]
        return frozenset(names)
