"""Worlds for tests in Python: what is given is there, and what comes of it is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.api.errors import Deferred, Failed
from expander.testing.virtual import VirtualConfiguration, VirtualWorld
from expander.world.smtp_peer import SmtpPeer

CONFIG = b"""\
primary_hostname = mx.example
domainlist local = example
av_scanner = clamd:/run/clamd
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  require verify = recipient/callout
  accept
data:
  deny malware = *
       message = contains $malware_name
  accept
begin routers
known:
  driver = accept
  domains = +local
  local_parts = lsearch;/etc/names
  transport = box
far:
  driver = dnslookup
  transport = smtp
begin transports
box:
  driver = appendfile
  file = /var/mail/x
  user = mail
smtp:
  driver = smtp
"""


@pytest.fixture
def world() -> VirtualWorld:
    made = VirtualWorld().user("mail", uid=8).file("/etc/names", "ann: 1\n")
    return made.dns("far.example", "@ MX 10 mx\nmx A 192.0.2.9\n")


@pytest.fixture
def config(world: VirtualWorld) -> VirtualConfiguration:
    return world.load(CONFIG, profile="debian-12")


def test_what_is_given_is_there(world: VirtualWorld, config: VirtualConfiguration, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "x").write_text("deep")
    world.folder("/srv/real", tmp_path).folder("/srv/empty").group("staff", 50).seed(7)
    world.program("/bin/x", "hi", status=3).program("/bin/y", run=lambda argv, _data: argv[1].encode())
    world.variable("$sender_address", "a@b").server("/run/s", b"served").host("other", "192.0.2.4")
    world.clock(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    wanted = {
        "${readfile{/srv/real/below/x}}": "deep",
        "${if exists{/srv/empty}{yes}}": "yes",
        "${run{/bin/x}{}{$runrc}}": "3",
        "${run{/bin/y one}}": "one",
        "$sender_address": "a@b",
        "${readsocket{/run/s}{}}": "served",
        "$tod_zulu": "20260102030405Z",
        "${lookup{a@b}wildlsearch{/etc/names}{x}{none}}": "none",
    }
    assert {text: config.expand(text) for text in wanted} == wanted
    world.clock("2026-01-02T03:04:06").without("/etc/names")
    assert config.expand("$tod_zulu ${if exists{/etc/names}{yes}{no}}") == "20260102030406Z no"
    with pytest.raises(ValueError, match="no absolute path"):
        world.file("relative")


def test_lookups_answer_as_they_are_told(world: VirtualWorld, config: VirtualConfiguration) -> None:
    world.lookup("mysql", "one", "1").lookup("mysql", "two", None).lookup(
        "mysql", "three", None, defers="gone"
    )
    assert config.expand("${lookup mysql{one}}${lookup mysql{two}{}{-}}${lookup mysql{x}{}{-}}") == "1--"
    with pytest.raises(Deferred, match="gone"):
        config.expand("${lookup mysql{three}}")


def test_a_peer_answers_a_callout(world: VirtualWorld, config: VirtualConfiguration) -> None:
    peer = world.smtp_peer("192.0.2.9", {"RCPT TO:<no*": "550-no\n550 such user", "": "220 far"})
    session = config.session("198.51.100.7")
    for line in ("EHLO c", "MAIL FROM:<a@b>"):
        session.command(line)
    assert str(session.command("RCPT TO:<yes@far.example>")) == "250 Accepted"
    refused = session.command("RCPT TO:<nobody@far.example>")
    assert refused is not None
    assert refused.code == 550
    assert "RCPT TO:<nobody@far.example>" in peer.heard
    assert (
        session.explain()
        .splitlines()[-2]
        .startswith(
            "rcpt nobody@far.example: denied by rcpt at configuration:8 (require): verify = recipient/callout"
        )
    )


def test_a_scanner_finds_what_it_is_told_to(world: VirtualWorld, config: VirtualConfiguration) -> None:
    for virus, wanted in ((None, 250), ("Eicar", 550)):
        world.clamd("/run/clamd", virus)
        session = config.session()
        for line in ("HELO c", "MAIL FROM:<a@b>", "RCPT TO:<ann@example>"):
            session.command(line)
        reply = session.data("Subject: x\n\ny\n")
        assert reply is not None
        assert reply.code == wanted, session.explain()
    assert "contains Eicar" in reply.text


def test_results_explain_themselves(config: VirtualConfiguration) -> None:
    route = config.route("ann@example")
    assert [end.transport for end in route.ends] == ["box"]
    assert "known: takes it (passed: domains, local_parts)" in route.explain()
    assert config.verify("otto@example").explain().startswith("otto@example: fails: ")
    assert config.verify("ann@example").explain() == "ann@example: verifies"
    assert "file: x" in config.filter("# Exim filter\nsave x\n", b"\n").explain()
    with pytest.raises(Failed):
        config.route("<")


def test_the_checker_looks_at_it(world: VirtualWorld, tmp_path: Path) -> None:
    (tmp_path / "exim.conf").write_text("acl_smtp_rcpt = ${if eq{a}{b}{nowhere}}\nbegin acl\nx:\n  accept\n")
    found = world.load(tmp_path / "exim.conf").check()
    assert found
    assert all(one.code and one.severity for one in found)
    assert world.load(b"qualify_domain = x.example\n").check() == ()


def test_a_peer_holds_a_conversation() -> None:
    peer = SmtpPeer([("MAIL*", ""), (".", "451 later")])
    assert peer(b"") == b"220 peer.example ESMTP\r\n"
    assert peer(b"EHLO a\r\nMA") == b"250 peer.example\r\n"
    assert peer(b"IL FROM:<>\r\n") == b""
    assert peer(b"DATA\r\n") == b"354 go on\r\n"
    assert peer(b"QUIT\r\n..\r\n.\r\n") == b"451 later\r\n"
    assert peer(b"QUIT\r\n") == b"221 goodbye\r\n"
    assert peer.heard == ["EHLO a", "MAIL FROM:<>", "DATA", "QUIT"]
