"""Zone files, the answers out of them, and the names of hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.api.errors import Refused
from drivers.api.text import Tainted
from drivers.values import ip
from drivers.values.dnsdata import (
    AGAIN,
    FAIL,
    FOUND,
    NO_DATA,
    NO_HOST,
    DnsAnswer,
    DnsRecord,
    resolved,
    reversed_name,
)
from expander.api import Expander
from expander.world.memory import START, MemoryWorld
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld
from expander.world.virtual_host import VirtualHost
from expander.world.zone_record import ZoneFileError
from expander.world.zones import Zones

ZONE = """\
; a remark
example.test.   NS   ns.example.test.
                SOA  ns admin.ns 1 2 3 4 5
one             A    192.0.2.1
                A    192.0.2.2    ; a remark
                AAAA 2001:db8:0:0:0:0:0:1
DNSSEC safe     A    192.0.2.3
DNSSEC          TXT  "first; part" "second"
DNSSEC mixed    A    192.0.2.4
mixed           A    192.0.2.5
AA own          MX   5 one
AA              MX   7 other.test.
TTL=9 DELAY=1500 slow A 192.0.2.6
DNSSEC NXDOMAIN gone TLSA 3 1 1 ab
alias           CNAME one
*.wild          A    192.0.2.7
NotLower        A    192.0.2.8
_s._tcp         SRV  1 2 25 one
away            CNAME alias
lost            CNAME nowhere.test.
"""
REVERSE = """\
1.2 PTR one.example.test.
2.2 PTR liar.example.test.
2.2 PTR One.example.test.
3.2 PTR liar.example.test.
4.2 PTR .
5.2 CNAME test.again.dns.
"""


def world(**more: str) -> MemoryWorld:
    zones = {"example.test": ZONE, "0.192.in-addr.arpa": REVERSE, "sub.example.test": "deep A 192.0.2.9\n"}
    return MemoryWorld(zones={**zones, **more})


def ask(name: str, kind: str) -> DnsAnswer:
    return world().dns.ask(name, kind)


def data(name: str, kind: str) -> list[tuple[str, ...]]:
    return [record.data for record in ask(name, kind).of(kind)]


def test_records_of_a_name() -> None:
    assert data("ONE.example.test.", "A") == [("192.0.2.1",), ("192.0.2.2",)]
    assert data("one.example.test", "AAAA") == [("2001:db8::1",)]
    assert data("own.example.test", "MX") == [("5", "one.example.test"), ("7", "other.test")]
    assert data("_s._tcp.example.test", "SRV") == [("1", "2", "25", "one.example.test")]
    assert data("safe.example.test", "TXT") == [("first; part", "second")]
    assert data("deep.sub.example.test", "A") == [("192.0.2.9",)]
    soa = ("ns.example.test", "admin.ns.example.test", "1", "2", "3", "4", "5")
    assert data("example.test", "SOA") == [soa]


def test_owners_stand_as_they_are_written_but_wildcards() -> None:
    assert ask("notlower.example.test", "A").records[0].owner == "NotLower.example.test"
    assert ask("a.b.wild.example.test", "A").records[0].owner == "a.b.wild.example.test"


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("one.example.test", "MX", NO_DATA),
        ("none.example.test", "A", NO_HOST),
        ("elsewhere.org", "A", NO_HOST),
        ("gone.example.test", "TLSA", NO_HOST),
        ("alias.example.test", "A", FOUND),
        ("test.again.dns", "A", AGAIN),
        ("x.test.fail.dns", "A", FAIL),
        ("", "A", NO_HOST),
    ],
)
def test_how_questions_end(name: str, kind: str, status: str) -> None:
    assert ask(name, kind).status == status


def test_flags_hold_if_all_records_have_them() -> None:
    assert ask("safe.example.test", "A").authenticated
    assert not ask("mixed.example.test", "A").authenticated
    assert ask("gone.example.test", "TLSA").authenticated
    own = ask("own.example.test", "MX")
    assert own.authoritative
    assert own.authority == (DnsRecord("example.test", "NS", ("ns.example.test",)),)


def test_delays_move_the_clock() -> None:
    slow = world()
    assert slow.dns.ask("slow.example.test", "A").records[0].ttl == 9
    assert slow.clock.now() == START + 1.5
    slow.dns.ask("7.test.again.dns", "A")
    assert slow.clock.now() == START + 8.5


def test_a_name_with_very_many_addresses() -> None:
    addresses = ask("manyhome.test.ex", "A").records
    assert len(addresses) == 2048
    assert addresses[-1].data == ("10.250.111.255",)


def test_names_below_the_one_that_cannot_be_found_out_now_cannot_either() -> None:
    for name in ("test.again.dns", "1.2.0.192.test.again.dns"):
        assert ask(name, "A").status == AGAIN


def test_aliases_are_followed_as_far_as_permitted(tmp_path: Path) -> None:
    (tmp_path / "db.example.test").write_text(ZONE)
    dns = RealWorld(VirtualHost(zones=str(tmp_path), harness=True)).dns
    assert resolved(dns.ask, "alias.example.test", "A").of("A")[0].data == ("192.0.2.1",)
    assert resolved(dns.ask, "away.example.test", "A").status == FAIL
    assert resolved(dns.ask, "away.example.test", "A", loops=2).status == FOUND
    lost = resolved(dns.ask, "lost.example.test", "A")
    assert (lost.status, lost.authority) == (NO_HOST, ())
    assert resolved(dns.ask, "away.example.test", "CNAME").records[0].data == ("alias.example.test",)


def test_aliases_are_followed_by_the_zones_as_resolvers_do() -> None:
    answer = ask("away.example.test", "A")
    assert [record.kind for record in answer.records] == ["CNAME", "CNAME", "A", "A"]
    lost = ask("lost.example.test", "A")
    assert (lost.status, lost.records) == (NO_HOST, ())
    assert [record.data[0] for record in ask("away.example.test", "CNAME").records] == ["alias.example.test"]


def test_the_reverse_domains() -> None:
    names = {text: ip.parse(text) for text in ("192.0.2.1", "2001:db8::1")}
    found = [reversed_name(address) for address in names.values() if address]
    assert found == ["1.2.0.192.in-addr.arpa", f"1.{'0.' * 23}8.b.d.0.1.0.0.2.ip6.arpa"]


def test_zones_are_read_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "db.example.test").write_text(ZONE)
    (tmp_path / "db.ip4.192").write_text("1.2.0 PTR one.example.test.\n")
    (tmp_path / "qualify.example.test").write_text("")
    (tmp_path / "db.ip6.0.2").write_text("x PTR y\n")
    dns = RealWorld(VirtualHost(zones=str(tmp_path))).dns
    assert dns.ask("1.2.0.192.in-addr.arpa", "PTR").status == FOUND
    assert dns.ask("x.0.2.ip6.arpa", "PTR").records[0].data == ("y.0.2.ip6.arpa",)
    assert dns.ask("one", "A").status == FOUND
    assert dns.ask("dontqualify", "A").status == NO_HOST
    (tmp_path / "db.example.test").unlink()
    assert dns.ask("one", "A").status == FOUND, "a zone is read once"
    with pytest.raises(ZoneFileError, match=r"cannot read the zone files in .*/none: No such file"):
        _ = RealWorld(VirtualHost(zones=f"{tmp_path}/none")).dns


@pytest.mark.parametrize("harness", [True, False])
def test_a_name_that_cannot_be_found_out_now_in_the_harness(tmp_path: Path, harness: bool) -> None:
    dns = RealWorld(VirtualHost(zones=str(tmp_path), harness=harness)).dns
    assert dns.ask("99.99.99.99.in-addr.arpa", "PTR").status == (AGAIN if harness else NO_HOST)


def client(address: str) -> Expander:
    expander = Expander(world=world())
    expander.context.facts["sender_host_address"] = address
    return expander


TELLING = "$host_lookup_failed [$sender_host_name] $host_lookup_failed $host_lookup_deferred"


@pytest.mark.parametrize(
    ("address", "told", "logged"),
    [
        ("192.0.2.1", "0 [one.example.test] 0 0", []),
        ("192.0.2.2", "0 [one.example.test] 0 0", []),
        ("192.0.2.3", "0 [] 1 0", []),
        ("192.0.2.4", "0 [] 1 0", ["no host name found for IP address 192.0.2.4"]),
        ("192.0.2.5", "0 [] 0 1", []),
        ("99.99.99.99", "0 [] 1 0", ["no host name found for IP address 99.99.99.99"]),
        ("192.0.2.77", "0 [] 1 0", ["no host name found for IP address 192.0.2.77"]),
        ("2001:db8::77", "0 [] 1 0", ["no host name found for IP address 2001:db8::77"]),
    ],
)
def test_the_name_of_a_client_is_found_once(address: str, told: str, logged: list[str]) -> None:
    expander = client(address)
    lines: list[str] = []
    expander.context.log_with = lambda line, _panic: lines.append(line)
    assert expander.expand("${if eq{a}{b}{$sender_host_name}}") == ""
    assert expander.expand(TELLING) == told
    assert expander.expand("$sender_host_name") == told.partition("[")[2].partition("]")[0]
    assert lines == logged


def test_what_follows_from_the_name() -> None:
    expander = client("192.0.2.1")
    assert expander.expand("${if def:sender_host_name{y}{n}}") == "y"
    assert expander.expand("$sender_fullhost") == "one.example.test [192.0.2.1]"
    assert isinstance(expander.expand("$sender_host_name"), Tainted)
    assert expander.expand("$sender_host_dnssec") == "no"


def test_a_name_that_was_told_is_not_looked_up() -> None:
    expander = client("192.0.2.77")
    expander.context.facts["sender_host_name"] = "told.test"
    assert expander.expand(TELLING) == "0 [told.test] 0 0"


def test_the_sandbox_fences_off_other_machines_only() -> None:
    class Outside(Zones):
        reaches_out = True

    inside = world()
    assert SandboxWorld(inside).dns.ask("one.example.test", "A").status == FOUND
    outside = world()
    outside.dns = Outside({}, outside.clock.sleep)
    fenced = SandboxWorld(outside).dns
    with pytest.raises(Refused, match=r'asking the DNS for "a\.test"') as refused:
        fenced.ask("a.test", "A")
    assert refused.value.notes == ["--allow=net permits it"]
    with pytest.raises(Refused, match=r'asking for the name of "192\.0\.2\.1"'):
        fenced.system_names("192.0.2.1")
    assert SandboxWorld(outside, {"net"}).dns.ask("a.test", "A").status == NO_HOST
    assert fenced.reaches_out
