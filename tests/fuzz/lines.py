"""Lines of configurations and of messages, and how a text of such lines is changed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fuzz.writer import Writer

CONFIGURATION = r"""
#|A = b|A == c|AA == A A|B = A${lc:A}|.ifdef A|.ifndef B|.elifdef A|.else|.endif|.include /y|.include y
.include_if_exists /z|.foo|primary_hostname = A|hide no_|domainlist d = a : +d : \|   b : !c
hostlist h = <; 1 ; 2
begin acl|begin routers|begin transports|begin retry|begin rewrite|begin authenticators|begin nosuch|begin
a:|  accept hosts = +d|  deny !condition = ${if eq{a}|message = x|  driver = accept|  driver = smtp
  transport = t|  driver = redirect|  data = ${lookup{$local_part}lsearch{/etc/aliases}}|  driver = appendfile
  file = /x/$domain
* * F,2h,15m; G,16h,1h,1.5|*@a $1@b Ff|"|=|acl_smtp_rcpt = a|\|  set acl_m1 = \xe9|  x = "a\nb" # c|endpass
log_selector = +all -foo|message_size_limit = 5Q|  control = dkim_disable_verify|  driver = manualroute
  route_list = * a::b byname|qualify_domain = "x\ty|timeout_frozen_after = 1w2d|never_users = root:a
  driver = plaintext|  public_name = PLAIN|  server_condition = ${if and{{!eq{$auth1}{}}}}
  warn log_message = x
""".replace("\n", "|").split("|")

MESSAGE = r"""
From: Joe <joe@example.com>|To: amy@example.org, (x (y)) "q u"@b, list: a@b, c;|Cc: <@r,@s:j@k>
Bcc: x|Sender: a
Subject: =?utf-8?q?a=20b?=|Subject: =?iso-8859-1?B?5A==?= =?utf-8?B?w6Q=?=|Reply-To: <>|Date: x|.|..||:|a b: c
From joe@x Mon Jan  1 00:00:00 2024|Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000|Return-Path: <a@b>
Message-ID: <a@b>|Resent-To: z@y|X-A: a:b:<;c|X-A: ^.*@|X-A: !a:*.b:+c:@[]:192.0.2.0/24
X-A: {"a":[1]}|To: a@[1:2::3]
X-A: a=b c="d e"|	a folded line| x|a body|Resent-Bcc: q|Apparently-To: p|To: =?x|To: "|To: (
To: <|To: [1.2.3.4]
""".replace("\n", "|").split("|")

MESSAGES = ("\n".join(MESSAGE), "\r\n".join(MESSAGE), *(f"{line}\n\nbody\n" for line in MESSAGE))
ENDS = ("\n", "\n", "\n", "\n", "\r\n", "\r", "")


def changed(random: Random, text: str, known: list[str], writer: Writer) -> str:
    """The text with a line less, more, doubled, swapped, or changed inside."""
    lines = text.split("\n")
    at = random.randrange(len(lines))
    kind = random.randrange(7)
    if kind < 2:
        lines.insert(at, random.choice(known))
    elif kind == 2:
        del lines[at]
    elif kind == 3:
        lines[at] = writer.changed(random, lines[at])
    elif kind == 4:
        lines.insert(at, f"{random.choice(known)} {writer.text(random, 2)}")
    elif kind == 5:
        lines[at] = (lines[at] + random.choice(ENDS)) * random.choice((1, 2, 40))
    else:
        other = random.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at] + random.choice(known)
    return "\n".join(lines)
