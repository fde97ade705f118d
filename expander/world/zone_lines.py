"""Zone files in a dialect of one line for each record, which can say how a record is answered.

Lines are ``owner TYPE data``; one that begins with a blank has the owner of the line before. A name
without a final dot is in the zone, ``*`` at the start of an owner stands for any text, ``;`` begins a
remark. Words before the owner say how a record is answered: ``DNSSEC`` as authenticated, ``AA`` with
authority, ``TTL=seconds``, ``DELAY=milliseconds``, ``NXDOMAIN`` as if it were not there. The line
``PASS ON NOT FOUND`` says that others might know what is not here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values import ip
from drivers.values.dnsdata import DnsRecord
from expander.world.zone_record import Zone, ZoneFileError, ZoneRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = {"A": 1, "AAAA": 1, "NS": 1, "CNAME": 1, "PTR": 1, "MX": 2, "SRV": 4, "SOA": 7, "TXT": 1, "TLSA": 4}
"""How many fields a record of each type has; TXT and TLSA can have more."""

NAMES_AT = {"NS": (0,), "CNAME": (0,), "PTR": (0,), "MX": (1,), "SRV": (3,), "SOA": (0, 1)}
"""Which fields of a type are names; those of these types that are none are numbers."""

PASSES_ON = "PASS ON NOT FOUND"
DEFAULT_TTL = 3600
PREFIX = re.compile(r"(DNSSEC|AA|NXDOMAIN|DELAY=[0-9]+|TTL=[0-9]+) ")
_STRING = re.compile(r'"([^"]*)"|(\S+)')
_OPEN_ENDED = frozenset({"TXT", "TLSA"})
_VERSIONS = {"A": ip.IPV4, "AAAA": ip.IPV6}
_TIME = r"[0-9]+[0-9smhdwSMHDW]*"
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_TYPES = "|".join(FIELDS)
_STANDARD = re.compile(
    rf"\$(?:ORIGIN|TTL|INCLUDE)\b|@(?:\s|$)|\S*\s+(?:{_TIME}\s+)?IN\s|\S*\s+{_TIME}\s+(?:IN\s+)?(?:{_TYPES})\s",
    re.IGNORECASE,
)
_DIALECT = re.compile(
    rf"(?:(?:DNSSEC|AA|NXDOMAIN) )*(?:DELAY|TTL)=[0-9]+ |{PASSES_ON}|"
    rf"(?:DNSSEC|AA|NXDOMAIN) +(?!IN\s|{_TIME}\s)\S+[ \t]+(?:{_TYPES})\s"
)
_GROUP = re.compile(r"\s\(")


def is_master_file(text: str, file: str) -> bool:
    """True if a text has what only standard master files have: directives, ``@``, classes, TTLs, parentheses.

    Raises `ZoneFileError` where it has as well what only the dialect has.
    """
    standard = dialect = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip(SPACE).startswith((";", "#")):
            continue
        if _DIALECT.match(line):
            dialect = dialect or number
        elif _STANDARD.match(line) or _GROUP.search(_QUOTED.sub("", line).partition(";")[0]):
            standard = standard or number
        if standard and dialect:
            raise ZoneFileError(
                f"{file}:{number}: line {standard} is one of a standard master file, "
                f"line {dialect} has what these lack"
            )
    return bool(standard)


def read_lines(text: str, zone: str, file: str) -> Zone:
    """The zone in a text; ``file`` names it in errors. Raises `ZoneFileError` for a line that is none."""
    lines = text.split("\n")
    passes_on = any(line.strip(SPACE) == PASSES_ON for line in lines)
    return Zone(zone, list(_records(lines, zone, file)), passes_on=passes_on)


def _records(lines: list[str], zone: str, file: str) -> Iterator[ZoneRecord]:
    owner = zone
    for number, line in enumerate(lines, 1):
        if (
            not line.strip(SPACE)
            or line.lstrip(SPACE).startswith((";", "#"))
            or line.strip(SPACE) == PASSES_ON
        ):
            continue
        words, rest = _prefixes(line)
        if not rest.startswith((" ", "\t")):
            name, _, rest = rest.replace("\t", " ").partition(" ")
            owner = _full(name, zone)
        try:
            kind, data = _type_and_data(rest, zone)
        except ValueError as problem:
            raise ZoneFileError(f"{file}:{number}: {problem}") from None
        yield ZoneRecord(
            DnsRecord(owner, kind, data, int(words.get("TTL", DEFAULT_TTL))),
            "DNSSEC" in words,
            "AA" in words,
            "NXDOMAIN" in words,
            int(words.get("DELAY", "0")) / 1000,
        )


def _prefixes(line: str) -> tuple[dict[str, str], str]:
    words: dict[str, str] = {}
    while found := PREFIX.match(line):
        word, _, value = found[1].partition("=")
        words[word] = value
        line = line[found.end() :]
    return words, line


def _full(name: str, zone: str) -> str:
    return name.removesuffix(".") if name.endswith(".") else f"{name}.{zone}"


def _type_and_data(text: str, zone: str) -> tuple[str, tuple[str, ...]]:
    """The type and the fields that a line has after its owner. Raises ``ValueError`` for what is none."""
    kind, _, rest = text.replace("\t", " ").strip(SPACE).partition(" ")
    if kind not in FIELDS:
        raise ValueError(f'"{kind}" is no type of record (known: {", ".join(FIELDS)})')
    if kind == "TXT":
        fields = [found[1] if found[2] is None else found[2] for found in _STRING.finditer(rest)]
    else:
        fields = rest.partition(";")[0].split()
    wanted = FIELDS[kind]
    if len(fields) < wanted or (len(fields) > wanted and kind not in _OPEN_ENDED):
        raise ValueError(f"{kind} has {len(fields)} fields in place of {wanted}")
    if kind in _VERSIONS:
        address = ip.parse(fields[0])
        if address is None or address.version != _VERSIONS[kind]:
            raise ValueError(f'"{fields[0]}" is no address for {kind}')
        fields[0] = address.normal() if kind == "AAAA" else fields[0]
    names = NAMES_AT.get(kind, ())
    for index, field in enumerate(fields):
        if index in names:
            fields[index] = _full(field, zone)
        elif names and not field.isdigit():
            raise ValueError(f'"{field}" is no number')
    if kind == "TLSA":
        fields = [*fields[:3], lower("".join(fields[3:]))]
    return kind, tuple(fields)


def line_of(record: DnsRecord) -> str:
    """The line of a master file for a record, all names in it complete."""
    names = NAMES_AT.get(record.kind, ())
    fields = [f"{field}." if at in names else field for at, field in enumerate(record.data)]
    if record.kind == "TXT":
        fields = [f'"{field}"' for field in fields]
    return f"{record.owner}. {record.kind} {' '.join(fields)}"
