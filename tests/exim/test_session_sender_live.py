"""Who sends what comes over SMTP on standard input, as variables, spool files and the real Exim tell it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from real_exim import PROGRAM

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may use another spool"),
]
ROOT = Path(__file__).parents[2]
CONFIG = """\
primary_hostname = a.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
acl_smtp_connect = connect
acl_smtp_mail = who
acl_smtp_rcpt = accept
acl_smtp_data = who
acl_not_smtp = who
queue_only
keep_environment =
begin acl
connect:
  accept message = WHO
who:
  warn message = X-Who: WHO
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth3}{secret}}
  server_set_id = $auth2
"""
WHO = (
    "sender=<$authenticated_sender> id=<$authenticated_id> ident=<$sender_ident> "
    "by=<$sender_host_authenticated> from=<$sender_address> protocol=<$received_protocol>"
)
SESSION = (
    "EHLO x\r\n"
    "MAIL FROM:<>\r\nRCPT TO:<q@z>\r\nDATA\r\n\r\n1\r\n.\r\n"
    "AUTH PLAIN AGFhAHg=\r\nAUTH PLAIN AGFhAHNlY3JldA==\r\n"
    "MAIL FROM:<a@b>\r\nRCPT TO:<q@z>\r\nDATA\r\n\r\n2\r\n.\r\n"
    "MAIL FROM:<a@b> AUTH=g@h\r\nRCPT TO:<q@z>\r\nDATA\r\n\r\n3\r\n.\r\nQUIT\r\n"
)
BATCH = (
    "MAIL FROM:<a@b>\r\nRCPT TO:<q@z>\r\nDATA\r\n\r\n1\r\n.\r\n"
    "MAIL FROM:<>\r\nRCPT TO:<q@z>\r\nDATA\r\n\r\n2\r\n.\r\n"
)
TOLD = ["-oMai", "me", "-oMas", "bar@x", "-oMr", "proto"]
PEER = ["-oMa", "192.0.2.1"]


@pytest.fixture(name="folder")
def fixture_folder() -> Iterator[Path]:
    """A folder that Exim's user can reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def told(program: list[str], directory: Path, arguments: list[str], text: str) -> list[str]:
    """What the client is told, and what the spool files say of the sender."""
    directory.mkdir()
    directory.chmod(0o777)
    for name in ("spool", "log"):
        (directory / name).mkdir(mode=0o777)
        (directory / name).chmod(0o777)
    config = directory / "exim.conf"
    config.write_text(CONFIG.replace("WHO", WHO).replace("@DIR@", str(directory)), encoding="utf-8")
    done = subprocess.run(
        [*program, "-C", str(config), *arguments],
        input=text.encode(),
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12"},
        timeout=60,
    )
    said = [line for line in done.stdout.decode().splitlines() if not line.startswith("250")]
    kept = [
        line
        for path in sorted(directory.glob("spool/input/*-H"))
        for line in path.read_text("latin-1").splitlines()
        if re.match(r"-auth|-ident|-local|-received_protocol|<|\d+  X-Who", line)
    ]
    return [re.sub(r"id=\S{16}$", "id=", line) for line in said] + kept


@pytest.mark.parametrize("extra", [[], PEER, TOLD, [*PEER, *TOLD]], ids=" ".join)
@pytest.mark.parametrize(("mode", "text"), [("-bs", SESSION), ("-bS", BATCH)])
def test_of_a_session_on_standard_input(folder: Path, mode: str, text: str, extra: list[str]) -> None:
    assert PROGRAM is not None
    ours = told([sys.executable, "-m", "expander"], folder / "ours", [mode, *extra], text)
    assert ours == told([PROGRAM], folder / "theirs", [mode, *extra], text)
    assert any("X-Who" in line for line in ours)


@pytest.mark.parametrize("extra", [[], TOLD], ids=" ".join)
def test_of_a_session_that_is_a_test(folder: Path, extra: list[str]) -> None:
    assert PROGRAM is not None
    arguments = ["-bh", "192.0.2.1", *extra]
    ours = told([sys.executable, "-m", "expander"], folder / "ours", arguments, SESSION)
    assert ours == told([PROGRAM], folder / "theirs", arguments, SESSION)
