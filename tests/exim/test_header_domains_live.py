"""Domains that a router changes, and the header lines of the message: eximulate beside the installed Exim."""

from __future__ import annotations

import re

import pytest
from installed import possible, root

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not possible(), reason="no name space to install an Exim in"),
]

CONFIG = """\
begin routers
short:
  driver = manualroute
  route_list = short 127.0.0.1
  self = reroute: @HOW@long.test
  transport = smtp
rest:
  driver = accept
  transport = box
begin transports
smtp:
  driver = smtp
box:
  driver = appendfile
  file = @DIR@/mail/box
  user = mail
begin rewrite
b@long.test  c@rewritten.test  ht
"""
MESSAGE = b"""\
From: Somebody <a@short>, x@other.test
To: "b" <b@SHORT> (comment), Group: d@short, e@else.test;
Cc: f@short.other, a@short
Reply-To: a@short
Subject: a@short
X-Mine: a@short

x a@short
"""
TIMES = re.compile(r"(?m)^(From |Received|\tid|\tby|\t\(|\tfor|Date|Message-Id|\t\w\w\w, ).*\n")


@pytest.mark.parametrize("how", ["rewrite: ", ""])
def test_header_lines_follow_where_that_is_wanted(how: str) -> None:
    with root(CONFIG.replace("@HOW@", how)) as system:
        kept = []
        for run in (system.exim, system.ours):
            system.clear()
            box = system.directory / "mail" / "box"
            box.unlink(missing_ok=True)
            run("-odi", "-f", "s@x.test", "d@short", data=MESSAGE)
            kept.append(TIMES.sub("", box.read_text()))
    assert kept[1] == kept[0]
    assert ("a@long.test" in kept[0]) is bool(how)
