"""The verb that holds a session with standard input."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from expander.cli.verbs import run

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
tls_advertise_hosts =
smtp_banner = ready
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept domains = example.test
  deny   message = not here
         log_message = elsewhere
"""
SCRIPT = b"HELO c.test\nMAIL FROM:<a@c.test>\nRCPT TO:<x@example.test>\nRCPT TO:<x@far.test>\nQUIT\n"


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "conf"
    path.write_text(CONFIG)
    return str(path)


def give(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_replies_and_what_decided(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, SCRIPT)
    assert run(["session", config, "--peer", "192.0.2.7"]) == 3
    assert capsys.readouterr().out == (
        f"""\
S: 220 ready
C: HELO c.test
S: 250 mail.example.test Hello c.test [192.0.2.7]
C: MAIL FROM:<a@c.test>
S: 250 OK
C: RCPT TO:<x@example.test>
   rcpt x@example.test: accepted by accept in ACL "rcpt", {config}:8
      domains = example.test
S: 250 Accepted
C: RCPT TO:<x@far.test>
   rcpt x@far.test: denied by deny in ACL "rcpt", {config}:9
      for the log: elsewhere
   log: H=(c.test) [192.0.2.7] F=<a@c.test> rejected RCPT <x@far.test>: elsewhere
S: 550 not here
C: QUIT
S: 221 mail.example.test closing connection
"""
    )


def test_json(config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    give(monkeypatch, SCRIPT)
    assert run(["session", "--json", config, "--peer", "[198.51.100.9]:4000"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["peer"] == "198.51.100.9"
    denied = found["steps"][4]
    assert denied["sent"] == "RCPT TO:<x@far.test>"
    assert denied["replies"] == [{"code": 550, "lines": ["not here"]}]
    (verdict,) = denied["verdicts"]
    assert (verdict["verb"], verdict["line"], verdict["outcome"]) == ("deny", 9, "denied")
    assert found["steps"][3]["verdicts"][0]["values"] == [
        {"name": "domains", "value": "example.test", "outcome": "OK", "negated": False}
    ]


def test_input_that_ends_too_soon(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, b"HELO c.test\n")
    assert run(["session", config]) == 2
    assert capsys.readouterr().out.endswith("S: 421 mail.example.test lost input connection\n")


def test_what_is_no_peer(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["session", config, "--peer", "nobody"]) == 1
    assert 'eximulate session: "nobody" is not an IP address' in capsys.readouterr().err
