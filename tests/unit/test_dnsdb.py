"""The lookup dnsdb: its queries, and what it makes of the answers."""

from __future__ import annotations

import pytest

from drivers.api.errors import Deferred
from drivers.lookups.dnsdb import dnsdb
from drivers.values.dnsquery import Query, read_query
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld

ZONE = """\
test.        NS   ns.test.
             SOA  ns.test. admin 1 2 3 4 5
one          A    192.0.2.1
             A    192.0.2.2
             AAAA 2001:db8:0:0:0:0:0:1
             MX   10 mx1
             MX   5 mx2
             TXT  "first" "second; part"
             TXT  "third"
DNSSEC safe  A    192.0.2.3
AA own       A    192.0.2.4
_s._tcp      SRV  1 2 25 one
_d._tcp      TLSA 3 1 1 ABcd
below.sub    A    192.0.2.5
sub          NS   ns.sub
again        CNAME test.again.dns.
_client._smtp.yes SRV 1 2 0 yes
_client._smtp.no SRV 1 1 0 no
_client._smtp.perhaps SRV 1 3 0 perhaps
_client._smtp.other SRV 2 2 0 other
s/lash       TXT  "slash"
a/b          A    192.0.2.6
"""
REVERSE = "1.2  PTR one.test.\n2.2 PTR Two.test.\n"


def expander(profile: str = "4.99", **options: str) -> Expander:
    reverse6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR six.test.\n"
    zones = {"test": ZONE, "0.192.in-addr.arpa": REVERSE, "8.b.d.0.1.0.0.2.ip6.arpa": reverse6}
    made = Expander(profile=PROFILES[profile], world=MemoryWorld(zones=zones))
    made.context.options = {**made.context.options, **options}
    return made


def look_up(query: str, **options: str) -> tuple[str | None, str]:
    made = expander(**options)
    found = dnsdb(made.context, "", ())(query)
    return found, made.context.facts.get("lookup_dnssec_authenticated", "unset")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("a=one.test", "192.0.2.1\n192.0.2.2"),
        ("A = one.test", "192.0.2.1\n192.0.2.2"),
        ("aaaa=one.test", "2001:db8::1"),
        (">; a+=one.test:safe.test", "2001:db8::1;192.0.2.1;192.0.2.2;192.0.2.3"),
        ("mx=one.test", "10 mx1.test\n5 mx2.test"),
        (">:,; mx=one.test", "10;mx1.test:5;mx2.test"),
        (">:; mx=one.test", "10mx1.test:5mx2.test"),
        ("mxh=one.test", "mx1.test\nmx2.test"),
        ("one.test", "first\nthird"),
        (">:, txt=one.test", "first second; part:third"),
        (">;; txt=one.test", "firstsecond; part;third"),
        ("> ,. txt=one.test", "first.second; part third"),
        ("ns=test", "ns.test"),
        ("zns=below.sub.test", "ns.sub.test"),
        ("zns=one.test", "ns.test"),
        ("soa=below.sub.test", "ns.test"),
        (">:,; soa=test", "ns.test;admin.test;1;2;3;4;5"),
        (">:; soa=test", "ns.test"),
        ("srv=_s._tcp.test", "1 2 25 one.test"),
        ("tlsa=_d._tcp.test", "3 1 1 abcd"),
        ("cname=again.test", "test.again.dns"),
        ("ptr=192.0.2.1", "one.test"),
        ("ptr=192.0.2.1:192.0.2.2", "one.test\nTwo.test"),
        ("ptr=2001:db8::1", "six.test"),
        ("ptr=<;2001:db8::1;192.0.2.2", "six.test\nTwo.test"),
        ("ptr=1.2.0.192.in-addr.arpa", "one.test"),
        ("csa=yes.test", "Y yes.test"),
        ("csa=no.test", "N no.test"),
        ("csa=perhaps.test", "? perhaps.test"),
        ("csa=other.test", None),
        ("csa=192.0.2.1", None),
        ("a=none.test", None),
        ("a=none.test:safe.test", "192.0.2.3"),
        ("a=", None),
        ("", None),
        ("mx=sub.test", None),
        ("s/lash.test", "slash"),
        ("a=x y.test", None),
        ("a=again.test:one.test", "192.0.2.1\n192.0.2.2"),
        ("defer_never,a=again.test", None),
        ("dnssec_strict,defer_never,a=one.test", None),
        ("retry_2, retrans_1m30s, a=one.test", "192.0.2.1\n192.0.2.2"),
    ],
)
def test_what_queries_find(query: str, found: str | None) -> None:
    assert look_up(query)[0] == found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("bogus=one.test", "unsupported DNS record type"),
        ("=one.test", "unsupported DNS record type"),
        ("defer_foo,a=one.test", "unsupported dnsdb defer behaviour"),
        ("dnssec_foo,a=one.test", "unsupported dnsdb dnssec behaviour"),
        ("retrans_5,a=one.test", "unsupported dnsdb timeout value"),
        ("retry_-1,a=one.test", "unsupported dnsdb retry count"),
        ("retry_x,a=one.test", "dnsdb modifier syntax error"),
        ("defer_lax", "dnsdb modifier syntax error"),
        ("a=again.test", ""),
        ("a=test.fail.dns", ""),
        ("defer_strict,a=one.test:again.test", ""),
        ("dnssec_strict,a=one.test", ""),
    ],
)
def test_what_queries_defer(query: str, words: str) -> None:
    with pytest.raises(Deferred) as deferred:
        look_up(query)
    assert deferred.value.message == words


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("a=safe.test", "yes"),
        ("a=one.test", "no"),
        ("a=one.test:safe.test", "yes"),
        ("a=safe.test:none.test", "no"),
        ("dnssec_never,a=safe.test", ""),
        ("dnssec_strict,a=safe.test", "yes"),
        ("a=", "unset"),
    ],
)
def test_the_last_answer_tells_of_dnssec(query: str, told: str) -> None:
    assert look_up(query)[1] == told


def test_authoritative_answers_can_be_trusted() -> None:
    assert look_up("a=own.test")[1] == "no"
    assert look_up("a=own.test", dns_trust_aa="*")[1] == "yes"
    assert look_up("a=own.test", dns_trust_aa="other")[1] == "no"


def test_names_are_checked_by_the_pattern_of_the_option() -> None:
    assert look_up("a=a/b.test", dns_check_names_pattern="^[a-z.]+$")[0] is None
    assert look_up("a=a/b.test", dns_check_names_pattern="")[0] == "192.0.2.6"


def test_separators_of_records_and_fields() -> None:
    assert read_query(">:,; mx=a:b") == Query("mx", ("a", "b"), ":", ";")
    assert read_query("  a") == Query("txt", ("a",))
    assert read_query(">;; dnssec_lax , Defer_Strict,a=<, x,y") == Query(
        "a", ("x", "y"), ";", "", "strict", "lax"
    )
