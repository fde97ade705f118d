"""How a session on standard input ends whose client says nothing for too long."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("said", "closes", "status"),
    [
        (b"", False, 1),
        (b"HELO c\r\n", False, 1),
        (b"HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nabc\r\n", False, 1),
        (b"HELO c\r\n", True, 0),
        (b"QUIT\r\n", True, 0),
    ],
)
def test_a_silent_client_is_a_failure(tmp_path: Path, said: bytes, closes: bool, status: int) -> None:
    config = tmp_path / "exim.conf"
    config.write_text("smtp_receive_timeout = 1s\nacl_smtp_rcpt = accept\n")
    command = [sys.executable, "-m", "expander", "-C", str(config), "-bh", "192.0.2.1"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        process.stdin.write(said)
        process.stdin.flush()
        if closes:
            process.stdin.close()
        assert process.wait(60) == status
