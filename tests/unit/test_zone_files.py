"""Zone files: standard master files, the dialect, and what is neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.values.dnsdata import AGAIN, FOUND, NO_DATA, NO_HOST, DnsAnswer, DnsRecord, resolved
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld
from expander.world.virtual_host import VirtualHost
from expander.world.zone_lines import is_master_file
from expander.world.zone_record import ZoneFileError

MASTER = r"""$TTL 2h
@       IN SOA ns.example.test. admin (
                2026010101 ; serial
                1h 15m     ; refresh and retry
                1w 300 )
        IN NS  ns
        IN MX  10 mx (one)
ns      600 IN A 192.0.2.53
mx      IN 60 A 192.0.2.25
        AAAA 2001:db8:0::25
text    TXT "a; \"b\"" c\059d "\195\169"
alias   CNAME mx
one     CNAME two
two     CNAME one
*.wild  A 192.0.2.7
own.wild MX 5 mx
a.b.wild TXT "deep"
_25._tcp.mx TLSA 3 1 0 ABCD
        EF
$INCLUDE more.zone sub
after   A 192.0.2.60
$ORIGIN deep
here    A 192.0.2.61
@       CAA 0 issue "ca.example"
"""
MASTER = MASTER.replace("mx (one)", "mx").replace(" ABCD\n        EF", " ( ABCD\n        EF )")
MORE = "$TTL 5\n@ A 192.0.2.70\nx A 192.0.2.71\n"


def zones(tmp_path: Path, **files: str) -> RealWorld:
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text)
    return RealWorld(VirtualHost(zones=str(tmp_path)))


def ask(tmp_path: Path, name: str, kind: str) -> DnsAnswer:
    return zones(tmp_path, db_example_test=MASTER, more_zone=MORE).dns.ask(name, kind)


@pytest.mark.parametrize(
    ("name", "kind", "data", "ttl"),
    [
        ("example.test", "MX", ("10", "mx.example.test"), 7200),
        ("example.test", "NS", ("ns.example.test",), 7200),
        (
            "example.test",
            "SOA",
            ("ns.example.test", "admin.example.test", "2026010101", "3600", "900", "604800", "300"),
            7200,
        ),
        ("NS.example.test.", "A", ("192.0.2.53",), 600),
        ("mx.example.test", "A", ("192.0.2.25",), 60),
        ("mx.example.test", "AAAA", ("2001:db8::25",), 7200),
        ("text.example.test", "TXT", ('a; "b"', "c;d", "\xc3\xa9"), 7200),
        ("_25._tcp.mx.example.test", "TLSA", ("3", "1", "0", "abcdef"), 7200),
        ("sub.example.test", "A", ("192.0.2.70",), 5),
        ("x.sub.example.test", "A", ("192.0.2.71",), 5),
        ("after.example.test", "A", ("192.0.2.60",), 7200),
        ("here.deep.example.test", "A", ("192.0.2.61",), 7200),
        ("alias.example.test", "CNAME", ("mx.example.test",), 7200),
    ],
)
def test_master_files(name: str, kind: str, data: tuple[str, ...], ttl: int, tmp_path: Path) -> None:
    answer = ask(tmp_path, name, kind)
    (record,) = answer.records
    assert (answer.status, record.data, record.ttl) == (FOUND, data, ttl)


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("some.wild.example.test", "A", FOUND),
        ("more.than.one.wild.example.test", "A", FOUND),
        ("some.wild.example.test", "MX", NO_DATA),
        ("own.wild.example.test", "A", NO_DATA),
        ("b.wild.example.test", "A", NO_DATA),
        ("c.b.wild.example.test", "A", NO_HOST),
        ("wild.example.test", "A", NO_DATA),
        ("tcp.example.test", "A", NO_HOST),
        ("_tcp.mx.example.test", "A", NO_DATA),
        ("none.example.test", "A", NO_HOST),
    ],
)
def test_wildcards_of_master_files(name: str, kind: str, status: str, tmp_path: Path) -> None:
    answer = ask(tmp_path, name, kind)
    assert answer.status == status
    if status == FOUND:
        assert answer.records == (DnsRecord(name, kind, ("192.0.2.7",), 7200),)
    else:
        assert [record.kind for record in answer.authority] == ["SOA"]


def test_aliases_that_lead_round(tmp_path: Path) -> None:
    dns = zones(tmp_path, db_example_test=MASTER, more_zone=MORE).dns
    assert resolved(dns.ask, "alias.example.test", "A").status == FOUND
    answer = resolved(dns.ask, "one.example.test", "A", loops=5)
    assert answer.status == AGAIN  # resolvers give up


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a A 192.0.2.1\n", False),
        ("DNSSEC a A 192.0.2.1\n", False),
        ("a TXT IN (x)\n; IN A (\n", False),
        ("a IN A 192.0.2.1\n", True),
        ("a 60 A 192.0.2.1\n", True),
        ("a 1d12h IN A 192.0.2.1\n", True),
        ("@ A 192.0.2.1\n", True),
        ("$ORIGIN x.\n", True),
        ("AA IN A 192.0.2.1\n", True),
        ("NXDOMAIN 60 A 192.0.2.1\n", True),
        ("a SOA x y ( 1 2 3 4 5 )\n", True),
    ],
)
def test_what_is_a_master_file(text: str, expected: bool) -> None:
    assert is_master_file(text.replace("(x)", '"(x)"'), "file") is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a A 192.0.2.1\nb B 192.0.2.1\n", 'db.x.test:2: "B" is no type of record (known: A, AAAA, '),
        ("a A\n", "db.x.test:1: A has 0 fields in place of 1"),
        ("a A 192.0.2.1 192.0.2.2\n", "db.x.test:1: A has 2 fields in place of 1"),
        ("a A 192.0.2.256\n", 'db.x.test:1: "192.0.2.256" is no address for A'),
        ("a AAAA 192.0.2.1\n", 'db.x.test:1: "192.0.2.1" is no address for AAAA'),
        ("a MX ten b\n", 'db.x.test:1: "ten" is no number'),
        ("@ A 192.0.2.1\n\nDELAY=5 a A 192.0.2.1\n", "db.x.test:3: line 1 is one of a standard master file"),
        ("@ A 192.0.2.1\n@ A 192.0.2.999\n", "db.x.test:2: "),
        ("$TTL 5\n$GENERATE 1-9 a$ A 192.0.2.$\n", "db.x.test:2: zone file directive '$GENERATE' is not"),
        ("$TTL x\n", "db.x.test:1: "),
        ("@ IN A 192.0.2.1\n@ IN SOA a b ( 1 2\n", "db.x.test:2: "),
        ("@ IN A 192.0.2.1\na.x.test. IN A 192.0.2.1\nelse.where. IN A 192.0.2.1\n", "else.where is not in"),
        ("@ IN CNAME y.\n@ IN A 192.0.2.1\n", "db.x.test:2: "),
        ("$TTL 5\n$INCLUDE ../x\n", "db.x.test:2: ../x is not in the folder of the zone files"),
        ("$INCLUDE /etc/passwd\n", "db.x.test:1: /etc/passwd is not in the folder"),
        ("$INCLUDE a b c\n", "db.x.test:1: $INCLUDE takes a file and perhaps a name"),
        ("$INCLUDE none\n", "db.x.test:1: cannot read none: No such file or directory"),
        ("$INCLUDE db.x.test\n", "db.x.test:1: files are included more than 10 deep"),
        ("$TTL 5\n$INCLUDE bad\n", "bad:2: "),
        ("@ IN TXT \xff\n", "db.x.test:1: the text is no UTF-8"),
    ],
)
def test_what_is_neither_is_told_with_file_and_line(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "db.x.test").write_bytes(text.encode("latin-1"))
    (tmp_path / "bad").write_text("a A 192.0.2.1\nb A what\n")
    with pytest.raises(ZoneFileError) as caught:
        RealWorld(VirtualHost(zones=str(tmp_path))).dns.ask("a.x.test", "A")
    assert message in caught.value.message


def test_zones_that_pass_on_speak_for_nothing_else() -> None:
    text = "x.test. SOA a b 1 2 3 4 5\none A 192.0.2.1\n"
    for more, authorities in (("", 1), ("PASS ON NOT FOUND\n", 0)):
        dns = MemoryWorld(zones={"x.test": text + more}).dns
        none, no_data = dns.ask("none.x.test", "A"), dns.ask("one.x.test", "MX")
        assert (none.status, len(none.authority)) == (NO_HOST, authorities)
        assert (no_data.status, len(no_data.authority)) == (NO_DATA, 1)
    assert dns.ask("x.unknown", "A") == DnsAnswer(NO_HOST)
