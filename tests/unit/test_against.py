"""``eximulate test --against``: what is asked of another program, what differs, and what cannot be asked."""

from __future__ import annotations

import json
import os
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from expander.cli.verbs import run
from expander.testing.against.apart import Apart
from expander.world.nameserver import answer
from expander.world.real import RealWorld
from expander.world.zones import Zones
from real_exim import PROGRAM

CONFIG = """\
primary_hostname = mx.example
domainlist local = example
smtp_banner = ready
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
begin acl
rcpt:
  accept domains = +local
  deny message = no relaying
       domains = !far.example
  require verify = recipient
  accept
begin routers
known:
  driver = accept
  domains = +local
  local_parts = ann : GUEST
  transport = box
far:
  driver = dnslookup
  domains = far.example
  transport = smtp
begin transports
box:
  driver = appendfile
  file = /var/mail/$local_part_data
  user = root
smtp:
  driver = smtp
begin retry
example quota F,1h,10m
* * F,2h,10m; G,4h,1h,1.5
begin rewrite
*@old.example $1@example Ffr
"""
HEAD = "config exim.conf\nprofile debian-12\nmacro GUEST=guest\n"
EXPRESSED = """\
scenario "values"
    expand ${uc:a} and ${lc:B}
    expand
        one
        ${if eq{a}{a}{two}}
    expand ${foo}
    expect failure
scenario "addresses"
    route ann@example
    route guest@example
    route x@example
    verify ann@example
    verify x@example
    verify ann@example sender
scenario "rules"
    retry ann@example quota
    retry ann@other.example
    rewrite ann@old.example
    rewrite ann@old.example T
scenario "a session"
    session from 192.0.2.1
        > EHLO c.example
        > MAIL FROM:<a@b.example>
        > RCPT TO:<ann@example>
        > RCPT TO:<x@y.example>
        message
            Subject: one

            .two
        > NONSENSE
        > QUIT
scenario "a session that breaks off"
    session from 192.0.2.1
        > HELO c.example
"""
UNEXPRESSED = """\
scenario "dns"
    route x@far.example
scenario "file"
    given file /etc/x y
    expand ${readfile{/etc/x}}
scenario "lookup"
    given lookup mysql a b
    expand ${lookup mysql{a}}
scenario "variable"
    given variable sender_address a@b
    expand $sender_address
scenario "name"
    session from 192.0.2.1 name c.example
        > HELO c.example
scenario "clock"
    given clock 2026-01-02T03:04:05Z
    expand a
scenario "later"
    skip "not yet"
    expand a
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exim.conf").write_text(CONFIG)
    return tmp_path


def results(
    folder: Path, text: str, program: str, capsys: pytest.CaptureFixture[str]
) -> list[dict[str, object]]:
    (folder / "a.exim-test").write_text(text)
    run(["test", "a.exim-test", "--against", program, "--format", "json"])
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.exim
def test_the_real_exim_agrees(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert PROGRAM is not None
    found = results(folder, HEAD + EXPRESSED, PROGRAM, capsys)
    assert [(one["outcome"], one["faults"]) for one in found] == [("passed", [])] * 5


@pytest.mark.exim
def test_a_configuration_in_the_file_is_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert PROGRAM is not None
    text = "config\n    qualify_domain = q.example\nscenario x\n    expand $qualify_domain\n"
    assert [one["outcome"] for one in results(folder, text, PROGRAM, capsys)] == ["passed"]


@pytest.mark.exim
def test_a_configuration_that_exim_refuses_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert PROGRAM is not None
    text = "config\n    dmarc_tld_file = /x\nprofile 4.99\nscenario x\n    expand a\n"
    (one,) = results(folder, text, PROGRAM, capsys)
    assert (one["outcome"], "dmarc_tld_file" in str(one["reason"])) == ("skipped", True)


FAKE = """\
#!/bin/sh
case "$*" in
*-bV*) echo "Exim version 4.96 #2" ;;
*-be*) echo "something else" ;;
*-bt*) printf 'ann@example\\n  router = other, transport = box\\n' ;;
*-bh*) printf '220 ready\\r\\n250 mx.example Hello\\r\\n550-no\\r\\n550 way\\r\\n' ;;
*) echo "No retry information found" ;;
esac
"""


@pytest.fixture
def fake(folder: Path) -> str:
    """A program that says it is Exim, and is wrong."""
    path = folder / "exim"
    path.write_text(FAKE)
    path.chmod(0o755)
    return str(path)


def test_differences_are_told(folder: Path, fake: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.exim-test").write_text(HEAD + EXPRESSED)
    assert run(["test", "a.exim-test", "--against", fake]) == 2
    told = capsys.readouterr().out
    for words in (
        "a.exim-test:5: expected Exim's expand ${uc:a} and ${lc:B}: something else\n        found A and b\n",
        "router = other, transport = box\n        found ann@example\n            router = known, transport =",
        "expected Exim's retry ann@example quota: none\n        found F,1h,10m\n",
        "expected Exim's reply 2 to 192.0.2.1: 250 mx.example Hello\n        found 250 mx.example Hello c",
    ):
        assert words in told


def test_what_cannot_be_asked_is_told_with_its_reason(
    folder: Path, fake: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)  # who may not have a network of his own
    found = results(folder, HEAD + UNEXPRESSED, fake, capsys)
    assert [one["reason"] for one in found] == [
        "not expressed: the DNS is asked for far.example",
        "not expressed: the file /etc/x is only given",
        "not expressed: answers of lookups are given",
        "not expressed: variables are given",
        "not expressed: the client's name is given",
        "not expressed: the scenario has a clock, a seed or a host of its own",
        "not yet",
    ]


@pytest.mark.parametrize(("program", "words"), [("/bin/true", "is no Exim"), ("/nowhere/exim", "cannot run")])
def test_another_program_is_refused(
    program: str, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.exim-test").write_text(HEAD + EXPRESSED)
    assert run(["test", "a.exim-test", "--against", program]) == 1
    assert words in capsys.readouterr().err


ZONE = """\
@    MX 10 mx
mx   A 192.0.2.9
mx   AAAA 2001:db8::9
www  CNAME mx
@    TXT "v=spf1 -all"
"""
QUESTIONS = {
    ("far.example", "MX"): ("NOERROR", ["far.example. 3600 IN MX 10 mx.far.example."]),
    ("MX.far.example", "A"): ("NOERROR", ["MX.far.example. 3600 IN A 192.0.2.9"]),
    ("mx.far.example", "TXT"): ("NOERROR", []),
    ("far.example", "TXT"): ("NOERROR", ['far.example. 3600 IN TXT "v=spf1 -all"']),
    ("none.far.example", "A"): ("NXDOMAIN", []),
    ("test.again.dns", "A"): ("SERVFAIL", []),
    ("test.fail.dns", "A"): ("REFUSED", []),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_name_server_answers_from_zones(question: tuple[str, str]) -> None:
    zones = Zones({"far.example": lambda: ZONE}, lambda _seconds: None)
    asked = dns.message.make_query(*question)
    found = dns.message.from_wire(answer(asked.to_wire(), zones))
    code, lines = QUESTIONS[question]
    assert dns.rcode.to_text(found.rcode()) == code
    assert [str(each) for each in found.answer] == lines
    assert found.id == asked.id


GIVEN_DNS = """\
given dns far.example
    @   MX 10 mx
    mx  A 192.0.2.9
given dns 2.0.192.in-addr.arpa
    9   PTR mx.far.example.
scenario "a zone"
    route x@far.example
    expect host mx.far.example 192.0.2.9
scenario "a name"
    expand ${lookup dnsdb{ptr=192.0.2.9}} ${lookup dnsdb{a=nowhere.far.example}{$value}{none}}
    expect value mx.far.example none
scenario "another zone of its own"
    given dns far.example
        @   MX 5 other
        other  A 192.0.2.10
    route x@far.example
    expect host other.far.example 192.0.2.10
"""


@pytest.mark.exim
def test_the_real_exim_asks_the_dns_that_is_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert PROGRAM is not None
    with Apart(RealWorld()) as apart:
        if not apart.works:
            pytest.skip("no namespace can be had here")
    found = results(folder, HEAD + GIVEN_DNS, PROGRAM, capsys)
    assert [(one["outcome"], one["reason"]) for one in found] == [("passed", None)] * 3
