"""The calling host in log lines and in Received:, as the real program shows it."""

from __future__ import annotations

import pytest

from drivers.values.peer import Peer

A = "10.9.8.7"


@pytest.mark.parametrize(
    ("peer", "full", "received"),
    [
        (Peer(""), "", ""),
        (Peer("", helo="h.test", ident="root"), "", ""),
        (Peer(A), "[10.9.8.7]", "[10.9.8.7]"),
        (Peer(A, helo="h.test"), "(h.test) [10.9.8.7]", "[10.9.8.7] (helo=h.test)"),
        (
            Peer(A, helo="h.test", ident="id", port=25),
            "(h.test) [10.9.8.7]:25",
            "[10.9.8.7] (port=25 helo=h.test ident=id)",
        ),
        (Peer(A, helo="[10.9.8.7]"), "([10.9.8.7]) [10.9.8.7]", "[10.9.8.7]"),
        (Peer("::1", helo="[IPv6:::1]", ident="x"), "([IPv6:::1]) [::1]", "[::1] (ident=x)"),
        (Peer(A, "n.test", "[10.9.8.7]"), "n.test [10.9.8.7]", "n.test ([10.9.8.7])"),
        (Peer(A, "n.test", "N.TEST", "id"), "n.test [10.9.8.7]", "n.test ([10.9.8.7] ident=id)"),
        (Peer(A, "n.test", "h.test"), "n.test (h.test) [10.9.8.7]", "n.test ([10.9.8.7] helo=h.test)"),
        (
            Peer(A, "n.test", "h.test", "id", 25),
            "n.test (h.test) [10.9.8.7]:25",
            "n.test\n\t([10.9.8.7]:25 helo=h.test ident=id)",
        ),
    ],
)
def test_descriptions(peer: Peer, full: str, received: str) -> None:
    assert peer.full_host == full
    assert peer.received_host == received
