"""Messages that one of both has left for a host are taken along by the other."""

from __future__ import annotations

import re
import subprocess
import time

import installed
import pytest
from installed import Installed, root

from delivery_peer import DeliveryPeer

pytestmark = [pytest.mark.exim, pytest.mark.skipif(not installed.possible(), reason="Exim cannot be run")]

CONFIG = """\
disable_ipv6
begin routers
remote:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = peer
begin transports
peer:
  driver = smtp
  port = @PORT@
  allow_localhost
begin retry
*  *  F,2h,15m
"""
MESSAGE = b"Subject: hello\n\ntext\n"
SEND = ("-odi", "-f", "a@example.test", "--")


def known(place: Installed) -> list[str]:
    """The messages that Exim's own program finds in the database."""
    argv = ["exim_dumpdb", str(place.directory / "spool"), "wait-peer"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return re.findall(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}", done.stdout)


@pytest.mark.parametrize("first", ["exim", "ours"])
def test_the_other_takes_them_along(first: str) -> None:
    busy = ["421 busy", "220 welcome"]
    with DeliveryPeer({"CONNECT": busy}) as peer, root(CONFIG.replace("@PORT@", str(peer.port))) as place:
        one, other = (place.exim, place.ours) if first == "exim" else (place.ours, place.exim)
        one(*SEND, "x@far.test", data=MESSAGE)
        one(*SEND, "y@far.test", data=MESSAGE)
        assert known(place) == place.queue
        other("-M", place.queue[0])
        for _ in range(100):  # Exim does not wait for the process that goes on with the connection
            if not place.queue:
                break
            time.sleep(0.1)
        assert not place.queue
    assert len(peer.heard) == 2
    assert [line for line in peer.heard[1] if line.startswith(("EHLO", "RCPT"))][1:] == [
        "RCPT TO:<x@far.test>",
        "RCPT TO:<y@far.test>",
    ]
