"""The DNS: the real Exim asks a name server, eximulate reads the zone files that it answers from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dns_server import NameServer
from drivers.api.errors import Deferred
from drivers.lookups.dnsdb import dnsdb
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.world.real import RealWorld
from expander.world.virtual_host import VirtualHost
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

CONFIG = "keep_environment =\nprimary_hostname = mx.test\ndns_dnssec_ok = 1\ndns_cname_loops = 9\n"
ZONE = """\
test.        NS   ns1.test.
             NS   ns2.other.
             SOA  ns1.test. admin 1 2 3 4 5
one          A    192.0.2.1
             A    192.0.2.2
             AAAA 2001:db8:0:0:0:0:0:1
             MX   10 mx1
             MX   5 mx2.other.
             TXT  "first" "second; part"
             TXT  "back\\slash"
DNSSEC safe  A    192.0.2.3
DNSSEC safe  TXT  "safe text"
alias        CNAME one
alias2       CNAME alias
dangling     CNAME nowhere
_s._tcp      SRV  1 2 25 one
             SRV  3 4 26 mx2.other.
deep.er.sub  A    192.0.2.5
sub          NS   ns.sub
             SOA  ns.sub admin.sub 9 8 7 6 5
again        CNAME test.again.dns.
_client._smtp.yes  SRV  1 2 0  yes
_client._smtp.no   SRV  1 1 0  no
a_b          A    192.0.2.8
UPPER        A    192.0.2.9
s/lash       TXT  "slash"
empty        TXT  ""
some         TXT  "" "b"
some         TXT  "c"
_25._tcp.one TLSA 3 1 0 abcd
loop         CNAME loop
_client._smtp.two  SRV  1 2 0  one
_client._smtp.two  SRV  1 3 0  two
_client._smtp.old  SRV  2 2 0  one
DNSSEC mail  MX   20 UPPER
DNSSEC mail  MX   10 safe
DNSSEC mail  MX   10 safe
DNSSEC mail  MX   5  nowhere
nomail       MX   0  .
lost         MX   1  nowhere
unsure       MX   1  nowhere
             MX   2  again
"""
REVERSE = """\
1.2.0         PTR one.test.
2.2.0         PTR two.test.
2.2.0         PTR Two-B.test.
DNSSEC 3.2.0  PTR safe.test.
4.2.0         PTR .
6.2.0         CNAME again.test.
_client._smtp.1.2.0 SRV 1 2 0 one.test.
7.2.0         PTR wrong.test.
7.2.0         PTR one.test.
9.2.0         PTR UPPER.test.
"""
QUERIES = """\
a=one.test
aaaa=one.test
A+ = one.test
mx=one.test
mxh=one.test
>:,; mx=one.test
>:; mx=one.test
txt=one.test
one.test
>:, txt=one.test
>;; txt=one.test
> ,. txt=one.test
ns=test
zns=deep.er.sub.test
zns=nozone.q
soa=deep.er.sub.test
>:,; soa=test
>:; soa=test
srv=_s._tcp.test
cname=alias2.test
a=alias.test
a=alias2.test
a=dangling.test
ptr=192.0.2.2
ptr=2001:db8::1
ptr=::ffff:192.0.2.1
ptr=192.0.2.1:192.0.2.2
ptr=<;2001:db8::1;192.0.2.2
a=none.test:safe.test
a=again.test
a=again.test:one.test
defer_strict,a=one.test:again.test
defer_never,a=again.test
defer_foo,a=one.test
dnssec_strict,a=one.test
dnssec_strict,a=safe.test
dnssec_strict,defer_never,a=one.test
dnssec_never,a=safe.test
retrans_5s,a=one.test
retrans_5s ,a=one.test
retrans_x,a=one.test
retry_ 2,a=one.test
retry_-1,a=one.test
retry_x,a=one.test
bogus=one.test
=one.test
defer_lax
csa=yes.test
csa=no.test
csa=192.0.2.7
csa=192.0.2.1
csa=two.test
csa=a.two.test
csa=old.test
csa=[192.0.2.1]
empty.test
>:; some.test
>:,- some.test
>:; srv=_s._tcp.test
>:; tlsa=_25._tcp.one.test
>:,/ tlsa=_25._tcp.one.test
retrans_0s,a=one.test
retrans_1s,retry_1,defer_strict,dnssec_lax,a=one.test
retry_0,a=one.test
DEFER_never,RETRY_1,RETRANS_1s,a=again.test
defer_strict,defer_lax,a=again.test:one.test
mx=again.test:one.test
zns=x.again.test
soa=again.test
cname=one.test
txt=x_y.test
tlsa=x_y.test
srv=_x_y.test
a=x-.test
ptr=192.0.2
>,a=one.test
>;;a=one.test
> a=one.test
a=ONE.TEST
a=a..b
mx=a_b.test
s/lash.test
""".splitlines()
CLIENTS = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.6", "192.0.2.7", "192.0.2.9"]
CLIENTS += ["192.0.2.77", "2001:db8::1"]
TELLING = (
    "$host_lookup_failed $host_lookup_deferred [$sender_host_name] $host_lookup_failed "
    "$host_lookup_deferred $sender_host_dnssec [$sender_fullhost] [$sender_rcvhost]"
)
ENTER = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with zones, while a server answers from them to whoever has the folder's resolv.conf."""
    path = tmp_path_factory.mktemp("dns")
    (path / "conf").write_text(CONFIG)
    (path / "resolv.conf").write_text("nameserver 127.0.0.1\noptions trust-ad timeout:1 attempts:1\n")
    (path / "zones").mkdir()
    (path / "zones" / "db.test").write_text(ZONE)
    (path / "zones" / "db.ip4.192").write_text(REVERSE)
    (path / "zones" / "db.ip6.8.b.d.0.1.0.0.2").write_text(f"1{'.0' * 23} PTR one.test.\n")
    world = RealWorld(VirtualHost(zones=str(path / "zones")))
    can = subprocess.run(["unshare", "-m", "sh", "-c", ENTER, str(path / "resolv.conf"), "true"], check=False)
    if can.returncode:
        pytest.skip("the settings of the resolver cannot be changed here")
    try:
        with NameServer(world.dns):  # type: ignore[arg-type]
            yield path
    except OSError as problem:
        pytest.skip(f"no name server can be run here: {problem}")


def outputs(command: list[str], environment: dict[str, str], data: str = "") -> str:
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **environment},
        input=data,
        capture_output=True,
        text=True,
        check=False,
    )
    return re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "", done.stderr, flags=re.MULTILINE) + done.stdout


def real(place: Path, arguments: list[str], data: str = "") -> str:
    assert PROGRAM is not None
    inside = [PROGRAM, "-C", str(place / "conf"), *arguments]
    return outputs(["unshare", "-m", "sh", "-c", ENTER, str(place / "resolv.conf"), *inside], {}, data)


@pytest.mark.parametrize("address", CLIENTS)
def test_names_of_clients(address: str, place: Path) -> None:
    arguments = ["-oMa", address, "-be", TELLING]
    ours = outputs(
        [sys.executable, "-m", "expander", "-C", str(place / "conf"), *arguments],
        {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "EXIMULATE_PROFILE": "debian-12",
            "EXIMULATE_DNS_ZONES": str(place / "zones"),
        },
    )
    assert ours == real(place, arguments)


def test_dnsdb(place: Path) -> None:
    texts = [
        f"${{lookup dnsdb{{{query}}}{{[$value]}}{{none}}}} $lookup_dnssec_authenticated" for query in QUERIES
    ]
    theirs = real(place, ["-be"], "\n".join(texts)).removeprefix("> ").split("\n> ")
    profile = PROFILES["debian-12"]
    world = RealWorld(VirtualHost(zones=str(place / "zones")))
    config = load(str(place / "conf"), profile=profile, world=world)
    wrong = []
    for query, answer in zip(QUERIES, theirs, strict=False):
        expander = Expander(config=config, profile=profile, world=world)
        try:
            found = dnsdb(expander.context, "", ())(query)
        except Deferred as deferred:
            ours = f'Failed: lookup of "{query}" gave DEFER: {deferred.message}'
        else:
            told = expander.context.facts.get("lookup_dnssec_authenticated", "")
            ours = f"{'none' if found is None else f'[{found}]'} {told}"
        if ours != answer:
            wrong.append((query, ours, answer))
    assert not wrong


@pytest.mark.parametrize(
    "option",
    [
        "dns_again_means_nonexist = *",
        "dns_again_means_nonexist = again.test",
        "dns_again_means_nonexist = !again.test : *",
        "dns_cname_loops = 0",
        "dns_cname_loops = 1",
    ],
)
def test_options(option: str, place: Path) -> None:
    (place / "with-option").write_text(f"keep_environment =\nprimary_hostname = mx.test\n{option}\n")
    queries = [
        "a=again.test",
        "csa=again.test",
        "tlsa=again.test",
        "a=loop.test",
        "a=alias.test",
        "a=alias2.test",
        "cname=alias2.test",
        "a=dangling.test",
        "a=one.test",
        "a=none.test",
    ]
    texts = [f"${{lookup dnsdb{{{query}}}{{[$value]}}{{none}}}}" for query in queries]
    arguments = ["-C", str(place / "with-option"), "-be", *texts]
    assert PROGRAM is not None
    inside = ["unshare", "-m", "sh", "-c", ENTER, str(place / "resolv.conf"), PROGRAM, *arguments]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "EXIMULATE_PROFILE": "debian-12"}
    zones = ["--dns-zones", str(place / "zones")]
    ours = outputs([sys.executable, "-m", "expander", *zones, *arguments], environment)
    assert ours == outputs(inside, {})


CLIENT_OPTIONS = ["disable_ipv6", "dns_ipv4_lookup = *", "dns_ipv4_lookup = !one.test : *"]
CLIENT_OPTIONS += ["host_lookup_order = byaddr", "host_lookup_order = byaddr : bydns"]


@pytest.mark.parametrize("option", CLIENT_OPTIONS)
@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_names_of_clients_with_options(option: str, address: str, place: Path) -> None:
    (place / "for-client").write_text(f"keep_environment =\nprimary_hostname = mx.test\n{option}\n")
    arguments = ["-C", str(place / "for-client"), "-oMa", address, "-be", TELLING]
    assert PROGRAM is not None
    inside = ["unshare", "-m", "sh", "-c", ENTER, str(place / "resolv.conf")]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "EXIMULATE_PROFILE": "debian-12"}
    ours = outputs([*inside, sys.executable, "-m", "expander", *arguments], environment)
    assert ours == outputs([*inside, PROGRAM, *arguments], {})


ROUTERS = """\
begin routers
r:
  driver = {driver}
  transport = t
begin transports
t:
  driver = smtp
"""
FINDING = """\
import sys
from drivers.values.findhost import find_by_dns, find_by_name
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.world.real import RealWorld

profile, world = PROFILES["debian-12"], RealWorld()
config = load(sys.argv[1], profile=profile, world=world)
context = Expander(config=config, profile=profile, world=world).context
find = {"byname": find_by_name, "dns": find_by_dns}[sys.argv[2]]
for name in sys.argv[3:]:
    search = find(context, name)
    print(name, *(f"{host.name} {host.address} {host.preference}" for host in search.hosts), sep="; ")
"""
HOSTS = """\
127.0.0.1 localhost
192.0.2.200 listed.test other.test
2001:db8::200 listed.test
192.0.2.201 listed.test
"""
ROUTED = re.compile(r"^  host (\S+)\s+\[(.*?)\](?:\s+MX=(\d+))?", re.MULTILINE)


@pytest.mark.parametrize("option", ["", "disable_ipv6", "dns_ipv4_lookup = *"])
@pytest.mark.parametrize("way", ["byname", "dns"])
def test_hosts_of_domains(way: str, option: str, place: Path) -> None:
    names = ["one.test", "alias2.test", "mail.test", "nomail.test", "lost.test", "unsure.test", "again.test"]
    names = [*names, "none.test", "safe.test", "listed.test", "other.test"]
    driver = "dnslookup" if way == "dns" else "manualroute\n  route_list = * $domain byname\n  self = send"
    path = place / "routing"
    start = f"keep_environment =\nprimary_hostname = mx.test\n{option}\n"
    path.write_text(start + ROUTERS.replace("{driver}", driver))
    (place / "hosts").write_text(HOSTS)
    mounts = f'mount --bind "{place}/hosts" /etc/hosts && {ENTER}'
    inside = ["unshare", "-m", "sh", "-c", mounts, str(place / "resolv.conf")]
    assert PROGRAM is not None
    theirs = []
    for name in names:
        text = outputs([*inside, PROGRAM, "-C", str(path), "-bt", f"u@{name}"], {})
        hosts = [
            f"{host} {address} {mx or None}"
            for host, address, mx in ROUTED.findall(text)
            if address != "unknown"
        ]
        theirs.append("; ".join([name, *hosts]))
    command = [*inside, sys.executable, "-c", FINDING, str(path), way, *names]
    ours = outputs(command, {"PYTHONPATH": str(Path(__file__).parents[2])})
    assert ours.splitlines() == theirs
