"""What sessions log as log_selector says, and their limits, as with the real Exim."""

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
qualify_domain = example.test
spool_directory = @DIR@
log_file_path = @DIR@/log-%s
timezone = UTC
keep_environment =
smtp_banner = ready
acl_smtp_rcpt = accept
@MORE@
begin acl
drops:
  drop condition = ${if eq{$sender_helo_name}{drop}}
       message = no
  accept
denies:
  deny
each:
  deny condition = ${if eq{$local_part}{d}}
       message = not $local_part
  defer condition = ${if eq{$local_part}{e}}
  accept
ended:
  accept logwrite = ended: $smtp_notquit_reason
empty:
"""
NO_TLS = "tls_advertise_hosts =\n"
SELECTORS = (
    f"{NO_TLS}acl_smtp_helo = drops\nacl_smtp_notquit = ended\nlog_selector = +smtp_connection +smtp_no_mail "
    "+smtp_incomplete_transaction +incoming_interface +incoming_port +subject +pipelining "
    "+received_recipients +received_sender +8bitmime +smtp_protocol_error +smtp_syntax_error\n"
)
QUIET = (
    f"{NO_TLS}log_selector = -connection_reject -etrn -size_reject -lost_incoming_connection "
    "-sender_verify_fail\n"
)
MAIL = "EHLO a\nMAIL FROM:<a@b>\nRCPT TO:<c@y.test>\nRCPT TO:<d@y.test>\n"
MESSAGE = 'DATA\nSubject: =?utf-8?q?a=C3=A4b?= "q"\n\nbody\n.\n'
PRDR = f"{NO_TLS}prdr_enable\nacl_smtp_data_prdr = each\n"
LONG = f"DATA\nA: {'x' * 200}\nB: c\n\nbody\n.\nQUIT\n"
SLOW = (
    "smtp_ratelimit_hosts = *\nsmtp_ratelimit_mail = 1,10ms,1.5,20ms\nsmtp_ratelimit_rcpt = 1,0.01s,2,0.02s\n"
)
CASES = {
    "quit": (SELECTORS, f"{MAIL}QUIT\n"),
    "message": (SELECTORS, f"{MAIL}{MESSAGE}MAIL FROM:<a@b>\n"),
    "reset": (SELECTORS, f"{MAIL}RSET\nQUIT\n"),
    "dropped": (SELECTORS, "HELO drop\n"),
    "dropped in a message": (SELECTORS, f"{MAIL}EHLO drop\n"),
    "without mail": (SELECTORS, "EHLO a\nQUIT\n"),
    "nothing": (SELECTORS, ""),
    "unknown": (SELECTORS, f"{MAIL}FOO\nFOO\nFOO\nFOO\nFOO\n"),
    "mistakes": (SELECTORS, f"{MAIL}MAIL FROM:<x@y>\nMAIL\nRCPT\nDATA x\nETRN #x\n"),
    "hellos": (SELECTORS, "EHLO a_b\n" * 5),
    "not of mail": (SELECTORS, f"{MAIL}NOOP\n" + "NOOP\n" * 12),
    "gone in the header": (SELECTORS, f"{MAIL}DATA\nA: b\nB"),
    "gone after the header": (SELECTORS, f"{MAIL}DATA\nA: b\n"),
    "gone in the body": (SELECTORS, f"{MAIL}DATA\nA: b\n\nxx\n"),
    "gone in a chunk": (SELECTORS, f"{MAIL}BDAT 10\nabc"),
    "unqualified": (SELECTORS, "EHLO a\nMAIL FROM:<a>\nMAIL FROM:<a@b>\nRCPT TO:<c>\nQUIT\n"),
    "quiet": (f"{QUIET}message_size_limit = 10\n", f"{MAIL}{MESSAGE}MAIL FROM:<a@b> SIZE=99\n"),
    "quiet, refused": (f"{QUIET}acl_smtp_connect = denies\n", "QUIT\n"),
    "quiet, unwanted": (f"{QUIET}host_reject_connection = *\n", "QUIT\n"),
    "quiet, lost": (f"{QUIET}acl_smtp_etrn = accept\n", f"ETRN #x\n{MAIL}"),
    "quit refused": (f"{NO_TLS}acl_smtp_quit = denies\n", "QUIT\n"),
    "end refused": (f"{NO_TLS}acl_smtp_notquit = denies\n", "HELO a\n"),
    "no more messages": (f"{NO_TLS}smtp_accept_max_per_connection = 1\n", f"{MAIL}RSET\n{MAIL}QUIT\n"),
    "each": (PRDR, f"{MAIL.replace('<a@b>', '<a@b> PRDR')}RCPT TO:<e@y.test>\n{MESSAGE}QUIT\n"),
    "each refused": (PRDR, f"{MAIL.replace('<a@b>', '<a@b> PRDR').replace('c@', 'd@')}{MESSAGE}QUIT\n"),
    "long header": (f"{NO_TLS}header_maxsize = 100\n", f"{MAIL}{LONG}"),
    "long line": (f"{NO_TLS}header_line_maxsize = 100\n", f"{MAIL}{LONG}"),
    "slow": (f"{NO_TLS}{SLOW}", f"{MAIL}RSET\n{MAIL}QUIT\n"),
    "bad limit": (f"{NO_TLS}message_size_limit = ${{if eq{{}}{{}}{{10x}}}}\n", f"{MAIL}QUIT\n"),
    "empty ACL": (f"{NO_TLS}acl_smtp_mail = empty\n", f"{MAIL}QUIT\n"),
    "no TLS": ("tls_certificate = /nothing/here\n", "EHLO a\nSTARTTLS\nQUIT\n"),
    "TLS": ("acl_smtp_notquit = ended\n", "EHLO a\nSTARTTLS\nQUIT\n"),
    "TLS refused": ("acl_smtp_starttls = denies\n", "EHLO a\nSTARTTLS\nHELP\nQUIT\n"),
}
IDENTIFICATION = re.compile(rb"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b| D=[0-9]+s")


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o777)
        yield Path(path)


def answers(command: list[str], directory: Path, data: bytes) -> tuple[int, bytes, bytes]:
    """The exit status, what the client sees, and what is told and logged, but for what changes."""
    done = subprocess.run(
        [*command, "-C", str(directory / "conf"), *"-bh 192.0.2.1.44 -oMi 10.0.0.1.25 -oMt ann".split()],
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC"},
    )
    return done.returncode, IDENTIFICATION.sub(b"#", done.stdout), IDENTIFICATION.sub(b"#", done.stderr)


@pytest.mark.parametrize("name", CASES)
def test_sessions(open_path: Path, name: str) -> None:
    more, session = CASES[name]
    config = CONFIG.replace("@MORE@\n", more).replace("@DIR@", str(open_path))
    (open_path / "conf").write_text(config)
    data = session.replace("\n", "\r\n").encode()
    assert PROGRAM is not None
    expected = answers([PROGRAM], open_path, data)
    assert answers([sys.executable, "-m", "expander"], open_path, data) == expected
