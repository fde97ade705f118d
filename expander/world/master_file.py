"""Standard master files (RFC 1035, section 5), read with dnspython."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from expander.world.wire import data_of
from expander.world.zone_lines import DEFAULT_TTL
from expander.world.zone_record import Zone, ZoneFileError, ZoneRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import dns.name
    import dns.node
    import dns.rdataset
    from dns.zonefile import Reader, RRSetsReaderManager, RRsetsReaderTransaction

MOST_NESTED = 10
"""How deep files may be included by one another."""

_INCLUDE = re.compile(r"^\$INCLUDE(?=[ \t\r]|$)", re.IGNORECASE)
_LITERAL = re.compile(r'\\.|"(?:\\.|[^"\\])*"')
_NO_FILE = "<record>"
_PLACE = re.compile(rf"^{_NO_FILE}:[0-9]+: (?:Text input is malformed\.$)?")


def read_master(text: str, zone: str, file: str, included: Callable[[str], str]) -> Zone:
    """The zone in a standard master file.

    ``included`` gives the text of a file by its name in the folder, or raises ``OSError``. Records
    without a TTL have that of the one before, else an hour; those with signatures beside them count as
    vouched for. Raises `ZoneFileError`.
    """
    import dns.exception
    import dns.name
    import dns.rdataclass
    import dns.rdatatype
    import dns.tokenizer
    import dns.zonefile

    origin = dns.name.from_text(zone.encode("latin-1").decode("utf-8", "surrogateescape"))
    manager = dns.zonefile.RRSetsReaderManager(origin, rdclass=dns.rdataclass.IN)
    with _writer(manager) as transaction:
        reader = dns.zonefile.Reader(
            dns.tokenizer.Tokenizer(""),
            dns.rdataclass.IN,
            transaction,
            allow_directives={"$ORIGIN", "$TTL"},
            default_ttl=None,
        )
        reader.zone_origin = dns.name.root  # names outside of the zone would be passed over otherwise
        reader.last_ttl, reader.last_ttl_known = DEFAULT_TTL, True
        _read(reader, text, file, included, MOST_NESTED)
    records = []
    signed = {(rrset.name, rrset.covers) for rrset in manager.rrsets if rrset.rdtype == dns.rdatatype.RRSIG}
    for rrset in manager.rrsets:
        is_signed = (rrset.name, rrset.rdtype) in signed
        kind = dns.rdatatype.to_text(rrset.rdtype)
        owner = rrset.name.to_text(omit_final_dot=True)
        if not rrset.name.is_subdomain(origin):
            raise ZoneFileError(f"{file}: {owner} is not in the zone {zone}")
        records += [ZoneRecord(data_of(owner, kind, each, rrset.ttl), is_signed) for each in rrset]
    return Zone(zone, records, standard=True)


def _writer(manager: RRSetsReaderManager) -> RRsetsReaderTransaction:
    """What takes the records; dnspython's own goes through all of them again for each."""
    import dns.node
    import dns.zonefile

    class Indexed(dns.zonefile.RRsetsReaderTransaction):
        nodes: defaultdict[dns.name.Name, dns.node.Node]

        def _get_node(self, name: dns.name.Name) -> dns.node.Node | None:
            return self.nodes.get(name)

        def _put_rdataset(self, name: dns.name.Name, rdataset: dns.rdataset.Rdataset) -> None:
            super()._put_rdataset(name, rdataset)  # type: ignore[no-untyped-call]
            self.nodes[name].replace_rdataset(rdataset)

    transaction = Indexed(manager, replacement=True, read_only=False)  # type: ignore[no-untyped-call]
    transaction.nodes = defaultdict(dns.node.Node)
    return transaction


def _read(reader: Reader, text: str, file: str, included: Callable[[str], str], depth: int) -> None:
    """Read a file record by record, so that errors name the line where one begins."""
    for number, record in _records(text):
        if _INCLUDE.match(record):
            _include(reader, record, f"{file}:{number}", included, depth)
        else:
            _read_record(reader, record, f"{file}:{number}")


def _records(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text with their numbers; those between parentheses belong to the one that opens them."""
    lines: list[str] = []
    begin, depth = 1, 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = _LITERAL.sub("", line).partition(";")[0]
        depth += bare.count("(") - bare.count(")")
        lines.append(line)
        if depth <= 0:
            yield begin, "\n".join(lines)
            begin, depth = number + 1, 0
            lines.clear()
    if lines:
        yield begin, "\n".join(lines)


def _include(reader: Reader, line: str, place: str, included: Callable[[str], str], depth: int) -> None:
    import dns.exception
    import dns.name

    words = line.partition(";")[0].split()[1:]
    if not 1 <= len(words) <= 2:
        raise ZoneFileError(f"{place}: $INCLUDE takes a file and perhaps a name")
    name = posixpath.normpath(words[0].strip('"'))
    if name.startswith(("/", "../")) or name in {".", ".."}:
        raise ZoneFileError(f"{place}: {name} is not in the folder of the zone files")
    if not depth:
        raise ZoneFileError(f"{place}: files are included more than {MOST_NESTED} deep")
    try:
        text = included(name)
    except OSError as problem:
        raise ZoneFileError(f"{place}: cannot read {name}: {problem.strerror}") from None
    kept = {
        each: getattr(reader, each)
        for each in ("current_origin", "last_name", "default_ttl", "default_ttl_known")
    }
    try:
        if words[1:]:
            reader.current_origin = dns.name.from_text(words[1], reader.current_origin)
    except dns.exception.DNSException as problem:
        raise ZoneFileError(f"{place}: {problem}") from None
    _read(reader, text, name, included, depth - 1)
    for each, value in kept.items():
        setattr(reader, each, value)


def _read_record(reader: Any, record: str, place: str) -> None:
    import dns.exception
    import dns.tokenizer

    try:
        reader.tok = dns.tokenizer.Tokenizer(record.encode("latin-1").decode(), _NO_FILE)
        reader.read()
    except UnicodeDecodeError:
        raise ZoneFileError(f"{place}: the text is no UTF-8") from None
    except (dns.exception.DNSException, ValueError) as problem:
        raise ZoneFileError(f"{place}: {_PLACE.sub('', str(problem)) or 'this is no record'}") from None
