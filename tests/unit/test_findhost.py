"""From the names of hosts to addresses and back, over zones and the system's own tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.api.errors import Refused
from drivers.values import ip
from drivers.values.dnsdata import AGAIN, FAIL, FOUND, NO_DATA, NO_HOST, PLAINLY, Asking, DnsAnswer
from drivers.values.findhost import FAILED, Host, Search, find_by_dns, find_by_name, leads_to, names_of
from expander.api import Expander
from expander.world.memory import MemoryWorld
from expander.world.real_dns import RealDns, read_settings
from expander.world.sandbox import SandboxWorld
from expander.world.searching import candidates, searched
from expander.world.zones import Zones

ZONE = """\
both    A     192.0.2.1
        A     192.0.2.2
        AAAA  2001:db8::1
DNSSEC safe A 192.0.2.3
DNSSEC safes MX 1 safe
alias   CNAME both
mail    MX    20 both
        MX    10 safe
        MX    10 safe
        MX    5  none
even    MX    10 safe
        MX    10 one
        MX    10 two
one     A     192.0.2.11
two     A     192.0.2.12
nomail  MX    0 .
lost    MX    1 none
unsure  MX    1 none
        MX    2 test.again.dns.
broken  CNAME test.fail.dns.
text    TXT   "no address"
"""
REVERSE = "1.2.0 PTR Both.x.test.\n2.2.0 PTR other.x.test.\n4.2.0 CNAME test.again.dns.\n"
V6, V4 = "2001:db8::1", ("192.0.2.1", "192.0.2.2")


def expander(**options: object) -> Expander:
    found = Expander(world=MemoryWorld(zones={"x.test": ZONE, "192.in-addr.arpa": REVERSE}))
    found.context.options = {**found.context.options, **options}
    return found


def addresses(search: Search) -> list[str]:
    return [host.address for host in search.hosts]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [V6, *V4]),
        ({"disable_ipv6": True}, [*V4]),
        ({"dns_ipv4_lookup": "*"}, [*V4]),
        ({"dns_ipv4_lookup": "*.x.test"}, [*V4]),
        ({"dns_ipv4_lookup": "!both.x.test : *"}, [V6, *V4]),
    ],
)
def test_which_addresses_are_looked_for(options: dict[str, object], expected: list[str]) -> None:
    for find in (find_by_name, find_by_dns):
        search = find(expander(**options).context, "both.x.test")
        assert (search.status, addresses(search)) == (FOUND, expected)


def test_aliases_lead_to_another_name() -> None:
    search = find_by_dns(expander().context, "alias.x.test")
    assert (search.full_name, search.hosts[0].name) == ("both.x.test", "both.x.test")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("none.x.test", FAILED),
        ("text.x.test", FAILED),
        ("test.again.dns", AGAIN),
        ("test.fail.dns", FAILED),
        ("broken.x.test", FAILED),
        ("lost.x.test", FAILED),
        ("unsure.x.test", AGAIN),
        ("nomail.x.test", FAILED),
    ],
)
def test_searches_that_end_without_a_host(name: str, status: str) -> None:
    search = find_by_dns(expander().context, name)
    assert (search.status, search.hosts, search.no_mail) == (status, (), name == "nomail.x.test")


def test_exchangers_come_by_preference_and_once() -> None:
    search = find_by_dns(expander().context, "mail.x.test")
    assert [(host.name, host.address, host.preference) for host in search.hosts] == [
        ("safe.x.test", "192.0.2.3", 10),
        ("both.x.test", V6, 20),
        ("both.x.test", "192.0.2.1", 20),
        ("both.x.test", "192.0.2.2", 20),
    ]
    assert find_by_dns(expander().context, "mail.x.test", ["a"]).status == FAILED
    assert find_by_dns(expander().context, "both.x.test", ["mx"]).status == FAILED


def test_exchangers_of_one_preference_come_in_any_order() -> None:
    found = expander()
    orders = {tuple(addresses(find_by_dns(found.context, "even.x.test"))) for _ in range(60)}
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {("192.0.2.11", "192.0.2.12", "192.0.2.3")}


def test_hosts_are_secure_if_all_that_led_there_is() -> None:
    context = expander().context
    assert [host.secure for host in find_by_dns(context, "safes.x.test").hosts] == [True]
    assert [host.secure for host in find_by_dns(context, "mail.x.test").hosts][:1] == [False]
    assert [host.secure for host in find_by_dns(context, "safe.x.test").hosts] == [True]


def test_addresses_stand_for_themselves_and_this_host_is_known() -> None:
    context = expander().context
    assert find_by_name(context, "192.0.2.9").hosts == (Host("192.0.2.9", "192.0.2.9"),)
    assert addresses(find_by_name(context, "localhost")) == ["::1", "127.0.0.1"]


@pytest.mark.parametrize(
    ("address", "order", "names", "again"),
    [
        ("192.0.2.1", "bydns:byaddr", ("both.x.test",), False),
        ("192.0.2.4", "bydns:byaddr", (), True),
        ("192.0.2.9", "bydns:byaddr", (), False),
        ("127.0.0.1", "bydns:byaddr", ("localhost",), False),
        ("127.0.0.1", "bydns", (), False),
        ("192.0.2.1", "byaddr", (), False),
    ],
)
def test_names_of_addresses(address: str, order: str, names: tuple[str, ...], again: bool) -> None:
    parsed = ip.parse(address)
    assert parsed is not None
    found = names_of(expander(host_lookup_order=order).context, parsed)
    assert (found.names, found.again) == (names, again)


def test_a_name_leads_to_an_address_of_the_kinds_that_are_looked_for() -> None:
    address = ip.parse(V6)
    assert address is not None
    assert leads_to(expander().context, "both.x.test", address).matches
    assert not leads_to(expander(dns_ipv4_lookup="*").context, "both.x.test", address).matches


@pytest.mark.parametrize(
    ("name", "single", "parents", "expected"),
    [
        ("a", True, False, ["a.one.x", "a"]),
        ("a", True, True, ["a.one.x", "a.two", "a"]),
        ("a", False, False, ["a"]),
        ("a.b", True, False, ["a.b"]),
        ("a.b", True, True, ["a.b", "a.b.one.x", "a.b.two"]),
        ("a.", True, True, ["a."]),
    ],
)
def test_domains_that_a_resolver_adds(name: str, single: bool, parents: bool, expected: list[str]) -> None:
    asking = Asking(qualify_single=single, search_parents=parents)
    assert list(candidates(name, asking, ["one.x", "two"])) == expected


@pytest.mark.parametrize(
    ("ends", "status", "asked"),
    [
        ([NO_HOST, FOUND, FOUND], FOUND, 2),
        ([NO_DATA, NO_HOST, AGAIN], NO_DATA, 3),
        ([NO_HOST, AGAIN, NO_HOST], AGAIN, 3),
        ([FAIL, FOUND, FOUND], FAIL, 1),
    ],
)
def test_which_answer_of_several_counts(ends: list[str], status: str, asked: int) -> None:
    names: list[str] = []

    def ask(name: str) -> DnsAnswer:
        names.append(name)
        return DnsAnswer(ends[len(names) - 1])

    asking = Asking(qualify_single=True, search_parents=True)
    assert searched(ask, "a", asking, ["one.x", "two"]).status == status
    assert len(names) == asked


class Counted:
    """A DNS that keeps the questions."""

    reaches_out = False

    def __init__(self, inner: Zones) -> None:
        self._inner = inner
        self.asked: list[str] = []

    def ask(self, name: str, kind: str, asking: Asking = PLAINLY) -> DnsAnswer:
        self.asked.append(f"{name} {kind}")
        return self._inner.ask(name, kind, asking)


def test_what_is_not_there_is_asked_for_once() -> None:
    found = expander()
    counted = found.context.world.dns = Counted(found.context.world.dns)  # type: ignore[misc, assignment, arg-type]
    for query in ("a=none", "a=none", "A=none", "a=NONE", "defer_lax,a=none"):
        assert found.expand(f"${{lookup dnsdb{{{query}.x.test}}{{$value}}{{}}}}") == ""
    assert counted.asked == ["none.x.test A", "NONE.x.test A"]


def test_domains_in_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    path.write_text("domain old.x\nsearch one.x\ttwo\n")
    assert read_settings(path).domains == ("one.x", "two")


def test_the_system_is_asked_for_addresses() -> None:
    assert RealDns().system_addresses("localhost", "A").records[0].data == ("127.0.0.1",)
    for nonsense in ("a..b", "\0", "x" * 300):
        assert RealDns().system_addresses(nonsense, "AAAA").status in {NO_HOST, AGAIN}
    world = MemoryWorld()
    world.dns = RealDns()  # type: ignore[assignment]
    with pytest.raises(Refused):
        SandboxWorld(world).dns.system_addresses("localhost", "A")
