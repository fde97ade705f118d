"""Scanners and what they answer: peers by name, and pairs of an option and the text of a condition.

The name of a peer between at signs stands for its address: a path, or a port of this machine for names that
begin with ``t``. Nobody listens at ``@nope@`` and ``@gone@``.
"""

from __future__ import annotations

import struct

Answers = tuple[tuple[str, bytes | float], ...]
Pairs = tuple[tuple[str, str], ...]

LINE = r"\n"
EML = r"eml"
STREAM = r"\0\0\0\0"
HTTP = r"\r\n\r\n"
GREETING = ("", b"220 DAEMON\r\n")
SCAN = "SCAN[^\n]*\n"
SCANNING = b"210 SCAN DATA\r\n"
DONE = b"200 SCAN OK\r\n"


def one(pattern: str, answer: bytes | float) -> Answers:
    """A peer that answers once."""
    return ((pattern, answer),)


def avast(*lines: bytes, end: bytes = DONE) -> Answers:
    """Avast's daemon with the lines that it says of files."""
    return (GREETING, (SCAN, SCANNING + b"".join(line + b"\r\n" for line in lines) + end))


def numbers(*values: int) -> bytes:
    """Numbers as DrWeb's daemon says them."""
    return struct.pack(f">{len(values)}i", *values)


CLAMD_PEERS = {
    "virus": one(LINE, b"/x/y.eml: Eicar-Test FOUND\n"),
    "clean": one(LINE, b"/x: OK\n"),
    "error": one(LINE, b"/x: foo ERROR\n"),
    "garbage": one(LINE, b"garbage\n"),
    "nothing": one(LINE, b""),
    "colons": one(LINE, b"a: b: c FOUND\n"),
    "late": one(LINE, 2.0),
    "hash": one(LINE, b"/x: Some Name(abcdef:123) FOUND\n"),
    "hash2": one(LINE, b"/x: X(abc) FOUND\n"),
    "hash3": one(LINE, b"/x: X (ab:1) FOUND\n"),
    "hash4": one(LINE, b"/x: X(a:1)y FOUND\n"),
    "what": one(LINE, b"/x: what"),
    "blank": one(LINE, b"/x: X FOUND \n"),
    "close": one(LINE, b"/x:X FOUND\n"),
    "newline": one(LINE, b"\n"),
    "tvirus": one(STREAM, b"stream: Eicar FOUND\0"),
    "tplain": one(STREAM, b"stream: Eicar FOUND"),
    "tshort": one(STREAM, b"a:b"),
    "ttwo": one(STREAM, b"a: OK\nfoo"),
    "tlocal": one(LINE, b"/x: Local FOUND\n"),
}
CLAMD: Pairs = (
    *((scanner, "*") for scanner in ("", "foo", "foo:x", "clamd", "clamd:@nope@")),
    *(("clamd:@virus@", text) for text in ("*", "Foo", "^Ei(c)", "[bad", "true", "1", "false", "0", "")),
    *(("clamd:@virus@", text) for text in ("*/defer_ok", "*/tmo=5s", "*/foo", "<,/,defer_ok")),
    ("clamd:@nope@", "*/defer_ok"),
    ("clamd:@late@", "*/tmo=1s"),
    *((f"clamd:@{name}@", "*") for name in CLAMD_PEERS if name != "late"),
    *((f"clamd:{more}", "*") for more in ("@gone@", "@tlocal@:local", "@gone@:@gone@", "127.0.0.1")),
    *((f"clamd:@tvirus@ {more}", "*") for more in ("foo=bar", "retry=x", "retry=1s")),
    *(
        (f"clamd:{more}", "*")
        for more in ("127.0.0.1 x", "@nope@ retry=1s", "@virus@ x", "@virus@:@clean@", ":")
    ),
    ("clamd:nosuchhost.invalid 6601", "*"),
)

OTHER_PEERS = {
    "s1": one(LINE, b"1:Eicar"),
    "s2": one(LINE, b"0\n"),
    "s3": one(LINE, b"-1\n"),
    "s4": one(LINE, b""),
    "s5": one(LINE, 2.0),
    "s6": one(LINE, b"1:Eicar foo\n"),
    "th1": one(
        HTTP,
        b'HTTP/1.0 200\r\n\r\n<x>\n<detected type="virus">\n<name>Bad</name>\n</detected>\n'
        b'<summary code="11">\n',
    ),
    "th2": one(HTTP, b'HTTP/1.0 200\r\n\r\n<summary code="0">x\n<detected type="virus">\n<name>Bad</name>\n'),
    "th3": ((HTTP, b"nothing\n"), ("", 2.0)),
    "th4": one(HTTP, b'<summary code="11">\n<detected type="virus">\n<name>Bad</name>\n'),
    "th5": one(HTTP, b"nothing"),
    "tp1": one(LINE, b"1 <infected: Eicar> /x\n"),
    "tp2": one(LINE, b"0 <clean> /x\n"),
    "tp3": one(LINE, b"7 <error thing>\n"),
    "tp4": one(LINE, b""),
    "tp5": one(LINE, 2.0),
    "f1": (*((LINE, b"OK\n"),) * 4, (LINE, b"INFECTED\t/x\tEicar\tFoo\nOK\tScan ok.\n")),
    "f2": (*((LINE, b"OK\n"),) * 4, (LINE, b"OK\tScan ok.\n")),
    "f3": (*((LINE, b"OK\n"),) * 2, (LINE, 2.0)),
    "k1": one("", b"the VIRUS\nfoo\n"),
    "k2": one("", b"fine\n"),
    "k3": one("x", 2.0),
    "k4": one("x", b"VIR " + b"u" * 5000 + b"VIR"),
    "k5": one("x", b""),
    "k6": one("x", b"a\nVIRUS\nb"),
    "tk": one("y", b"the VIRUS foo\n"),
    "d2": one(EML, numbers(0, 0)),
    "d3": one(EML, numbers(4, 0)),
    "d4": one(EML, 2.0),
    "d5": one(EML, b"ab"),
    "d6": one(EML, numbers(0x20, 1)),
    "td": one("line\n", numbers(0, 0)),
}
OTHERS: Pairs = (
    *((f"sophie:@s{number}@", "*/tmo=1s") for number in range(1, 7)),
    *((f"f-protd:@th{number}@", "*/tmo=1s") for number in range(1, 6)),
    *((f"f-protd:{more}", "*") for more in ("@gone@", "x", "")),
    *((f"f-prot6d:@tp{number}@", "*/tmo=1s") for number in range(1, 6)),
    *((f"fsecure:@f{number}@", "*/tmo=1s") for number in range(1, 4)),
    *((f"sock:@k1@{more}", "*") for more in ("", ":scan %s", ":scan %s:VIRUS", ":scan %s:VIRUS:V(I.)")),
    *((f"sock:@k1@:{more}:VIRUS:V(I.)", "*") for more in ("%s%d", "%s %s", "%%", "a %% b", "")),
    *((f"sock:@k1@:x:{more}", "*") for more in ("V(IR)US:Q(I.)", "V[:Q(I.)", "V:Q[")),
    *((f"sock:@k{number}@:x:VIR:(V.*)", "*/tmo=1s") for number in range(2, 7)),
    (r"sock:@tk@:x %s y:V(IR)US:US(.*)\$", "*"),
    ("sock:@nope@:x:V:Q", "*"),
    *((f"drweb:@d{number}@", "*/tmo=1s") for number in range(2, 7)),
    ("drweb:@td@", "*"),
)

PROGRAMS: Pairs = (
    ("cmdline", "*"),
    ("cmdline:/bin/true", "*"),
    ("cmdline:/bin/true:x", "*"),
    ("cmdline:/bin/true:x[:y", "*"),
    ("cmdline:/bin/echo %s FOUND VIRUS 'Eicar':VIRUS:S (.*)", "*"),
    ("cmdline:/bin/echo clean %s:VIRUS:'(.*)'", "*"),
    ("cmdline:/bin/sh -c 'exit 3':VIRUS:'(.*)'", "*"),
    ("cmdline:/nonexist/x %s:VIRUS:'(.*)'", "*"),
    ("cmdline:/bin/echo VIRUS:VIR(US):foo(.*)", "*"),
    ("cmdline:/bin/sh -c 'sleep 2; echo VIRUS':VIRUS:(V.)", "*/tmo=1s"),
    ("cmdline:/bin/sh -c 'echo VIRUS;exit 1':VIRUS:(V.)", "*"),
    (r"cmdline:/bin/sh -c 'kill -9 \$\$':VIRUS:(V.)", "*"),
    ("cmdline:/bin/echo %s:scan:(s.*)", "*"),
    ("cmdline:/bin/sh -c 'echo a VIRUS; echo b VIRUS':VIRUS:^(.) V", "*"),
    ("cmdline:/bin/sh -c 'echo to err VIRUS 1>&2':VIRUS:to (.*) V", "*"),
)

AVAST_PEERS = {
    "v1": avast(b"SCAN /x\t[L]0.0\t0 Eicar-Test"),
    "v2": avast(b"SCAN /x\t[+]"),
    "v3": avast(b"SCAN /x\t[E]1.0\tError 42113 Decompression\\ bomb", end=b"451 SCAN Engine error 13\r\n"),
    "v4": (
        GREETING,
        (LINE, b"200 FLAGS OK\r\n"),
        (LINE, b"200 SENS OK\r\n"),
        (SCAN, SCANNING + b"SCAN /x\t[L]0.0\t0 Eicar-Test\\ foo\r\n" + DONE),
    ),
    "v5": one("", b"500 go away\r\n"),
    "v6": (GREETING, ("SCAN", 2.0)),
    "v7": (GREETING, (SCAN, b"451 Engine error\r\n")),
    "v8": (GREETING, (SCAN, b"junk\r\n200 ok\r\n")),
    "v9": (GREETING, (LINE, b"501 FLAGS bad\r\n"), (LINE, b"200 x\r\n")),
    "v10": one("", b""),
    "v11": avast(b"SCAN /x\t[E]1.0\tError 42113 Decompression\\ bomb"),
    "v12": avast(b"SCAN /x\t[L]0.0\t0 A", b"SCAN /x\t[L]0.0\t0 B", b"SCAN /x\t[E]1.0\tError 42 c"),
    "v13": avast(b"hm"),
    "v14": avast(b"SCAN a\\\t[+] b"),
    "v15": avast(b"SCAN /x\t[L]1.0\t0 A", end=b""),
    "v16": (("", b"221 y\r\n"), (SCAN, b"200 SCAN OK\r\n")),
    "tv": avast(b"SCAN /x\t[+]"),
}
AVAST: Pairs = (
    *((f"avast:@{name}@", "*/tmo=1s") for name in AVAST_PEERS if name not in {"v4", "v9"}),
    ("avast:@v3@:pass_unscanned", "*"),
    ("avast:@v4@:FLAGS -fullfiles:SENSITIVITY -pup", "*"),
    ("avast:@v9@:FLAGS x", "*"),
    ("avast:@gone@", "*"),
)


def spamd(score: float, threshold: float = 5.0, report: bytes = b"Report line 1\nline 2\n") -> Answers:
    """SpamAssassin's daemon."""
    return one(
        "line\n", f"SPAMD/1.1 0 EX_OK\r\nContent-length: 99\r\n\r\n{score}/{threshold}\r\n".encode() + report
    )


SCORES = (7.5, 1.24, -3.3, 0.3, 123.4, -0.5, 0.96, -1.99, 4.99, 5.0)
SPAM_PEERS = {
    **{f"p{number}": spamd(score) for number, score in enumerate(SCORES)},
    "junk": one("line\n", b"junk\r\n"),
    "none": one("line\n", b""),
    "rep": spamd(5.0, 5.0, b"\r\n  \r\nrep\r\n\r\nx\n \n\n"),
    "late": one("line\n", 2.0),
    "later": one("line\n", b"SPAMD/1.5 0 EX_OK\r\nSpam: True ; 7.55 / 5.0\r\n\r\nrep\n"),
    "tspam": spamd(7.5),
    "trspamd": one(
        "line\n",
        b"RSPAMD/1.3 0 EX_OK\r\nMetric: default; True; 15.04 / 6.00 / 8.0\r\nAction: add header\r\n"
        b"Symbol: FOO\r\nMessage: x\r\n\r\n",
    ),
}
SPAM: Pairs = (
    ("", "nobody"),
    ("@nope@", "nobody"),
    *((f"@p{number}@", "nobody") for number in range(len(SCORES))),
    *(
        ("@p1@", text)
        for text in (
            "nobody:true",
            "nobody/defer_ok",
            "0",
            "false",
            "",
            "joe:foo",
            "joe : true",
            "x:TRUE",
            "y:1",
        )
    ),
    *(("@nope@", text) for text in ("nobody/defer_ok", "nobody:true/defer_ok", "a b")),
    *((f"@{name}@", "nobody") for name in ("junk", "none", "rep", "later", "tspam", "gone")),
    ("@late@ tmo=1s", "nobody"),
    *((f"@trspamd@ {more}", "nobody") for more in ("variant=rspamd", "variant=x")),
    *((address, "nobody") for address in ("127.0.0.1", "127.0.0.1 x", "nosuch.invalid 783")),
    *((f"@tspam@ {more}", "nobody") for more in ("foo", "backup", "pri=x", "pri=0", "weight=x", "weight=0")),
    *((f"@tspam@ time={more}", "nobody") for more in ("0-1", "0", "0.0.0-23.59.59", "a-b", "1-", "-1")),
    *((f"@tspam@ {more}", "nobody") for more in ("tmo=x", "retry=x", "tmo=1m retry=1s")),
    ("@gone@ retry=1s", "nobody"),
    ("@gone@ pri=2 : @tspam@ pri=1", "nobody"),
    ("<; @tspam@ pri=1; @gone@ pri=4", "nobody"),
)

TABLES: dict[str, tuple[str, str, dict[str, Answers], Pairs]] = {
    "clamd": ("av_scanner", "malware", CLAMD_PEERS, CLAMD),
    "others": ("av_scanner", "malware", OTHER_PEERS, OTHERS),
    "programs": ("av_scanner", "malware", {}, PROGRAMS),
    "avast": ("av_scanner", "malware", AVAST_PEERS, AVAST),
    "spam": ("spamd_address", "spam", SPAM_PEERS, SPAM),
}
"""By title: the option, the condition, the peers and the pairs."""
