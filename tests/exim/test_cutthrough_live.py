"""``control = cutthrough_delivery``: replies, what the next host hears, and logs, as with Exim."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import rmtree

import pytest

from real_exim import PROGRAM
from smtp_peer import smtp_peer

pytestmark = pytest.mark.exim

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/%slog
timezone = UTC
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
acl_smtp_rcpt = check
acl_smtp_data = text
begin acl
check:
  accept local_parts = callout
    control = cutthrough_delivery
    verify = recipient/callout=use_sender
  accept local_parts = plain
  accept control = cutthrough_delivery${if eq{$local_part}{pass}{/defer=pass}}
text:
  deny condition = ${if eq{$recipients}{deny@z.test}}
    message = go away
  accept
begin routers
local:
  driver = accept
  local_parts = local
  transport = local
dead:
  driver = manualroute
  local_parts = dead
  route_list = * 127.0.0.1::1
  self = send
  transport = smtp
there:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  headers_add = X-Router: there
  transport = smtp
begin transports
smtp:
  driver = smtp
  port = @PORT@
local:
  driver = appendfile
  file = /dev/null
"""
_CHANGING = re.compile(
    r"\b\w{6}-\w{6,11}-\w{2,4}\b|\d\d:\d\d:\d\d|\w{3}, \d\d? \w{3} \d{4}|^\d{4}-\d\d-\d\d", re.MULTILINE
)
TEXT = "From: a@b.test\r\nSubject: hi\r\n\r\nbody\r\n..x\r\n.\r\n"
TAKES = {"DATA": "354 go on\r\n"}
OFFERS = "250-p\r\n250-SIZE 1\r\n250-CHUNKING\r\n250-PRDR\r\n250-DSN\r\n250-8BITMIME\r\n250 PIPELINING\r\n"

CASES: dict[str, tuple[str, Mapping[str, str]]] = {
    "taken": ("a b", TAKES),
    "offers": ("a b", {**TAKES, "EHLO": OFFERS}),
    "no EHLO": ("a", {**TAKES, "EHLO": "500 what\r\n"}),
    "EHLO for later": ("pass", {**TAKES, "EHLO": "421 later\r\n"}),
    "refused": ("a b", {**TAKES, ".": "550-no\r\n550 never\r\n"}),
    "deferred": ("a b", {**TAKES, ".": "450 later\r\n"}),
    "deferred and passed on": ("pass b", {**TAKES, ".": "450 later\r\n"}),
    "hangs up": ("a b", {**TAKES, ".": ""}),
    "hangs up and passed on": ("pass b", {**TAKES, ".": ""}),
    "DATA refused": ("a b", {"DATA": "451 not now\r\n"}),
    "recipient refused": ("a b", {**TAKES, "RCPT": "550 no such user\r\n"}),
    "second recipient refused": ("a b", {**TAKES, "RCPT TO:<b": "550 no such user\r\n"}),
    "second recipient deferred": ("a b", {**TAKES, "RCPT TO:<b": "450 later\r\n"}),
    "second recipient deferred and passed on": ("pass b", {**TAKES, "RCPT TO:<b": "450-x\r\n450 later\r\n"}),
    "recipient lost": ("pass b", {"RCPT": ""}),
    "sender refused": ("a", {"MAIL": "550 no\r\n"}),
    "sender deferred": ("pass", {"MAIL": "450 later\r\n"}),
    "turned away": ("pass", {"CONNECT": "421 later\r\n"}),
    "verified before": ("callout b", TAKES),
    "verified afterwards": ("a callout", TAKES),
    "text refused here": ("deny", TAKES),
    "local first": ("local a", TAKES),
    "local afterwards": ("a local", TAKES),
    "not reached": ("dead", TAKES),
    "second not reached": ("a dead", TAKES),
    "wanted too late": ("plain a", TAKES),
}


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o777)
        yield Path(path)


def _answers(command: list[str], folder: Path, data: bytes, replies: Mapping[str, str]) -> tuple[str, ...]:
    rmtree(folder / "spool", ignore_errors=True)
    (folder / "spool").mkdir()
    (folder / "spool").chmod(0o777)
    (folder / "mainlog").unlink(missing_ok=True)
    with smtp_peer(replies) as peer:
        config = CONFIG.replace("@DIR@", str(folder)).replace("@PORT@", str(peer.port))
        (folder / "conf").write_text(config)
        done = subprocess.run(
            [*command, "-C", str(folder / "conf"), "-odq", "-oMa", "192.0.2.1", "-bs"],
            input=data,
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC"},
        )
        heard = "\n".join(peer.heard)
    log = (folder / "mainlog").read_text() if (folder / "mainlog").exists() else ""
    seen = done.stdout.decode("latin-1")
    return tuple(_CHANGING.sub("#", text) for text in (seen, heard, log))


@pytest.mark.parametrize("name", CASES)
def test_cutthrough(open_path: Path, name: str) -> None:
    recipients, replies = CASES[name]
    given = "".join(f"RCPT TO:<{each}@z.test>\r\n" for each in recipients.split())
    data = f"EHLO c.test\r\nMAIL FROM:<s@z.test>\r\n{given}DATA\r\n{TEXT}QUIT\r\n".encode()
    assert PROGRAM is not None
    expected = _answers([PROGRAM], open_path, data, replies)
    assert _answers([sys.executable, "-m", "expander"], open_path, data, replies) == expected
