"""ATRN: who may use it, what the ACL and `atrn_domains` say, and how far it goes. See RFC 2645."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALLER = "someone:4711:4711:Some One:/home/someone:"
CONFIG = """\
primary_hostname = mx.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log-%s
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
queue_only
trusted_users = @USER@
acl_smtp_rcpt = accept
@MAIN@
begin acl
check:
  deny condition = ${if eq{$smtp_command_argument}{no.test}}
  defer message = 453 You have no mail
       !atrn_domains = <, ${map{<, $smtp_command_argument}\\
         {${if inlist{$item}{a.test:b.test}{$value}}}}
  accept
begin authenticators
pl:
  driver = plaintext
  public_name = PLAIN
  server_condition = yes
  server_set_id = $auth2
"""
AUTH = "AUTH PLAIN AHUAcA=="
MAIL = "MAIL FROM:<>\nRCPT TO:<x@b.test>\nDATA\nSubject: hi\n\nbody\n."


def _run(folder: Path, lines: str, *arguments: str, profile: str = "4.99") -> tuple[str, str]:
    """What the client sees, and what is told."""
    data = "".join(f"{line}\r\n" for line in f"EHLO c.test\n{lines}\nQUIT".split("\n")).encode()
    done = subprocess.run(
        [sys.executable, "-m", "expander", "-C", str(folder / "conf"), *arguments],
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "EXIMULATE_PROFILE": profile, "EXIMULATE_CALLER": CALLER},
    )
    return done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration and an empty spool."""
    _write(tmp_path, "acl_smtp_atrn = check")
    (tmp_path / "spool").mkdir()
    return tmp_path


def _write(folder: Path, main: str) -> None:
    text = CONFIG.replace("@DIR@", str(folder)).replace("@MAIN@", main)
    (folder / "conf").write_text(text.replace("@USER@", CALLER.partition(":")[0]))


def _asked(folder: Path, lines: str, profile: str = "4.99") -> str:
    return _run(folder, lines, "-bh", "192.0.2.1", profile=profile)[0]


def test_the_command_is_offered_where_the_option_names_an_acl(folder: Path) -> None:
    assert "250-ATRN\r\n" in _asked(folder, "NOOP")
    assert " ATRN" in _asked(folder, "HELP").partition("Commands supported")[2]
    _write(folder, "acl_smtp_atrn = ${if eq{$received_port}{366}{check}}")
    seen = _asked(folder, f"{AUTH}\nATRN")
    assert "250-ATRN" not in seen
    assert "502 ATRN command used when not advertised\r\n" in seen


def test_the_command_is_not_known_to_earlier_releases(folder: Path) -> None:
    _write(folder, "")
    text = (folder / "conf").read_text()
    head, _, tail = text.partition("  deny condition")
    (folder / "conf").write_text(f"{head}  accept\n{tail[tail.index('begin auth') :]}")
    seen = _asked(folder, f"{AUTH}\nATRN", profile="4.98")
    assert "500 unrecognized command\r\n" in seen


def test_the_client_has_to_be_authenticated_and_outside_of_a_message(folder: Path) -> None:
    assert "530 ATRN is not permitted without authentication\r\n" in _asked(folder, "ATRN")
    seen = _asked(folder, f"{AUTH}\nMAIL FROM:<>\nATRN")
    assert "503 ATRN is not permitted inside a transaction\r\n" in seen


def test_the_acl_decides(folder: Path) -> None:
    seen, told = _run(folder, f"{AUTH}\nATRN no.test", "-bh", "192.0.2.1")
    assert "550 Administrative prohibition\r\n" in seen
    assert "LOG: ATRN 'no.test' received from (c.test) [192.0.2.1]" in told
    assert "rejected ATRN no.test" in told


def test_there_is_mail_for_a_domain_or_there_is_none(folder: Path) -> None:
    assert "453 You have no mail\r\n" in _asked(folder, f"{AUTH}\nATRN b.test,a.test")
    _run(folder, MAIL, "-bs")
    assert "453 You have no mail\r\n" in _asked(folder, f"{AUTH}\nATRN a.test")
    seen, told = _run(folder, f"{AUTH}\nATRN a.test,b.test", "-bh", "192.0.2.1")
    assert seen.endswith("250 ODMR provider turning line around\r\n")
    assert "turning the line around for ATRN is not supported by eximulate yet" in told


def test_a_list_from_outside_is_refused(folder: Path) -> None:
    text = (folder / "conf").read_text()
    head, _, tail = text.partition("<, ${map")
    (folder / "conf").write_text(f"{head}$smtp_command_argument\n  accept\n{tail.partition('accept')[2]}")
    seen, told = _run(folder, f"{AUTH}\nATRN b.test", "-bh", "192.0.2.1")
    assert "451 Temporary local problem" in seen
    assert "attempt to use tainted list 'b.test'" in told


def test_a_batch_takes_it_for_nothing(folder: Path) -> None:
    seen, told = _run(folder, f"ATRN b.test\n{MAIL}", "-bS")
    assert (seen, told) == ("", "")
    assert len(list((folder / "spool" / "input").glob("*-H"))) == 1
