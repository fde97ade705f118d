"""What ``-bhc`` tells of callouts, and how far to the right."""

from __future__ import annotations

from pathlib import Path

import pytest

from callout_lab import COMMANDS, answers, nest, write
from smtp_peer import smtp_peer

DATA = b"EHLO c.test\r\nMAIL FROM:<s@z.test>\r\nRCPT TO:<a@z.test>\r\nQUIT\r\n"
OF_OLD = (
    "Attempting full verification using callout",
    "interface=NULL #",
    " Connecting to 127.0.0.1 [127.0.0.1]#  127.0.0.1 in hosts_try_fastopen? yes (matched",
    "  connected",
    "cmdlog: '220:EHLO:250-:MAIL:250:RCPT:250:QUIT:221'",
    " wrote callout cache domain record for z.test:",
    "   result=1 postmaster=0 random=0",
)
NEWER = (
    "Attempting full verification using callout",
    "interface=NULL #",
    "  Connecting to 127.0.0.1 [127.0.0.1]#",
    "  127.0.0.1 in hosts_try_fastopen?",
    "  connected",
    "cmdlog: '220:EHLO:250-:MAIL:250:RCPT:250:QUIT:221'",
    "  wrote callout cache domain record for z.test:",
    "    result=1 postmaster=0 random=0",
)


@pytest.mark.parametrize(("profile", "expected"), [("debian-12", OF_OLD), ("4.99", NEWER)])
def test_steps_are_indented_but_for_some(tmp_path: Path, profile: str, expected: tuple[str, ...]) -> None:
    with smtp_peer({}) as peer:
        write(tmp_path, verify="recipient/callout", port=str(peer.port))
        nest(tmp_path)
        told = answers(COMMANDS[1], tmp_path, "-bhc", DATA, profile)[2]
    lines = [line.removeprefix(">>> ") for line in told.splitlines()]
    for words in expected:
        assert any(line.startswith(words) for line in lines), (words, told)
