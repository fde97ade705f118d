"""What is sent together and what before a delay, as with the real Exim."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from callout_lab import COMMANDS

pytestmark = pytest.mark.exim

CONFIG = """\
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log-%s
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
begin acl
mail:
  accept senders = no@a.test
         control = no_delay_flush
  accept
rcpt:
  accept delay = 1s
"""
RCPT = "RCPT TO:<b@b.test>"
SESSIONS = {
    "usually": f"MAIL FROM:<a@a.test>\n{RCPT}\n{RCPT}",
    "not before delays": f"MAIL FROM:<no@a.test>\n{RCPT}\nRSET\nMAIL FROM:<a@a.test>\n{RCPT}",
}
TOGETHER = 0.5
"""What comes within so many seconds was sent at once."""


def _sent(command: list[str], directory: Path, lines: str) -> list[str]:
    """What the client gets, in the pieces in which it comes."""
    program = subprocess.Popen(
        [*command, "-C", str(directory / "conf"), "-odq", "-oMa", "192.0.2.1", "-bs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12"},
    )
    assert program.stdin is not None
    assert program.stdout is not None
    pieces: list[str] = []
    with program:
        data = f"EHLO c.test\n{lines}\nQUIT\n".replace("\n", "\r\n")
        program.stdin.write(data.encode())
        program.stdin.close()
        last = 0.0
        while text := os.read(program.stdout.fileno(), 65536).decode():
            now = time.monotonic()
            if now - last < TOGETHER:
                pieces[-1] += text
            else:
                pieces.append(text)
            last = now
    return pieces


@pytest.mark.parametrize("name", SESSIONS)
def test_output_is_sent_before_delays(name: str) -> None:
    with tempfile.TemporaryDirectory() as path:
        directory = Path(path)
        directory.chmod(0o777)
        (directory / "spool").mkdir()
        (directory / "spool").chmod(0o777)
        (directory / "conf").write_text(CONFIG.replace("@DIR@", path))
        real, own = (_sent(command, directory, SESSIONS[name]) for command in COMMANDS)
    assert own == real
