"""Lines that match lists of all kinds, and that look keys up, over the files of `SETUP`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from casefile import Setup
from cdb_file import written_cdb
from dbm_files import DBMBUILD, built
from lines.maker import Maker

PAIRS = {
    "example.test": "exact",
    "*.example.test": "below",
    "*.wild.test": "",
    ".dot.test": "dotted",
    "*": "any",
    "test": "top",
    "x.test": "one : two",
    "*.test": "wide",
    "@example.test": "odd",
    "*.a.b.test": "deep",
    "joe": "user",
    "boss@other.test": "b",
    "*@vip.test": "v",
    "joe@example.test": "j",
    "10.1.2.3": "host",
    "10.1.2.0/24": "net",
    "2001.0db8.0000.0000.0000.0000.0000.0001": "six",
}


def _dbm() -> dict[str, str]:
    """A DBM file of the pairs as held text, without the program to write one a text."""
    if DBMBUILD is None:
        return {"keys.dbm": "no DBM file\n" * 100}
    with TemporaryDirectory() as folder:
        lines = "".join(f'"{key}": {value}\n' for key, value in PAIRS.items())
        return {"keys.dbm": built(Path(folder) / "d", lines).read_bytes().decode("latin-1")}


SETUP = Setup(
    config="""
domainlist locals = example.test : *.wild.test
domainlist relays = +locals : partner.test : !bad.partner.test
domainlist looked = lsearch;@DIR@/domains : !far.test
domainlist parts = partial-lsearch;@DIR@/domains
domainlist both = +looked : +parts : ^(x+)\\\\.test\\$
domainlist lost = +nowhere : example.test
domainlist open = ${if eq{a}{a}{example.test}} : other.test
domainlist failing = ${if eq{a}{b}{x}fail} : other.test
domainlist broken = ${if eq{a} : other.test
domainlist semi = <; example.test ; !other.test ; *.test
domainlist filed = @DIR@/domainlist
domainlist empty =
hostlist nets = 127.0.0.1 : 10.11.0.0/16 : !192.168.7.9 : 192.168.7.0/24
hostlist keyed = net-lsearch;@DIR@/hosts : net24-lsearch;@DIR@/hosts
hostlist wide = net-iplsearch;@DIR@/nets : +nets
hostlist unknowns = +ignore_unknown : mail.host.test : 10.1.2.3
hostlist filed = @DIR@/hostlist
addresslist vips = boss@example.test : *@vip.test : postmaster@*
addresslist looked = lsearch*@;@DIR@/addresses : @@lsearch;@DIR@/locals
addresslist cased = +caseful : Boss@example.test
addresslist mixed = !+cased : +vips : *@+locals
addresslist filed = @DIR@/addresslist
localpartlist roles = postmaster : abuse : ^admin\\\\d*\\$
localpartlist cased = +caseful : Boss : +roles
localpartlist looked = lsearch*;@DIR@/names
""",
    files={
        "domains": (
            "# domains\nexample.test: exact\n*.example.test:  below\n*.wild.test\n.dot.test: dotted\n*: any\n"
            'test: top\nfar.test: a\n   b\n\tc\npartner.test\tplain\n"x.test" : quoted\n*.test: wide\n'
            "x.example.test:\n@example.test: odd\n*.a.b.test: deep\nb.test: bare\n"
        ),
        "small": "example.test: one\nother.test: two\n.example.test: dot\ntest: top\n",
        "names": 'postmaster: root\nBoss: chief\n*: star\njoe: user\n"": nothing\n',
        "addresses": "joe@example.test: j\n*@vip.test: v\n*@example.test: e\n*: all\nboss@other.test: b\n",
        "locals": (
            "example.test: joe : !boss : *er\nvip.test: !joe : >example.test\nother.test: ^b : >nowhere.test\n"
            "*: postmaster : abuse\nloop.test: >loop.test\npartner.test: <; joe ; abuse\nx: joe\n"
        ),
        "hosts": (
            "10.1.2.3: host\n10.1.2.0/24: net\n192.168.0.0/16: wide\n0.0.0.0/0: all\n2001.0db8.0000.0000.0000.0000.0000.0001: six\n"
            '"2001:db8::1": plain\n"2001:0db8:0000:0000:0000:0000:0000:0001": full\n2001.0db8.0000.0000.0000.0000.0000.0000/32: prefix\n'
            "*: star\n"
        ),
        "nets": (
            '10.1.0.0/16: inner\n10.0.0.0/8: outer\n"2001:db8::/32": six\n"::ffff:10.1.2.3": mapped\nnonsense: x\n'
            '192.168.7.9: one\n*: star\n"fe80::/10": link\n1.2.3.4/33: long\n'
        ),
        "wild": (
            "*.example.test: below\n^joe[0-9]+\\$: digits\n^\\N(a+)b\\N: ab\nlsearch;@DIR@/small: nested\n"
            "literal.test: literal\n*@vip.test: vip\n^x: ${if eq{a}{a}{x}}\n*r: ends\n"
        ),
        "nwild": "*.example.test: below\n^joe[0-9]+$: digits\n^(a+)b: ab\nliteral.test: literal\n*: any\n",
        "domainlist": "example.test\n!bad.test # no\n*.wild.test#x\n# all\n\n  other.test  \n+locals\nlsearch;@DIR@/small\n/etc/passwd\n",
        "hostlist": "10.1.2.3 # one\n!10.1.2.4\n10.1.0.0/16\n2001:db8::/32\n+nets\nname.test\n",
        "addresslist": "joe@example.test\n# boss@example.test\n!abuse@*\n*@vip.test # x\nuser#1@example.test\nother.test\n",
        "partlist": "joe\nus#er\n!boss\n# x\n^adm\nPostmaster\n",
        "dir/example.test": "x",
        "dir/joe": "x",
        "dir/sub/inner": "x",
        "empty": "",
        "none-ended": "example.test: last",
        "keys.cdb": written_cdb([(key.encode(), value.encode()) for key, value in PAIRS.items()]).decode(
            "latin-1"
        ),
        **_dbm(),
    },
)  # fmt: skip

FILES = tuple(name for name in SETUP.files if "/" not in name)
TYPES = "lsearch wildlsearch nwildlsearch iplsearch dsearch cdb dbm dbmnz dbmjz".split()
DOMAINS = (
    "example.test Example.TEST a.example.test a.b.example.test x.wild.test wild.test other.test OTHER.test far.test "
    "partner.test bad.partner.test test x.test xx.test a.b.test c.a.b.test dot.test a.dot.test vip.test loop.test "
    "mail.example.test [127.0.0.1] [10.1.2.3] [IPv6:::1] joe joe12 literal.test aab b.test .test x. a..b * @ bad.test"
).split()
LOCALS = "joe Joe boss Boss postmaster POSTMASTER abuse admin admin12 baker user#1 us#er * x + aab".split()
HOSTS = (
    "10.1.2.3 10.1.2.4 10.11.7.1 127.0.0.1 192.168.7.9 192.168.7.10 192.168.1.1 2001:db8::1 2001:DB8::2 ::1 fe80::1 "
    "::ffff:10.1.2.3 ::ffff:192.168.7.9 1.2.3.4 0.0.0.0 :: 255.255.255.255"
).split()


def lookup_type(m: Maker) -> str:
    """A type as it is written, right most of the time."""
    partial = m.pick(
        *["", "", ""], *"partial- partial0- partial1- partial2- partial3- partial(.)  partial(@) partial1(.) partial0()".split(),
        *"partial() partial2(*.) partial0(a) partial1(*@) partial0(.) partial".split(), "partial(a.b.)", "partial()-", "partial( )",
    )  # fmt: skip
    default = m.pick("", "", "", "*", "*@", "**", "*x", "@")
    options = m.pick(
        *["", "", "", "", "", ""], *",ret=key ,ret=full ,cache=no_rd ,cache=no ,ret=nothing ,bogus , ,,ret=key ,ret=key,ret=full".split(),
        *",ret=full,filter=file ,filter=dir ,filter=subdir ,filter=x ,file=/x".split(),
    )  # fmt: skip
    name = m.pick(
        *TYPES,
        *TYPES,
        *TYPES,
        *TYPES,
        "lsearch",
        "lsearch",
        "passwd",
        "sqlite",
        "nosuch",
        "testdb",
        "LSEARCH",
        "",
    )
    return partial + name + default + options


def file(m: Maker) -> str:
    return "@DIR@/" + m.pick(*FILES, *FILES, *FILES, "dir", "dir/sub", "missing", "", "dir/joe")


def key(m: Maker) -> str:
    return m.pick(
        m.pick(*DOMAINS),
        m.pick(*DOMAINS),
        m.pick(*LOCALS),
        m.pick(*HOSTS),
        address(m),
        "",
        "two words",
        "a/b",
        "..",
    )


def address(m: Maker) -> str:
    return m.pick(
        f"{m.pick(*LOCALS)}@{m.pick(*DOMAINS)}",
        f"{m.pick(*LOCALS)}@{m.pick(*DOMAINS)}",
        "joe",
        "a@b@vip.test",
        "@vip.test",
        "joe@",
    )


def sensible(m: Maker) -> tuple[str, str]:
    """A type and a file of its kind."""
    name, where = m.pick(
        ("lsearch", "domains"), ("lsearch", "small"), ("lsearch", "names"), ("lsearch", "addresses"), ("lsearch", "hosts"),
        ("wildlsearch", "wild"), ("nwildlsearch", "nwild"), ("iplsearch", "nets"), ("dsearch", "dir"), ("lsearch", "none-ended"),
        ("lsearch", "empty"), ("lsearch", "missing"), ("nwildlsearch", "domains"),
        ("cdb", "keys.cdb"), ("cdb", "keys.cdb"), ("dbm", "keys.dbm"), ("dbm", "keys.dbm"), ("dbmnz", "keys.dbm"),
        ("dbmjz", "keys.dbm"), ("cdb", "missing"), ("dbm", "missing"),
    )  # fmt: skip
    partial = m.pick(
        "",
        "",
        "",
        "partial-",
        "partial0-",
        "partial1-",
        "partial1(.)",
        "partial(@)",
        "partial0()",
        "partial3-",
    )
    default = m.pick("", "", "", "*", "*@")
    options = m.pick("", "", "", "", ",ret=key", ",ret=full", ",cache=no_rd")
    return partial + name + default + options, f"@DIR@/{where}"


def lookup(m: Maker) -> str:
    kind, where = sensible(m) if m.chance(70) else (lookup_type(m), file(m))
    shown = m.pick(
        "",
        "{y[$value][$0][$1][$2]}{n[$value][$1]}",
        "{y[$value][$1][$2]}{n}",
        "{[$value]}fail",
        "{$value}",
        "fail",
    )
    inner = "{${lookup{$value}lsearch{@DIR@/small}{$value}{none}}[$value]}{n}"
    line = f"${{lookup{m.blank()}{{{key(m)}}}{m.blank()}{kind}{m.blank()}{{{where}}}{inner if m.chance(10) else shown}}}"
    return m.pick(
        line,
        line,
        line,
        line + "[$value][$1]",
        f"${{if match{{ab}}{{(b)}}{{{line}[$1]}}}}",
        f"${{extract{{a}}{{a=V}}{{{line}[$value]}}}}",
    )


def separated(m: Maker, element: Callable[[Maker], str], settings: tuple[str, ...]) -> str:
    head, between = m.pick(
        *[("", " : ")] * 6, ("", ":"), ("<; ", " ; "), ("<, ", ","), ("<\n ", "\n"), ("<|", " | ")
    )
    items = [
        m.pick(*settings) if settings and m.chance(12) else negated(m, element(m)) for _ in m.several(1, 4)
    ]
    if head:
        return head + between.join(items) + m.pick("", "", between)
    return between.join(item.replace(":", "::") for item in items) + m.pick("", "", "", between)


def negated(m: Maker, element: str) -> str:
    return m.pick("", "", "", "", "!", "! ", "!!") + element if m.chance(40) else element


def domain_element(m: Maker) -> str:
    kind, where = sensible(m)
    return m.pick(
        m.pick(*DOMAINS), m.pick(*DOMAINS), f"{kind};{where}", f"{kind};{where}", f"{kind}; {where}", f"{lookup_type(m)};{file(m)}",
        "+" + m.pick(*"locals relays looked parts both lost open failing broken semi filed empty nets nowhere".split()),
        "+" + m.pick(*"locals relays looked parts both open semi filed".split()),
        "+" + m.pick(*"locals relays looked parts both open semi filed".split()),
        m.pick("^ex", "^(.)x", "^.*\\.(t)est$", "^(", "^X", "^(?i)X", "^[a-z]+\\.test\\N"),
        m.pick("*", "*.test", "*test", "*.example.test", "**", "* ", "*x.TEST"), m.pick("@", "@[]", "@ ", "@x"),
        m.pick("", "/", "@DIR@/domainlist", "@DIR@/missing", "@DIR@/dir", "@DIR@/domainlist "),
        m.pick(";", "lsearch;", "lsearch ;@DIR@/small", ";@DIR@/small", "a;b", "passwd;root", "passwd;joe", "+"),
    )  # fmt: skip


def domain_list(m: Maker) -> str:
    return separated(
        m,
        domain_element,
        ("+include_unknown", "+ignore_unknown", "+include_defer", "+ignore_defer", "+caseful"),
    )


def part_element(m: Maker) -> str:
    kind, where = sensible(m)
    return m.pick(
        m.pick(*LOCALS), m.pick(*LOCALS), f"{kind};{where}", f"{kind};{where}", "+" + m.pick("roles", "cased", "looked", "nowhere", "locals"),
        "+" + m.pick("roles", "cased", "looked"), m.pick("^ad", "^(.)o", "^B", "^Boss$"), m.pick("*", "*er", "*R", "*o"), "@DIR@/partlist", "",
        f"{lookup_type(m)};{file(m)}", "passwd;root",
    )  # fmt: skip


def part_list(m: Maker) -> str:
    return separated(
        m, part_element, ("+caseful", "+caseful", "+include_unknown", "+ignore_defer", "+include_defer")
    )


def address_element(m: Maker) -> str:
    kind, where = sensible(m)
    head = m.pick(*LOCALS, "*", "*", "*er", "*s", "^x", "")
    return m.pick(
        address(m), address(m), f"{kind};{where}", f"{head}@{domain_element(m)}", f"{head}@{domain_element(m)}", domain_element(m), domain_element(m),
        f"@@{kind};{where}", "@@lsearch;@DIR@/locals", "@@lsearch*;@DIR@/locals", "@@partial-lsearch;@DIR@/locals", "lsearch*@;@DIR@/addresses",
        "+" + m.pick("vips", "looked", "cased", "mixed", "filed", "nowhere"), "+" + m.pick("vips", "looked", "cased", "mixed", "filed"),
        m.pick("^joe", "^(.*)@(.*)$", "^Boss@", "^[^@]+$"), "", "@DIR@/addresslist", f"{head}@+locals", f"*@{kind};{where}", f"{head}@@",
        f"@@{m.pick(*DOMAINS)}", f"{head}@{kind};{where}",
    )  # fmt: skip


def address_list(m: Maker) -> str:
    return separated(
        m,
        address_element,
        ("+caseful", "+caseful", "+include_unknown", "+ignore_defer", "+include_defer", "+ignore_unknown"),
    )


def host_element(m: Maker) -> str:
    kind, where = sensible(m)
    net = m.pick(
        "net-",
        "net-",
        "net24-",
        "net8-",
        "net32-",
        "net16-",
        "net0-",
        "net64-",
        "net128-",
        "net200-",
        "net",
        "netx-",
        "",
    )
    bits = m.pick("0", "8", "16", "24", "31", "32", "33", "64", "10", "128", "129", "", "x", "-1")
    return m.pick(
        m.pick(*HOSTS), f"{m.pick(*HOSTS)}/{bits}", f"{m.pick(*HOSTS)}/{bits}", f"{net}lsearch;@DIR@/hosts", f"{net}lsearch;@DIR@/hosts",
        f"{net}iplsearch;@DIR@/nets", f"{net}{kind};{where}", f"{net}{lookup_type(m)};{file(m)}", "+" + m.pick("nets", "keyed", "wide", "unknowns", "filed"),
        "+" + m.pick("nets", "keyed", "wide", "unknowns", "filed", "nowhere"), m.pick("*", "@", "@[]", "", "^x", "*.test", "name.test", "net-passwd;root"),
        "@DIR@/hostlist", "passwd;root",
    )  # fmt: skip


def host_list(m: Maker) -> str:
    return separated(
        m, host_element, ("+include_unknown", "+ignore_unknown", "+include_defer", "+ignore_defer")
    )


def test(m: Maker, condition: str, subject: str, list_: str) -> str:
    """A condition over a list, shown with what it leaves in variables."""
    shown = m.pick("{y[$value]}{n[$value]}", "{y[$value][$0][$1][$2]}{n[$value][$0]}", "{$value}", "")
    line = f"${{if {m.pick('', '', '', '!')}{condition}{{{subject}}}{{{escaped(list_)}}}{shown}}}"
    return m.pick(line, line, f"${{extract{{a}}{{a=V}}{{{line}[$value]}}}}", f"{line}[$value][$1]")


def escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\{}$" else char for char in text).replace("\n", "\\n")


AREAS: dict[str, Callable[[Maker], str]] = {
    "lookups": lookup,
    "domain-lists": lambda m: test(m, "match_domain", m.pick(*DOMAINS, ""), domain_list(m)),
    "local-part-lists": lambda m: test(m, "match_local_part", m.pick(*LOCALS, ""), part_list(m)),
    "address-lists": lambda m: test(
        m, "match_address", m.pick(address(m), address(m), address(m), ""), address_list(m)
    ),
    "host-lists": lambda m: test(m, "match_ip", m.pick(*HOSTS, *HOSTS, *HOSTS, "", "x"), host_list(m)),
}


def lines(area: str, count: int, seed: str) -> list[str]:
    """Different lines of an area; the same seed gives the same."""
    maker = Maker(f"{area} {seed}")
    made: dict[str, None] = {}
    while len(made) < count:
        made[AREAS[area](maker)] = None
    return list(made)
