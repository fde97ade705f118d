"""``control = cutthrough_delivery``: replies, what the next host hears, and logs, as with Exim."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import rmtree

import pytest

from callout_lab import COMMANDS
from delivery_lab import server
from delivery_peer import Answer, DeliveryPeer
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
@MAIN@
acl_smtp_rcpt = check
acl_smtp_data = text
begin acl
check:
  accept local_parts = ^hold
    verify = recipient/callout=use_sender,hold,no_cache
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
  @TRANSPORT@
local:
  driver = appendfile
  file = /dev/null
@AUTH@
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
    "held for another callout": ("hold hold2", TAKES),
    "held before": ("hold a", TAKES),
    "held already": ("a hold", TAKES),
    "wanted too late": ("plain a", TAKES),
}


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o777)
        yield Path(path)


SECURE: Mapping[str, Answer] = {"EHLO": "250-peer\n250 STARTTLS"}
AUTH: Mapping[str, Answer] = {"EHLO": "250-peer\n250 AUTH PLAIN", "AUTH": "235 ok"}
PLAIN = "pl:\n  driver = plaintext\n  public_name = PLAIN\n  client_send = ^u^p\n  client_set_id = me\n"
ALL = (
    "log_selector = +all -arguments -pid -millisec -queue_time -queue_time_overall -deliver_time"
    " -receive_time"
)
REQUIRES_AUTH = "hosts_require_auth = *\n  authenticated_sender = x@y.test"
WITHOUT_TLS = frozenset({"AUTH", "AUTH is refused", "AUTH is put off", "required and not offered"})

WITH_TLS: dict[str, tuple[str, Mapping[str, Answer], str]] = {
    "taken": ("a b", SECURE, ""),
    "refused": ("a b", {**SECURE, "TEXT": "550-no\n550 never"}, ""),
    "deferred": ("a b", {**SECURE, "TEXT": "450 later"}, ""),
    "hangs up": ("pass", {**SECURE, "TEXT": ""}, ""),
    "hangs up at the recipient": ("pass", {**SECURE, "RCPT": ""}, ""),
    "required and not offered": ("pass", {}, "hosts_require_tls = *"),
    "not trusted": ("pass", SECURE, "hosts_require_tls = *\n  tls_verify_hosts = *"),
    "avoided by callouts": ("a", SECURE, "hosts_verify_avoid_tls = *"),
    "kept to itself": ("a", SECURE, "hosts_nopass_tls = *\n  hosts_noproxy_tls = *"),
    "smtps": ("a", {}, "protocol = smtps"),
    "AUTH": ("a b", AUTH, REQUIRES_AUTH),
    "AUTH is refused": ("pass b", {**AUTH, "AUTH": "535 no"}, REQUIRES_AUTH),
    "AUTH is put off": ("pass", {**AUTH, "AUTH": "435 no"}, REQUIRES_AUTH),
}


def _mail(recipients: str) -> bytes:
    given = "".join(f"RCPT TO:<{each}@z.test>\r\n" for each in recipients.split())
    return f"EHLO c.test\r\nMAIL FROM:<s@z.test>\r\n{given}DATA\r\n{TEXT}QUIT\r\n".encode()


def _prepare(folder: Path, port: int, **values: str) -> None:
    rmtree(folder / "spool", ignore_errors=True)
    (folder / "spool").mkdir()
    (folder / "spool").chmod(0o777)
    (folder / "mainlog").unlink(missing_ok=True)
    text = CONFIG.replace("@DIR@", str(folder)).replace("@PORT@", str(port))
    for name, value in values.items():
        text = text.replace(f"@{name.upper()}@", value)
    (folder / "conf").write_text(re.sub("@[A-Z]+@", "", text))


def _answers(command: list[str], folder: Path, data: bytes) -> tuple[str, str]:
    """What the client sees, and the log."""
    done = subprocess.run(
        [*command, "-C", str(folder / "conf"), "-odq", "-oMa", "192.0.2.1", "-bs"],
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC"},
    )
    log = (folder / "mainlog").read_text() if (folder / "mainlog").exists() else ""
    return done.stdout.decode("latin-1"), log


def _without_times(*texts: str) -> list[str]:
    return [_CHANGING.sub("#", text) for text in texts]


@pytest.mark.parametrize("name", CASES)
def test_cutthrough(open_path: Path, name: str) -> None:
    recipients, replies = CASES[name]
    found = []
    for command in COMMANDS:
        with smtp_peer(replies) as peer:
            _prepare(open_path, peer.port)
            done = _answers(command, open_path, _mail(recipients))
        found.append(_without_times(*done, "\n".join(peer.heard)))
    assert found[1] == found[0]


@pytest.mark.parametrize("name", WITH_TLS)
def test_cutthrough_with_tls_and_authentication(open_path: Path, name: str) -> None:
    recipients, replies, options = WITH_TLS[name]
    context = None if name in WITHOUT_TLS else server(open_path / "own.pem", "1.3")
    found = []
    for command in COMMANDS:
        with DeliveryPeer(replies, tls=context, at_once="smtps" in options) as peer:
            port = peer.port
            _prepare(open_path, port, main=ALL, transport=options, auth=f"begin authenticators\n{PLAIN}")
            seen, log = _answers(command, open_path, _mail(recipients))
        log = re.sub(r":\d{5}\b", "", log.replace(f":{port} ", " "))
        found.append([*_without_times(seen, log), [_without_times(*lines) for lines in peer.heard]])
    assert found[1] == found[0]
