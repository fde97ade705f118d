"""How a session on standard input ends whose client says nothing for too long, and what the log says."""

from __future__ import annotations

import os
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


@pytest.mark.parametrize(("may_set", "sender"), [(False, "ann@mail.example.test"), (True, "a@b.test")])
def test_the_log_names_the_sender_that_counts(tmp_path: Path, may_set: bool, sender: str) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(
        f"primary_hostname = mail.example.test\nspool_directory = {tmp_path}\n"
        f"log_file_path = {tmp_path}/%slog\nsmtp_receive_timeout = 1s\nacl_smtp_rcpt = accept\n"
        + ("untrusted_set_sender = *\n" if may_set else "")
    )
    environment = {**os.environ, "EXIMULATE_CALLER": "ann:1234:1234::/:ann", "EXIMULATE_PROFILE": "debian-12"}
    command = [sys.executable, "-m", "expander", "-C", str(config), "-bs"]
    said = b"HELO c\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\nSubject: x\r\n"
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdin is not None
        process.stdin.write(said)
        process.stdin.flush()
        assert process.wait(60) == 1
    assert f" on connection from local process F=<{sender}>" in (tmp_path / "mainlog").read_text()
