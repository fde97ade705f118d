"""Zones with SPF records, and what they come to: by RFC 7208, and by libspf2 as Exim asks it."""

from __future__ import annotations

ZONE = """\
plain      TXT "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"
           A   192.0.2.1
CAPITALS   TXT "V=SPF1 IP4:192.0.2.1 -ALL"
soft       TXT "v=spf1 ~all"
open       TXT "v=spf1 +all"
neutral    TXT "v=spf1 ?all"
empty      TXT "v=spf1"
blanks     TXT "v=spf1  -all  "
other      TXT "v=spf10 -all"
split      TXT "v=spf1 ip4:192." "0.2.1 -all"
two        TXT "v=spf1 -all"
           TXT "v=spf1 +all"
beside     TXT "anything else"
           TXT "v=spf1 -all"
none       TXT "nothing of the kind"
again      CNAME test.again.dns.
alias      CNAME plain
wrong      TXT "v=spf1 moo -all"
late       TXT "v=spf1 -all moo:x"
a          TXT "v=spf1 a -all"
           A   192.0.2.1
           AAAA 2001:db8:0:0:0:0:0:1
amask      TXT "v=spf1 a:a.test/24//32 -all"
mx         TXT "v=spf1 mx -all"
           MX  10 a
           MX  20 b
b          A   192.0.2.2
ptr        TXT "v=spf1 ptr:names.test -all"
exists     TXT "v=spf1 exists:%{ir}.%{l1r+}.list.test -all"
1.2.0.192.joe.list A 127.0.0.2
include    TXT "v=spf1 include:plain.test ?all"
incnone    TXT "v=spf1 include:none.test +all"
incwrong   TXT "v=spf1 include:wrong.test +all"
incagain   TXT "v=spf1 include:again.test +all"
incempty   TXT "v=spf1 include: +all"
redirect   TXT "v=spf1 redirect=plain.test"
rednone    TXT "v=spf1 redirect=none.test"
redfirst   TXT "v=spf1 redirect=plain.test +all"
redcolon   TXT "v=spf1 redirect:plain.test"
twice      TXT "v=spf1 exp=a.test -all exp=b.test"
zeros      TXT "v=spf1 a/0 -all"
leading    TXT "v=spf1 ip4:192.0.2.1/024 -all"
toobig     TXT "v=spf1 ip4:192.0.2.1/33 -all"
short      TXT "v=spf1 ip4:192.0.2 -all"
toplabel   TXT "v=spf1 a:museum +all"
percent    TXT "v=spf1 a:%z +all"
unclosed   TXT "v=spf1 a:%{d +all"
undefined  TXT "v=spf1 a:%{a} +all"
helo       TXT "v=spf1 a:%{h} +all"
existshelo TXT "v=spf1 exists:%{h} +all"
dotted     TXT "v=spf1 x.y=z -all"
bare       TXT "v=spf1 include +all"
argument   TXT "v=spf1 all:x"
colons     TXT "v=spf1 a: -all"
           A   192.0.2.1
count      TXT "v=spf1 exists:%{d3}.list.test -all"
ount.test.list A 127.0.0.2
last       TXT "v=spf1 exists:%{d1}.list.test -all"
test.list  A   127.0.0.2
ten        TXT "v=spf1 a a a a a a a a a a +all"
           A   192.0.2.7
eleven     TXT "v=spf1 a a a a a a a a a a a +all"
           A   192.0.2.7
inner      TXT "v=spf1 a a a a a ?all"
           A   192.0.2.7
outer      TXT "v=spf1 a a a a a include:inner.test +all"
           A   192.0.2.7
void       TXT "v=spf1 a:x.test a:y.test a:z.test +all"
loop       TXT "v=spf1 include:loop.test -all"
circle     TXT "v=spf1 redirect=circle.test"
manymx     TXT "v=spf1 mx +all"
           MX  1 b
           MX  2 b
           MX  3 b
           MX  4 b
           MX  5 b
           MX  6 b
           MX  7 b
           MX  8 b
           MX  9 b
           MX  10 b
           MX  11 a
told       TXT "v=spf1 -all exp=why.test"
why        TXT "%{i} may not send for %{o}: see http://%{d}/?%{S}"
untold     TXT "v=spf1 -all exp=two.test"
long       TXT "v=spf1 exists:LONG.test +all"
name       TXT "v=spf1 exists:%{p}.known.test -all"
h.names.test.known A 127.0.0.2
h.names    A   192.0.2.1
""".replace("LONG", ".".join(["%{d}"] * 30))
REVERSE = """\
1.2.0  PTR h.names.test.
2.2.0  PTR h.names.test.
"""
ZONES = {"test": ZONE, "192.in-addr.arpa": REVERSE}

SAME = """\
plain 192.0.2.9 pass
plain 192.0.3.9 fail
plain 2001:db8::77 pass
plain 2001:db9::77 fail
CAPITALS 192.0.2.1 pass
soft 192.0.2.1 softfail
open 192.0.2.1 pass
neutral 192.0.2.1 neutral
empty 192.0.2.1 neutral
blanks 192.0.2.1 fail
other 192.0.2.1 none
split 192.0.2.1 pass
two 192.0.2.1 permerror
beside 192.0.2.1 fail
none 192.0.2.1 none
nowhere 192.0.2.1 none
alias 192.0.2.1 pass
a 192.0.2.1 pass
a 192.0.2.2 fail
a 2001:db8::1 pass
amask 192.0.2.200 pass
amask 192.0.3.1 fail
amask 2001:db8:ffff::1 pass
amask 2001:db9::1 fail
mx 192.0.2.2 pass
mx 192.0.2.3 fail
ptr 192.0.2.1 pass
ptr 192.0.2.2 fail
ptr 192.0.2.3 fail
include 192.0.2.1 pass
include 192.0.3.1 neutral
incnone 192.0.2.1 permerror
incwrong 192.0.2.1 permerror
incagain 192.0.2.1 temperror
redirect 192.0.2.1 pass
redirect 192.0.3.1 fail
rednone 192.0.2.1 permerror
last 192.0.2.1 pass
ten 192.0.2.1 pass
eleven 192.0.2.1 permerror
loop 192.0.2.1 permerror
circle 192.0.2.1 permerror
name 192.0.2.1 pass
name 192.0.2.2 fail
long 192.0.2.1 pass
""".splitlines()
"""Domains of the zone, clients and results that both agree about."""

DIFFERENT = """\
wrong 192.0.2.1 permerror (invalid)
late 192.0.2.1 permerror (invalid)
again 192.0.2.1 temperror (invalid)
incempty 192.0.2.1 permerror temperror
redfirst 192.0.3.1 pass fail
redcolon 192.0.2.1 permerror pass
twice 192.0.2.1 permerror fail
zeros 192.0.2.1 fail (invalid)
leading 192.0.2.1 permerror pass
toobig 192.0.2.1 permerror (invalid)
short 192.0.2.1 permerror (invalid)
toplabel 192.0.2.1 permerror pass
percent 192.0.2.1 permerror pass
unclosed 192.0.2.1 permerror (invalid)
undefined 192.0.2.1 permerror (invalid)
helo 192.0.2.1 pass permerror
existshelo 192.0.2.1 pass temperror
dotted 192.0.2.1 fail (invalid)
bare 192.0.2.1 permerror (invalid)
argument 192.0.2.1 permerror (invalid)
colons 192.0.2.1 permerror pass
count 192.0.2.1 fail pass
outer 192.0.2.1 permerror pass
void 192.0.2.1 permerror pass
manymx 192.0.2.2 permerror pass
plain ::ffff:192.0.2.1 pass fail
none 127.0.0.3 none pass
none ::1 none pass
a..b 192.0.2.1 none (invalid)
""".splitlines()
"""The same with the results by the standard and by the library where these differ."""

QUESTIONS: list[tuple[str, str, str, str]] = [
    (f"u@{domain}.test", client, results[0], results[-1])
    for domain, client, *results in (line.split() for line in [*SAME, *DIFFERENT])
]
QUESTIONS += [
    ("joe+tag@exists.test", "192.0.2.1", "pass", "pass"),
    ("jim+tag@exists.test", "192.0.2.1", "fail", "fail"),
    ("plain.test", "192.0.2.1", "pass", "pass"),
    ("@plain.test", "192.0.3.1", "fail", "fail"),
    ("@", "192.0.2.1", "none", "(invalid)"),
]
"""Sender, client, result by the standard, result by the library."""
