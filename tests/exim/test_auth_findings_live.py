"""AUTH in sessions that once went otherwise than with the real Exim, and clients that send what is wrong."""

from __future__ import annotations

import re
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from exim.bh_sessions import Finding, talk
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

AUTHENTICATORS = """\
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{u}}{eq{$auth3}{p}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if eq{$auth1$auth2}{up}{yes}{${if eq{$auth1}{def}{later $auth2}{no}}}}
  server_set_id = id=$auth1
free:
  driver = plaintext
  public_name = FREE
  server_prompts = :
  server_condition = yes
  server_set_id = $auth1
ntlm:
  driver = spa
  public_name = NTLM
  server_password = secret
"""
WHO = (
    "acl_smtp_mail = who\nacl_smtp_rcpt = accept\nlog_selector = +smtp_protocol_error +smtp_syntax_error "
    "+smtp_no_mail +smtp_mailauth\n"
    "begin acl\nwho:\n  accept logwrite = <$authenticated_sender> <$authenticated_id> "
    "<$sender_host_authenticated> <$authenticated_fail_id> <$1> <$auth1> <$auth2> <$auth3>\n"
)
CONFIG = WHO + AUTHENTICATORS
WITH_ACL = (
    "acl_smtp_mailauth = ${if eq{$authenticated_sender}{no@x}{deny}"
    "{${if eq{$authenticated_sender}{later@x}{defer}{accept}}}}\n" + CONFIG
)
LONG = "A" * 12_000


def coded(text: str) -> str:
    """Text in base64."""
    return b64encode(text.encode()).decode()


FINDINGS = {
    "a mechanism that is not known": Finding(CONFIG, "EHLO x\nAUTH FOO\nAUTH F?\nAUTH\nQUIT"),
    "HELO takes back what EHLO has offered": Finding(CONFIG, "EHLO x\nHELO x\nAUTH PLAIN AHUAcA==\nQUIT"),
    "the variables end with the exchange": Finding(
        CONFIG,
        f"EHLO x\nAUTH LOGIN {coded('aa')}\n{coded('bb')}\nMAIL FROM:<a@b>\nRSET\n"
        f"AUTH LOGIN {coded('aa')}\nabc\nMAIL FROM:<a@b>\nRSET\n"
        "AUTH PLAIN AHUAcA==\nMAIL FROM:<a@b>\nRSET\nMAIL FROM:<a@b> AUTH=k@l\nQUIT",
    ),
    "an identity with a tab, and none": Finding(
        CONFIG,
        f"EHLO x\nAUTH LOGIN {coded(chr(9) + 'b')}\n{coded('c')}\nAUTH FREE AGFh\nMAIL FROM:<a@b> AUTH=k@l\n"
        "RCPT TO:<q@z>\nDATA\nSubject: a\tb\n\n.\nQUIT",
    ),
    "no mail, but somebody": Finding(CONFIG, f"EHLO x\nAUTH FREE {coded('a')}\nQUIT"),
    "senders that are claimed": Finding(
        WITH_ACL,
        "EHLO x\nMAIL FROM:<a@b> AUTH=no@x\nRSET\nMAIL FROM:<a@b> AUTH=later@x\nMAIL FROM:<a@b>\nRSET\n"
        "AUTH PLAIN AHUAcA==\nMAIL FROM:<a@b> AUTH=+00\nRSET\nMAIL FROM:<a@b> AUTH=a+2B+2b@x\nRSET\n"
        "MAIL FROM:<a@b> AUTH=a+2\nRSET\nMAIL FROM:<a@b> AUTH=a=b\nRSET\nMAIL FROM:<a@b> AUTH=<>\nQUIT",
    ),
    "base64 that is none": Finding(
        CONFIG,
        "EHLO x\nAUTH PLAIN !\nAUTH PLAIN a\nAUTH PLAIN ab\nAUTH PLAIN abc\nAUTH PLAIN abc=x\n"
        "AUTH PLAIN =ab=\nAUTH LOGIN\nab==cd\nAUTH LOGIN =\n\nAUTH LOGIN\nYQ== \nb \n"
        "AUTH NTLM\n!\nAUTH NTLM abc\nAUTH NTLM TlRM\n*\nQUIT",
    ),
    "lines that are too long": Finding(
        CONFIG,
        f"EHLO x\nAUTH PLAIN {LONG}\nAUTH PLAIN\n{LONG}\nAUTH LOGIN\n{'A' * 20_000}\nNOOP\nAUTH NTLM {LONG}\n"
        f"AUTH NTLM\n{LONG}\nFOO {LONG}\nQUIT",
    ),
    "many mistakes": Finding(CONFIG, "EHLO x\nFOO\ta\nFOO\x01\nAUTH FOO\nAUTH\nBAR \xe9\t\nQUIT"),
    "what is told may be too long": Finding(
        "acl_smtp_helo = h\nbegin acl\nh:\n"
        + "".join(f"  warn set acl_m1 = {'x' * size}\n" for size in (1980, 2022, 2023, 2024, 4000))
        + "  accept\n",
        "HELO x\nQUIT",
    ),
    "the client gives up": Finding(
        CONFIG, "EHLO x\nAUTH PLAIN\n*\nAUTH LOGIN\n* \nAUTH LOGIN YQ==\n*x\nAUTH NTLM\n*\nAUTH LOGIN"
    ),
    "who is asked about without a domain": Finding(
        "log_selector = +smtp_syntax_error\nacl_smtp_vrfy = accept\nacl_smtp_rcpt = accept\n",
        "HELO x\nVRFY x\nMAIL FROM:<>\nRCPT TO:<x>\nQUIT",
    ),
}


@pytest.fixture(name="folder")
def _folder() -> Iterator[Path]:
    """A folder that Exim's own user may use."""
    with tempfile.TemporaryDirectory(prefix="sessions-", dir="/tmp") as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.mark.parametrize("title", FINDINGS)
def test_the_session_is_as_with_exim(title: str, folder: Path) -> None:
    assert PROGRAM is not None
    ours = lines_of(talk([sys.executable, "-m", "expander"], folder, FINDINGS[title]))
    assert ours == lines_of(talk([PROGRAM], folder, FINDINGS[title]))
    assert not any("Traceback" in line for line in ours)


def lines_of(found: tuple[str, str]) -> list[str]:
    """What is said and told, without names of messages and times."""
    return re.sub(r"D=\d+s|id=\S{16}\b|334 TlRM\S+", "", "".join(found)).splitlines()
