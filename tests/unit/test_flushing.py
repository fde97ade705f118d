"""When a session sends what it has said: before it lets the client wait, unless a control forbids it.

See "control = no_delay_flush" and "control = no_callout_flush" in the manual.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from expander.testing.virtual import VirtualWorld
from smtp_server import serving

ACLS = """\
primary_hostname = mx.test
smtp_banner = ready
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
begin acl
mail:
  accept senders = delays@a.test
         control = no_delay_flush
  accept senders = callouts@a.test
         control = no_callout_flush
  accept
rcpt:
  require verify = recipient/callout
          delay = 1s
  accept
begin routers
there:
  driver = manualroute
  route_list = * 192.0.2.9
  transport = smtp
begin transports
smtp:
  driver = smtp
"""
SERVED = """\
primary_hostname = mx.test
smtp_banner = ready
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept local_parts = late
         control = no_delay_flush
         delay = 1s
  accept delay = 1s
"""
BEFORE = ["MAIL FROM:<delays@a.test>"]
OFTEN = ["RCPT TO:<a@b.test>", "RCPT TO:<a@b.test>"]
"""The second time the cache knows what a callout has found out."""


def _events(*commands: str) -> list[str]:
    """What a session asks to be sent before what: the controls that it heeds, and the peer's commands."""
    happened: list[str] = []
    world = VirtualWorld()
    peer = world.smtp_peer("192.0.2.9", {})
    session = world.load(ACLS.encode(), profile="debian-12").session("198.51.100.7")

    def flush(control: str) -> None:
        happened.append(f"{control} {len(peer.heard)}")

    session.machine.flush_with = flush
    for command in ("EHLO c", *commands):
        session.command(command)
    return happened


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["MAIL FROM:<x@a.test>", *OFTEN], ["no_callout_flush 0", "no_delay_flush 4", "no_delay_flush 4"]),
        ([*BEFORE, *OFTEN], ["no_callout_flush 0"]),
        (["MAIL FROM:<callouts@a.test>", *OFTEN], ["no_delay_flush 4", "no_delay_flush 4"]),
        ([*BEFORE, "RSET", "EHLO d", "MAIL FROM:<x@a.test>", *OFTEN], ["no_callout_flush 0"]),
    ],
    ids=["usually", "not before delays", "not before callouts", "for the session"],
)  # fmt: skip
def test_output_is_sent_before_the_client_waits(commands: Sequence[str], expected: Sequence[str]) -> None:
    assert _events(*commands) == expected


def test_a_server_sends_replies_between_delays(tmp_path: Path) -> None:
    with serving(tmp_path, SERVED) as server, closing(server.client()) as client:
        client.reply()
        client.ask("EHLO c.test", "MAIL FROM:<>")
        for name, expected in (("a", [1, 2]), ("late", [2, 2])):
            begin, found = time.monotonic(), []
            client.send(f"RCPT TO:<{name}@b.test>\r\n".encode() * 2)
            for _ in range(2):
                assert client.reply() == "250 Accepted"
                found.append(round(time.monotonic() - begin))
            assert found == expected
