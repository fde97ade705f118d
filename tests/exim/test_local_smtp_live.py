"""How sessions and batches on standard input end: replies, statuses, and in which line a batch went wrong."""

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

pytestmark = pytest.mark.exim

CONFIG = """\
primary_hostname = mail.example.test
keep_environment =
spool_directory = @DIR@/spool
log_file_path = @DIR@/%slog
timezone = UTC
log_selector = +smtp_syntax_error +smtp_protocol_error
acl_smtp_mail = senders
acl_smtp_rcpt = accept
smtp_accept_max_nonmail = 3
smtp_max_synprot_errors = 2
smtp_max_unknown_commands = 2
message_size_limit = 60
begin acl
senders:
  drop senders = drop@x.test
  accept
"""
BEGIN = "MAIL FROM:<a@b.test>\nRCPT TO:<c@d.test>\nDATA\n"
COMMANDS = (
    "EHLO x\nxx\nyy\nzz\n",
    "EHLO x\nNOOP\nNOOP\nNOOP\nNOOP\nNOOP\n",
    "EHLO x\nMAIL FROM:<drop@x.test>\nNOOP\n",
    "EHLO x\n",
    "",
    "EHLO x\nQUIT\n",
    "EHLO x\nQUIT",
    "EHLO x\nNOOP",
    "EHLO x\nNO\0OP\nHE\0LP\nM\0\n",
    "EHLO x\nXY\0Z\nQUIT\n",
    "EHLO x\0y\nMAIL FROM:<a\0@b.test>\nQUIT\0\n",
    "EHLO x\nxx  \n",
)
MUCH = "abcdef\n" * 30
BODIES = (
    "", "S: x", "S: x\n", "S: x\n\n", "S: x\n\nb", "\n", "b\n", "b\nc\n", "\nb", "S: x\n\nb\n.", ".\nzz\n",
    "S: x\n.\nzz\n", "S: x\n\n.\nzz\n", "\n.\nzz\n", "b\n.\nzz\n", "b\nc\n.\nzz\n", "S: x\n\n..\n.\nzz\n",
    "S: x\n y\n\n.\nzz\n",
    *(f"S: x\nT: y\n\n{'a' * length}\n{MUCH}.\nzz\n" for length in range(7)),
    f"S: {'x' * 30}\nT: {'y' * 30}\nU: z\n\n{MUCH}.\nzz\n",
)  # fmt: skip
NORMAL = (rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d |[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|(?m:^220 .*$)", b"")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o777)
        yield Path(path)


def told(folder: Path, program: list[str], mode: str, data: bytes) -> list[object]:
    """The status, both streams and the log."""
    (folder / "conf").write_text(CONFIG.replace("@DIR@", str(folder)))
    (folder / "mainlog").unlink(missing_ok=True)
    environment = {"PATH": os.environ["PATH"], "EXIMULATE_PROFILE": "debian-12"}
    done = subprocess.run(
        [*program, "-C", str(folder / "conf"), "-odq", mode],
        input=data,
        capture_output=True,
        check=False,
        env=environment,
    )
    log = (folder / "mainlog").read_bytes() if (folder / "mainlog").exists() else b""
    return [done.returncode, *(re.sub(*NORMAL, text) for text in (done.stdout, done.stderr, log))]


@pytest.mark.parametrize("mode", ["-bs", "-bS"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [*COMMANDS, *(f"EHLO x\n{BEGIN}{body}" for body in BODIES)])
def test_it_ends_as_with_exim(folder: Path, text: str, ending: str, mode: str) -> None:
    assert PROGRAM is not None
    data = text.replace("\n", ending).encode("latin-1")
    ours = told(folder, [sys.executable, "-m", "expander"], mode, data)
    assert ours == told(folder, [PROGRAM], mode, data)
