"""Routers look for hosts as the real Exim does, which asks BIND; the zones are the same for both."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import bind_server
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

ZONES = {
    "test.ex": """\
$TTL 300
@         SOA   ns admin 1 2 3 4 60
@         NS    ns
@         MX    5 mx1
ns        A     192.0.2.53
mx1       A     192.0.2.1
mx2       A     192.0.2.2
mx3       A     192.0.2.3
six       AAAA  2001:db8::6
both      A     192.0.2.9
          AAAA  2001:db8::9
one       MX    10 mx1
three     MX    30 mx3
          MX    10 mx1
          MX    20 mx2
upper     MX    10 MX1
          MX    20 Mx2
twice     MX    10 mx1
          MX    20 mx1
alsotwice MX    10 mx1
          MX    20 same
same      A     192.0.2.1
justa     A     192.0.2.11
justaaaa  AAAA  2001:db8::11
justboth  A     192.0.2.12
          AAAA  2001:db8::12
mxsix     MX    10 six
mxboth    MX    10 both
null      MX    0 .
nullmore  MX    0 .
          MX    10 mx1
nowhere   MX    10 missing
partly    MX    10 missing
          MX    20 mx2
toip      MX    10 192.0.2.77.
toalias   MX    10 amx
amx       CNAME mx2
broken    MX    10 test.again.dns.
halfbroken MX   10 test.again.dns.
          MX    20 mx2
cmx       CNAME three
ccmx      CNAME cmx
ca        CNAME justa
cgone     CNAME missing
loop      CNAME loop
loop1     CNAME loop2
loop2     CNAME loop1
c1        CNAME c2
c2        CNAME c3
c3        CNAME c4
c4        CNAME justa
text      TXT   "only text"
agein     CNAME test.again.dns.
*.wild    MX    10 mx3
*.wilda   A     192.0.2.44
self      MX    10 me
selflow   MX    10 mx1
          MX    20 me
          MX    30 mx2
selfa     A     127.0.0.1
me        A     127.0.0.1
zero      MX    10 zeroa
zeroa     A     0.0.0.0
treat     MX    10 treated
treated   A     192.0.2.88
ignored   MX    10 mx1
          MX    20 private
onlyignored MX  10 private
private   A     10.1.2.3
private2  A     10.1.2.4
priva     A     10.1.2.5
mixed     A     10.1.2.6
          AAAA  2001:db8::66
_smtp._tcp.srv  SRV 10 0 2525 mx1
                SRV 20 0 26   mx2
_smtp._tcp.srvnull SRV 0 0 0 .
_smtp._tcp.srvgone SRV 1 1 25 missing
srvmx     MX    10 mx3
_smtp._tcp.srvmx SRV 1 0 27 both
_smtp._tcp.c.srvc CNAME _smtp._tcp.srv
srvc      A     192.0.2.70
long.sub  MX    10 mx2
a_b       A     192.0.2.71
hub       A     192.0.2.80
hub2      A     192.0.2.81
""",
    "secure.test": """\
$TTL 300
@         SOA   ns admin 1 2 3 4 60
@         NS    ns
ns        A     192.0.2.53
mx1       A     192.0.2.101
one       MX    10 mx1
a         A     192.0.2.102
out       MX    10 mx1.test.ex.
mixed     MX    10 mx1
          MX    20 mx2.test.ex.
c         CNAME one
""",
    "ip4.2.0.192": """\
$TTL 300
@   SOA ns.test.ex. admin.test.ex. 1 2 3 4 60
@   NS  ns.test.ex.
1   PTR mx1.test.ex.
""",
}

DOMAINS = [
    *(f"{name}.test.ex" for name in (
        "one three upper twice alsotwice justa justaaaa justboth mxsix mxboth null nullmore nowhere partly toip "
        "toalias broken halfbroken cmx ccmx ca cgone loop loop1 c1 c2 c3 text agein any.wild very.deep.wild "
        "any.wilda wild wilda self selflow selfa zero treat ignored onlyignored priva mixed srv srvnull "
        "srvgone srvmx c.srvc srvc long.sub a_b missing mx1 MX1 Three"
    ).split()),
    "test.ex", "sub.test.ex", "nothing.example", "ex", "localhost", "x..test.ex", "test.again.dns",
    "one.secure.test", "a.secure.test", "out.secure.test", "mixed.secure.test", "c.secure.test",
    "missing.secure.test", "secure.test", "three", "one", "[192.0.2.1]", "[127.0.0.1]",
]  # fmt: skip

BASE = """\
primary_hostname = me.test.ex
qualify_domain = test.ex
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
timezone = UTC
keep_environment =
tls_advertise_hosts =
domainlist local_domains = @ : +here
domainlist here = home.example
dns_again_means_nonexist =
@MAIN@
begin routers
@ROUTERS@
begin transports
t:
  driver = smtp
"""
DNS = "r:\n  driver = dnslookup\n  transport = t\n"
VARIANTS = {
    "plain": ("", DNS),
    "only one cname": ("dns_cname_loops = 0\n", DNS),
    "nine cnames": ("dns_cname_loops = 9\n", DNS),
    "self send": ("", DNS + "  self = send\n"),
    "self pass": ("", DNS + "  self = pass\nlast:\n  driver = redirect\n  data = :fail: $self_hostname\n  allow_fail\n"),
    "self fail": ("", DNS + "  self = fail\n"),
    "self reroute": ("", DNS + "  self = reroute: three.test.ex\n"),
    "self reroute rewrite": ("", DNS + "  self = reroute: rewrite: three.test.ex\n"),
    "treated as local": ("hosts_treat_as_local = treated.test.ex\n", DNS + "  no_more\n"),
    "ignore": ("", DNS + "  ignore_target_hosts = <; 10.0.0.0/8 ; 127.0.0.0/8 ; 0.0.0.0 ; 2001:db8::6\n"),
    "ignore by name": ("", DNS + "  ignore_target_hosts = ${if eq{$host}{mx1.test.ex}{192.0.2.1}{10.0.0.0/8}}\n"),
    "ignore by address": ("", DNS + "  ignore_target_hosts = ${if eq{$host_address}{192.0.2.1}{192.0.2.1}{10.0.0.0/8}}\n"),
    "ignore by domain": ("", DNS + "  ignore_target_hosts = ${if eq{$domain}{three.test.ex}{192.0.2.1}{10.0.0.0/8}}\n"),
    "ignore all": ("", DNS + "  ignore_target_hosts = 0.0.0.0/0\n"),
    "check secondary": ("", DNS + "  check_secondary_mx\n"),
    "srv": ("", DNS + "  check_srv = smtp\n"),
    "srv forced": ("", DNS + "  check_srv = ${if match{$domain}{srv}{smtp}fail}\n"),
    "mx domains": ("", DNS + "  mx_domains = *.test.ex\n"),
    "fail or defer": ("", DNS + "  fail_defer_domains = *.test.ex\n"),
    "widen": ("", DNS + "  widen_domains = test.ex : sub.test.ex\n"),
    "widen verify": ("", DNS + "  widen_domains = test.ex\n  no_rewrite_headers\n"),
    "ipv4 only": ("", DNS + "  ipv4_only\n"),
    "ipv4 only for some": ("", DNS + "  ipv4_only = ${if eq{$domain}{mxboth.test.ex}}\n"),
    "ipv4 prefer": ("", DNS + "  ipv4_prefer = true\n"),
    "no ipv6": ("disable_ipv6\n", DNS),
    "ipv4 lookup": ("dns_ipv4_lookup = both.test.ex\n", DNS),
    "again is nothing": ("dns_again_means_nonexist = *.again.dns : agein.test.ex\n", DNS),
    "pass on timeout": ("", DNS + "  pass_on_timeout\nlast:\n  driver = redirect\n  data = three@three.test.ex\n  allow_fail\n"),
    "mx fail": ("", DNS + "  mx_fail_domains = *\n"),
    "srv fail": ("", DNS + "  check_srv = smtp\n  srv_fail_domains = *\n"),
    "mx to ip": ("allow_mx_to_ip\n", DNS),
    "no names checked": ("dns_check_names_pattern =\n", DNS),
    "require dnssec": ("", DNS + "  dnssec_require_domains = *\n"),
    "require dnssec here": ("", DNS + "  dnssec_require_domains = *.secure.test\n"),
    "request no dnssec": ("", DNS + "  dnssec_request_domains = :\n  dnssec_require_domains = *.secure.test\n"),
    "copy": ("", DNS + "  same_domain_copy_routing\n"),
    "parents": ("", DNS + "  search_parents\n"),
    "no qualifying": ("", DNS + "  no_qualify_single\n"),
    "translated": ("", DNS + "  translate_ip_address = ${if eq{$host_address}{192.0.2.1}{192.0.2.201}fail}\n"),
    "manual": ("", "m:\n  driver = manualroute\n  transport = t\n  route_list = *.test.ex $domain bydns ; * hub.test.ex:hub2.test.ex:missing.test.ex\n"),
    "manual mx": ("", "m:\n  driver = manualroute\n  transport = t\n  route_list = * ${if match_domain{$domain}{*.*}{$domain}{one.test.ex}}/mx\n"),
    "manual declines": ("", "m:\n  driver = manualroute\n  transport = t\n  host_find_failed = decline\n  route_data = $domain bydns\n" + DNS),
    "manual fails": ("", "m:\n  driver = manualroute\n  transport = t\n  host_find_failed = fail\n  route_data = $domain bydns\n" + DNS),
    "manual passes": ("", "m:\n  driver = manualroute\n  transport = t\n  host_find_failed = pass\n  route_data = $domain bydns\n" + DNS),
    "manual ignores": ("", "m:\n  driver = manualroute\n  transport = t\n  host_find_failed = ignore\n  route_data = missing.test.ex:$domain/mx:hub.test.ex bydns\n" + DNS),
    "manual defers": ("", "m:\n  driver = manualroute\n  transport = t\n  host_all_ignored = pass\n  ignore_target_hosts = 10.0.0.0/8\n  route_data = $domain bydns\n" + DNS),
    "manual self": ("", "m:\n  driver = manualroute\n  transport = t\n  self = send\n  route_data = $domain/mx bydns\n"),
}  # fmt: skip
"""Main options, and routers."""

MODES = {"-bt": ["-bt"], "-bv": ["-bv"], "-bvs": ["-bvs"], "-v -bv": ["-v", "-bv"]}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    if PROGRAM is None or not bind_server.possible():
        pytest.skip("no Exim, no BIND, or no right to make namespaces")
    with TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        zones = directory / "zones"
        zones.mkdir()
        for zone, text in ZONES.items():
            (zones / f"db.{zone}").write_text(text)
        bind_server.sign(zones)
        for inner in ("spool", "log"):
            (directory / inner).mkdir(mode=0o777)
            (directory / inner).chmod(0o777)
        yield directory


def configuration(folder: Path, variant: str) -> Path:
    main, routers = VARIANTS[variant]
    text = BASE.replace("@MAIN@", main).replace("@ROUTERS@", routers).replace("@DIR@", str(folder))
    file = folder / f"{variant.replace(' ', '-')}.conf"
    file.write_text(text)
    return file


ASK = """
import json, subprocess, sys
answers = {}
for key, argv in json.load(open(sys.argv[1])).items():
    done = subprocess.run(argv, input=open(sys.argv[2], "rb").read(), capture_output=True)
    answers[key] = (done.stdout + b"status %d\\n" % done.returncode).decode("latin-1")
json.dump(answers, open(sys.argv[3], "w"))
"""


def runs(folder: Path) -> dict[str, list[str]]:
    return {
        f"{variant}: {mode}": ["-C", str(configuration(folder, variant)), *options]
        for variant in VARIANTS
        for mode, options in MODES.items()
        if mode == "-bt" or variant in {"plain", "widen", "widen verify", "self pass", "srv"}
    }


@pytest.fixture(scope="module")
def theirs(folder: Path) -> dict[str, str]:
    """What Exim answers in each run; one name server for all."""
    import json

    asked, lines, out = (folder / name for name in ("asked", "lines", "answers"))
    asked.write_text(json.dumps({key: [PROGRAM, *argv] for key, argv in runs(folder).items()}))
    lines.write_text("".join(f"user@{domain}\n" for domain in DOMAINS))
    script = folder / "ask.py"
    script.write_text(ASK)
    argv = [sys.executable, *map(str, (script, asked, lines, out))]
    subprocess.run(bind_server.command(folder / "zones", argv), check=True, timeout=600)
    answers: dict[str, str] = json.loads(out.read_text())
    return answers


def test_every_search_for_hosts_ends_as_in_exim(folder: Path, theirs: dict[str, str]) -> None:
    assert len(DOMAINS) > 60
    environment = {
        "PATH": os.environ["PATH"],
        "EXIMULATE_PROFILE": "debian-12",
        "EXIMULATE_DNS_ZONES": str(folder / "zones"),
        "EXIMULATE_INTERFACES": "127.0.0.1 127.0.0.2 ::1",
    }
    data = "".join(f"user@{domain}\n" for domain in DOMAINS).encode()
    wrong = []
    for key, argv in runs(folder).items():
        done = subprocess.run(
            [sys.executable, "-m", "expander", *argv],
            input=data, capture_output=True, check=False, env=environment, timeout=60,
        )  # fmt: skip
        ours = done.stdout.decode("latin-1") + f"status {done.returncode}\n"
        if ours != theirs[key]:
            lines = difflib.unified_diff(theirs[key].splitlines(), ours.splitlines(), "exim", "ours", n=3)
            wrong.append("\n".join([f"== {key}", *lines]))
    assert not wrong, "\n".join(wrong)
