"""Domains that the DNS completes are put into the header lines, unless ``rewrite_headers`` is off."""

from __future__ import annotations

import pytest

from expander.configuration import load
from expander.world.memory import MemoryWorld

CONFIG = """\
primary_hostname = mail.example.com
spool_directory = /var/spool/exim
exim_user = 93
exim_group = 93
begin routers
wide:
  driver = dnslookup
  widen_domains = fict.example
  @OPTION@
  transport = smtp
begin transports
smtp:
  driver = smtp
begin retry
* * F,2h,10m
"""
ZONES = {"fict.example": "klingon A 198.51.100.9\n"}
MESSAGE = b"""\
From: Kahless <k@klingon>
To: one@klingon, two@other.example
Subject: k@klingon

body
"""


@pytest.mark.parametrize(
    ("option", "domain"), [("", "klingon.fict.example"), ("rewrite_headers = no", "klingon")]
)
def test_domains_that_were_made_longer(option: str, domain: str) -> None:
    config = load(
        CONFIG.replace("@OPTION@", option).encode(),
        world=MemoryWorld({"/var/spool/": ""}, zones=ZONES),
        profile="debian-12",
    )
    delivered = config.deliver(MESSAGE, "one@klingon", sender="s@x.example")
    [outcome] = delivered.outcomes
    assert (outcome.address, outcome.outcome) == ("one@klingon.fict.example", "delivered")
    [message] = outcome.sent[0].messages
    assert f"From: Kahless <k@{domain}>\r\n".encode() in message
    assert f"To: one@{domain},".encode() in message
    assert b"Subject: k@klingon\r\n" in message
