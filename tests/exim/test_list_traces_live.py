"""Lists as conditions of ACLs: answers, data and what is told, as the real Exim has them with ``-bh``."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dns_server import NameServer
from drivers.api.errors import Fatal
from drivers.api.text import Tainted
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.expand.context import Context
from expander.lists import conditions
from expander.lists.conditions import Answer
from expander.world.real import RealWorld
from expander.world.virtual_host import VirtualHost
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@
log_file_path = @DIR@/log-%s
timezone = UTC
keep_environment =
tls_advertise_hosts =
"""
FILES = {
    "domains": "example.test\n!bad.test # no\n*.wild.test#x\n\n other.test\nlsearch;@DIR@/keys\n",
    "keys": "example.test: exact\n*.example.test: below\n*: any\nother.test: oo\n",
    "parts": "joe\nus#er\n!boss\n# x\n^adm\nPostmaster\n",
    "names": 'postmaster: root\nBoss: chief\njoe: user\n"": nothing\n',
    "addresses": "joe@example.test\n# b\n!abuse@*\n*@vip.test # x\nother.test\n",
    "users": "joe@example.test: j\n*@vip.test: v\n*@example.test: e\n*: all\nboss@other.test: b\n",
    "locals": "example.test: joe : !boss : *er\nvip.test: !joe : >example.test\n*: postmaster : abuse\n",
    "hosts": "10.1.2.3: host\n10.1.2.0/24: net\n0.0.0.0/0: all\n"
    '2001.0db8.0000.0000.0000.0000.0000.0001: six\n"2001:db8::1": plain\n*: star\n',
    "nets": '10.1.0.0/16: inner\n10.0.0.0/8: outer\n"2001:db8::/32": six\n192.168.7.9: one\n*: star\n',
    "clients": "10.1.2.3 # one\n!10.1.2.4\n10.1.0.0/16\n2001:db8::/32\n",
    "known": "third.test: 3\none.test: 1\n",
}
POOLS = {
    "domain": "example.test|Example.TEST|*.wild.test|*.test|bad.test|@|@[]|^[eo](.).*|^x|other.test|*"
    "|@DIR@/domains|lsearch;@DIR@/keys|lsearch*;@DIR@/keys|partial-lsearch;@DIR@/keys|partial1-lsearch;@DIR@/names"
    "|a b||vip.test|wildlsearch;@DIR@/keys|*test|example.*",
    "localpart": "joe|Joe|+caseful|boss|postmaster|^adm|*er|*|@DIR@/parts|lsearch;@DIR@/names"
    "|lsearch*;@DIR@/names||user|^J|!joe|b b",
    "address": "joe@example.test|*@vip.test|*@+d0|+caseful|Boss@example.test|^joe|^.*@ex|example.test|*.test"
    "|@@lsearch;@DIR@/locals|lsearch;@DIR@/users|lsearch*@;@DIR@/users|@DIR@/addresses||*|joe@*|*er@example.test"
    "|@@lsearch*;@DIR@/locals|*@lsearch;@DIR@/keys|joe@@|*@@|partial-lsearch;@DIR@/keys|@example.test"
    "|*@!example.test|joe|+d0|@@+d0|joe@lsearch;@DIR@/keys|joe @ example.test",
    "host": "10.1.2.3|10.0.0.0/8|192.168.0.0/16|*||@[]|net-lsearch;@DIR@/hosts|net24-lsearch;@DIR@/hosts"
    "|net0-lsearch;@DIR@/hosts|net-iplsearch;@DIR@/nets|iplsearch;@DIR@/nets|@DIR@/clients|*.foo.test|^c"
    "|+include_unknown|+ignore_unknown|+include_defer|+ignore_defer|localhost|lsearch;@DIR@/hosts|10.1.2.3/33"
    "|10.1.2|0.0.0.0/0|10.1.2.3/0|@|127.0.0.1|a@b|nosuch;x",
}  # fmt: skip
SIX = ("2001:db8::/32", "2001:db8::1", "fe80::/10", "::/0", "::ffff:10.1.2.3", "::1")
CONDITIONS = {
    "hosts": "host",
    "domains": "domain",
    "local_parts": "localpart",
    "senders": "address",
    "recipients": "address",
    "sender_domains": "domain",
}
CLIENTS = ("10.1.2.3", "10.1.2.4", "192.168.7.9", "2001:0db8:0000:0000:0000:0000:0000:0001", "127.0.0.1")
SENDERS = ("joe@example.test", "Boss@example.test", "x@a.wild.test", "boss@other.test", "user@vip.test", "")
RECIPIENTS = (
    "joe@example.test Joe@Example.test boss@other.test Boss@x.wild.test postmaster@vip.test "
    "us#er@bad.test adm1@a.example.test"
).split()
DATA = "d=$domain_data l=$local_part_data h=$host_data s=$sender_data r=$recipient_data"
ROUNDS = 10
NOT_OF_LISTS = re.compile(r">>> (?:processing|check logwrite|accept:| +=)")
OF_ACLS = re.compile(
    r"^(>>> warn: condition test \w+) in ACL.*|(?<=^LOG: ).* statement skipped: condition test ()"
)
ENTER = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'

ZONE = """\
test.        NS   ns1.test.
             SOA  ns1.test. admin 1 2 3 4 5
one          A    198.51.100.1
             AAAA 2001:db8:0:0:0:0:0:1
two          A    198.51.100.2
two-b        A    198.51.100.99
DNSSEC safe  A    198.51.100.3
alias        CNAME one
again        CNAME test.again.dns.
UPPER        A    198.51.100.9
some         A    198.51.100.10
other        A    198.51.100.10
third        A    198.51.100.10
wrong        A    198.51.100.100
"""
REVERSE = """\
1.100.51          PTR one.test.
2.100.51          PTR two.test.
2.100.51          PTR Two-B.test.
DNSSEC 3.100.51   PTR safe.test.
6.100.51          CNAME again.test.
7.100.51          PTR wrong.test.
8.100.51          PTR again.test.
9.100.51          PTR UPPER.test.
10.100.51         PTR some.test.
10.100.51         PTR other.test.
10.100.51         PTR third.test.
11.100.51         PTR nowhere.test.
"""
BY_NAME = """\
*.foo : one.test
one.test
*.test
^(.*)[.]test
two-b.test
two*
other.test : third.test
*rd.test
lsearch;@DIR@/known
again.test : *
+ignore_defer : again.test : *
+include_defer : again.test
alias.test
nowhere.test : *
+include_unknown : nowhere.test
+ignore_unknown : *.foo : +named : *
"""

Tests = list[tuple[str, str]]
"""Conditions and their lists."""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with the files that lists name, which the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o777)
        for file, text in FILES.items():
            (path / file).write_text(text.replace("@DIR@", name))
            (path / file).chmod(0o644)
        yield path


def some_list(rng: random.Random, kind: str, named: int = 4) -> str:
    """A list of a kind, which may name the first lists that `config` makes: Exim crashes over circles."""
    parts = []
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        dice = rng.random()
        other = f"+{kind[0]}{rng.randrange(named)}" if named and dice < 0.35 else "+nope"
        element = other if dice < 0.37 and (named or dice < 0.02) else rng.choice(POOLS[kind].split("|"))
        parts.append(f"!{rng.choice(('', ' '))}{element}" if rng.random() < 0.2 else element)
    text = " : ".join(parts)
    if kind == "host" and rng.random() < 0.15:
        parts.insert(rng.randrange(len(parts)), rng.choice(SIX))
        text = "<; " + " ; ".join(parts)
    dice = rng.random()
    if dice < 0.1 and "^" not in text:
        text = "${if eq{a}{a}{" + text + "}}"
    elif dice < 0.12:
        text = "${if eq{a}{b}{x}fail}"
    elif dice < 0.14:
        text = "${if eq{a"
    return text.strip()


def config(rng: random.Random) -> str:
    caches = (rng.choice(("", "", "", "", "_cache")) for _ in range(99))
    lists = [
        f"{kind}list{next(caches)} {kind[0]}{number} = {some_list(rng, kind, number)}\n"
        for kind in POOLS
        for number in range(4)
    ]
    return CONFIG + "".join(lists)


def expected(
    path: Path, text: str, client: str, sender: str, recipients: list[str], tests: Tests
) -> list[str]:
    """What the real Exim tells of the conditions, in an ACL that has them one after the other."""
    statements = [f"  warn {name} = {listed}\n  warn logwrite = {DATA}\n" for name, listed in tests]
    acl = "acl_smtp_rcpt = rcpt\nbegin acl\nrcpt:\n" + "".join(statements) + "  accept\n"
    (path / "conf").write_text((text + acl).replace("@DIR@", str(path)))
    commands = ["HELO c.test", f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{each}>" for each in recipients), "QUIT"]
    resolver = path / "resolv.conf"
    entering = ["unshare", "-m", "sh", "-c", ENTER, str(resolver)] if resolver.exists() else []
    done = subprocess.run(
        [*entering, str(PROGRAM), "-C", str(path / "conf"), "-bh", client],
        input="".join(f"{line}\n" for line in commands).encode("latin-1"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    lines, inside, logged = [], False, False
    for line in done.stderr.decode("latin-1").splitlines():
        if line.startswith((">>> using ACL", ">>> end of ACL")):
            inside = line.startswith(">>> using")
        elif inside and not NOT_OF_LISTS.match(line):
            if not (logged and line.startswith(">>> warn: condition test succeeded")):
                lines.append(OF_ACLS.sub(r"\1", line))
            logged = line.startswith("LOG: d=")
    return lines


def told(path: Path, text: str, client: str, sender: str, recipients: list[str], tests: Tests) -> list[str]:
    """The same of ours."""
    (path / "ours").write_text(text.replace("@DIR@", str(path)))
    zones = path / "zones"
    world = RealWorld(VirtualHost(zones=str(zones)) if zones.exists() else VirtualHost())
    profile = PROFILES["debian-12"]
    loaded = load(str(path / "ours"), profile=profile, world=world)
    ctx = Expander(config=loaded, profile=profile, world=world).context
    lines: list[str] = []
    ctx.log_with = lambda line, _panic: lines.append(f"LOG: {line}")
    ctx.tell_checks = lambda line: lines.append(f">>> {line}")
    ctx.facts.update(
        sender_host_address=Tainted(client),
        sender_helo_name="c.test",
        sender_fullhost=f"(c.test) [{client}]",
        sender_address=sender,
    )
    data = re.sub(r"\$(\w+)", r"${if def:\1{$\1}}", DATA)
    for recipient in recipients:
        conditions.new_recipient(ctx)
        for name, listed in tests:
            listed = listed.replace("@DIR@", str(path))  # noqa: PLW2901 - the list as it stands in the file
            lines.append(f">>> check {name} = {listed}")
            ctx.state.pop("search_message", None)
            try:
                answer = asked(ctx, name, listed, sender, recipient)
            except Fatal as end:
                lines.append(f"LOG: {end.message}")
                return lines
            word = {"OK": "succeeded", "FAIL": "failed", "DEFER": "deferred"}[answer.word]
            lines.append(f">>> warn: condition test {word}")
            if word == "deferred":
                lines.append("LOG: deferred" + ("" if answer.message is None else f": {answer.message}"))
            lines.append(f"LOG: {ctx.expand(data)}")
    return lines


def asked(ctx: Context, name: str, listed: str, sender: str, recipient: str) -> Answer:
    local, _, domain = recipient.rpartition("@")
    if name == "hosts":
        return conditions.host_matches(ctx, listed)
    if name == "domains":
        return conditions.domain_matches(ctx, domain.lower(), listed)
    if name == "local_parts":
        return conditions.local_part_matches(ctx, local, listed)
    if name == "sender_domains":
        tail = sender.rpartition("@")[2]
        return conditions.domain_matches(ctx, tail, listed, scope=conditions.OF_SENDER_DOMAIN, data="")
    if name == "senders":
        return conditions.address_matches(ctx, sender, listed, scope=conditions.OF_SENDER, data="sender_data")
    return conditions.address_matches(ctx, recipient, listed, data="recipient_data")


@pytest.mark.parametrize("seed", range(4))
def test_generated_conditions(place: Path, seed: int) -> None:
    rng = random.Random(f"conditions{seed}")
    for _ in range(ROUNDS):
        kinds = rng.choices(list(CONDITIONS.items()), k=12)
        tests = [(name, some_list(rng, kind)) for name, kind in kinds]
        given = config(rng), rng.choice(CLIENTS), rng.choice(SENDERS), rng.choices(RECIPIENTS, k=2), tests
        assert told(place, *given) == expected(place, *given), given


@pytest.mark.parametrize("end", [1, 2, 3, 6, 7, 8, 9, 10, 11, 77])
def test_clients_by_name(place: Path, end: int) -> None:
    (place / "resolv.conf").write_text("nameserver 127.0.0.1\noptions trust-ad timeout:1 attempts:1\n")
    (place / "zones").mkdir()
    (place / "zones" / "db.test").write_text(ZONE)
    (place / "zones" / "db.ip4.198").write_text(REVERSE)
    can = subprocess.run(
        ["unshare", "-m", "sh", "-c", ENTER, str(place / "resolv.conf"), "true"], check=False
    )
    if can.returncode:
        pytest.skip("the settings of the resolver cannot be changed here")
    text = f"{CONFIG}dns_again_means_nonexist = nonex.test\nhostlist named = two.test : *.test\n"
    tests = [("hosts", listed) for listed in BY_NAME.splitlines()]
    given = text, f"198.51.100.{end}", "joe@foo.test", ["joe@example.test", "x@example.test"], tests
    try:
        with NameServer(RealWorld(VirtualHost(zones=str(place / "zones"))).dns):  # type: ignore[arg-type]
            real = expected(place, *given)
    except OSError as problem:
        pytest.skip(f"no name server can be run here: {problem}")
    assert told(place, *given) == real


def test_options_of_sessions(place: Path) -> None:
    names = (
        "host_reject_connection helo_accept_junk_hosts recipient_unqualified_hosts sender_unqualified_hosts "
        "pipelining_advertise_hosts chunking_advertise_hosts ignore_fromline_hosts dsn_advertise_hosts "
        "smtp_accept_max_nonmail_hosts hosts_connection_nolog host_lookup smtputf8_advertise_hosts"
    ).split()
    data = (
        "EHLO c.test\nRSET\nNOOP\nEHLO [10.1.2.3]\nMAIL FROM:<joe>\nMAIL FROM:<a@b.test>\nRCPT TO:<x>\nQUIT\n"
    )
    rng = random.Random("options")
    for _ in range(ROUNDS):
        options = [f"{name} = {some_list(rng, 'host')}\n" for name in rng.sample(names, 5)]
        options.append(f"helo_lookup_domains = {some_list(rng, 'domain')}\n")
        text = config(rng) + "".join(options) + "smtp_accept_max_nonmail = 1\n"
        (place / "conf").write_text(text.replace("@DIR@", str(place)))
        client = rng.choice(CLIENTS)
        outputs = [
            subprocess.run(
                [*command, "-C", str(place / "conf"), "-bh", client],
                input=data.encode(),
                capture_output=True,
                timeout=60,
                check=False,
                env={"PATH": "/usr/sbin:/usr/bin:/bin", "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC"},
            )
            for command in ([str(PROGRAM)], [sys.executable, "-m", "expander"])
        ]
        theirs, ours = (re.sub(rb"\d\d:\d\d:\d\d", b"", each.stdout + each.stderr) for each in outputs)
        assert ours == theirs, text
