"""``eximulate test``: scenarios that pass, fail and cannot be run, and how that is told."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from junitparser import JUnitXml

from expander.cli.verbs import run
from expander.testing import schedule

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """\
primary_hostname = mx.example
domainlist local = example
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept domains = +local
         set acl_m_seen = $local_part
         logwrite = :main: took $local_part
  deny message = no relaying
begin routers
far:
  driver = manualroute
  domains = far.example
  route_list = * relay.example
  transport = smtp
known:
  driver = accept
  local_parts = lsearch;/etc/names
  transport = box
begin transports
smtp:
  driver = smtp
box:
  driver = appendfile
  file = /var/mail/x
  user = mail
"""
HEAD = "config exim.conf\nprofile debian-12\ngiven user mail uid 8\ngiven file /etc/names\n    ann: 1\n"
HEAD += "given dns example\n    relay A 192.0.2.9\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the configuration."""
    (tmp_path / "exim.conf").write_text(CONFIG)
    return tmp_path


def outcome(folder: Path, text: str, *options: str) -> int:
    """The status of a run with one file."""
    path = folder / "a.exim-test"
    path.write_text(HEAD + text)
    return run(["test", *options, str(path)])


PASSING = {
    "session": """\
    session from 203.0.113.5 ident bob
        < 220 mx.example ESMTP*
        > EHLO c.example
        < 250-8BITMIME
        < 250 HELP
        > MAIL FROM:<a@b>
        > RCPT TO:<ann@example>
        < 250 Accepted
        > RCPT TO:<x@y.example>
        < 5xx no relaying
        expect reply 550
    expect acl rcpt accept line 6
    expect acl rcpt deny denied phase rcpt
    expect not acl rcpt drop
    expect log took ann
    expect no log took x
    expect not message
    expect variable sender_ident bob
""",
    "message": """\
    session
        > HELO c
        > MAIL FROM:<a@b>
        > RCPT TO:<ann@example>
        message
            Subject: one
            .
            .. two
        < 250 OK*
    expect message two
    expect header Subject: one
    expect sender a@b
""",
    "route": """\
    route ann@example
    expect router known
    expect transport box
    expect not host relay.example
    route a@far.example
    expect host relay.example 192.0.2.9
    route otto@example
    expect undeliverable Unrouteable*
    given file /etc/names "otto: 2"
    verify otto@example
    expect router known
""",
    "expand": """\
    given lookup mysql "SELECT 1" "one: two"
    given lookup mysql "SELECT 2" defers gone away
    given variable sender_address a@b
    given program /bin/x exit 0 says hi
    expand ${lookup mysql{SELECT 1}{[$value]}}
    expect value "[one: two]"
    expand ${lookup mysql{SELECT 3}{$value}{none}}
    expect value none
    expand ${lookup mysql{SELECT 2}}
    expect failure gone away
    expand ${uc:$sender_address}
    expect value ~ ^A@.$
    expand ${run{/bin/x}}
    expect value hi
""",
    "clock and seed": """\
    given clock 2026-01-02T03:04:05Z
    expand $tod_zulu
    expect value 20260102030405Z
""",
    "table of <<what>>": """\
    each what | to
        | a | A
        | b | B
    expand ${uc:<<what>>}
    expect value <<to>>
""",
}


@pytest.mark.parametrize("name", PASSING)
def test_what_is_so_passes(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = outcome(folder, f'scenario "{name}"\n{PASSING[name]}')
    told = capsys.readouterr()
    assert (status, told.err) == (0, ""), told.out


FAILING = {
    "expand ${lc:A}\n    expect value b": ["expected value b", 'found the value "a"'],
    "expand ${foo}": ["expected a value", "the expansion failed: unknown variable"],
    "route ann@example\n    expect router far": [
        "expected router far",
        "found the routers: known",
        "known: takes it",
    ],
    "session\n        > HELO c\n        > RCPT TO:<a@b>\n        < 250": ["found 503 sender not yet given"],
    "session\n        > HELO c\n    expect acl rcpt": ["found decided:"],
    "session\n    expect log x": ["found the log: empty"],
    "session\n        > QUIT\n        < 221\n        < 250": ["there is no reply"],
}


@pytest.mark.parametrize("text", FAILING)
def test_what_is_not_so_fails_and_is_explained(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = outcome(folder, f"scenario x\n    {text}\n")
    told = capsys.readouterr().out
    assert status == 2, told
    for words in FAILING[text]:
        assert words in told


def test_a_refusal_names_the_line_that_decided(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = ["> HELO c", "> MAIL FROM:<>", "> RCPT TO:<a@b>", "< 250"]
    text = "scenario x\n    session\n" + "".join(f"        {line}\n" for line in said)
    assert outcome(folder, text) == 2
    assert f"rcpt a@b: denied by rcpt at {folder}/exim.conf:9 (deny)" in capsys.readouterr().out


BROKEN = {
    "expect value a": '"expect value" needs',
    "expect router a": '"expect router" needs a route or a delivery before it',
    "given clock tomorrow\n    expand x": '"tomorrow" is no date',
    "given file relative x\n    expand x": '"relative" is no absolute path',
    "given user\n    expand x": "says too little",
    "expand x\n    expect value ~ (": "bad pattern",
    "session to x": '"session" takes',
    "session from nowhere": "is not an IP address",
    "route": "wants an address",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_cannot_be_run_is_told(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = outcome(folder, f"scenario x\n    {text}\n")
    told = capsys.readouterr().out
    assert (status, BROKEN[text] in told) == (1, True), told


def test_a_configuration_that_does_not_load_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "exim.conf").write_text("nonsense = 1\n")
    assert outcome(folder, "scenario x\n    expand a\n") == 1
    assert 'option "nonsense" unknown' in capsys.readouterr().out


TWO = """\
scenario "good one" #quick
    expand a
    expect value a
scenario "bad one" #slow
    expand a
    expect value b
scenario "later"
    skip "not yet"
    expand a
"""


def test_scenarios_are_chosen_by_name_and_tag(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(folder, TWO, "-k", "GOOD") == 0
    assert "1 passed in" in capsys.readouterr().out
    assert outcome(folder, TWO, "--tag", "slow") == 2
    assert "1 failed in" in capsys.readouterr().out
    assert outcome(folder, TWO, "--fail-fast", "--explain", "all") == 2
    assert "1 passed, 1 failed in" in capsys.readouterr().out


def test_reports_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(folder, TWO, "--format", "json") == 2
    found = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["outcome"]) for one in found] == [
        ("good one", "passed"),
        ("bad one", "failed"),
        ("later", "skipped"),
    ]
    outcome(folder, TWO, "--format", "junit", "--output", str(folder / "out.xml"))
    suite = ET.parse(folder / "out.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    outcome(folder, TWO, "--format", "tap")
    told = capsys.readouterr().out
    assert told.startswith("TAP version 13\n1..3\nok 1 - good one\nnot ok 2 - bad one\n")
    assert "ok 3 - later # SKIP not yet" in told
    outcome(folder, TWO, "--format", "github")
    assert capsys.readouterr().out.startswith(
        f"::error file={folder}/a.exim-test,line=13,title=failed::bad one"
    )


def test_reports_hold_whatever_a_scenario_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes that are no UTF-8, control characters, and what the forms themselves use."""
    path = folder / "a,b: c.exim-test"
    name = b"50% #1 \\\\x \xff\x01 <b> \xc2\x85 \xef\xbf\xbf"
    text = b'scenario "' + name + b'"\n    expand @ \xff: %\n    expect value "- \xfe\x02"\n'
    path.write_bytes(HEAD.encode() + text)
    assert run(["test", str(path), "--format", "junit", "--output", str(folder / "out.xml")]) == 2
    suite = JUnitXml.fromfile(str(folder / "out.xml"))
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (1, 1, 0, 0)
    (case,) = next(iter(suite))
    assert case.name == "50% #1 \\x \\xff\\x01 <b> \\x85 \\uffff"
    assert run(["test", str(path), "--format", "tap"]) == 2
    told = capsys.readouterr().out.splitlines()
    assert told[2] == "not ok 1 - 50% \\#1 \\\\x \\\\xff\\\\x01 <b> \\\\x85 \\\\uffff"
    assert (told[3:5], told[-1]) == (["  ---", "  message: |"], "  ...")
    assert all(line.startswith("    ") and line.isprintable() for line in told[5:-1])
    assert run(["test", str(path), "--format", "github"]) == 2
    assert f"::error file={folder}/a%2Cb%3A c.exim-test,line=" in capsys.readouterr().out
    assert run(["test", str(path), "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out)[0]["outcome"] == "failed"


def test_nothing_to_run_is_no_success(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(folder, TWO, "-k", "nothing has this name") == 1
    assert "there are no scenarios to run" in capsys.readouterr().err


def test_files_include_others_and_run_side_by_side(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "common").write_text(HEAD)
    for name in ("one", "two"):
        (folder / f"{name}.exim-test").write_text(f"include common\n{TWO}")
    assert run(["test", "-j", "2", str(folder)]) == 2
    assert "2 passed, 2 failed, 2 skipped in" in capsys.readouterr().out
    (folder / "one.exim-test").write_text("include one.exim-test\nscenario x\n    expand a\n")
    assert run(["test", str(folder / "one.exim-test")]) == 1
    assert "includes itself" in capsys.readouterr().err
    assert run(["test", str(folder / "none")]) == 1


def test_a_configuration_is_loaded_again_only_if_what_it_read_is_another(folder: Path) -> None:
    (folder / "exim.conf").write_text(f".include_if_exists /etc/more\n{CONFIG}")
    files = {"/etc/other": "1", "/etc/names": "2", "/etc/more": "qualify_domain = q.example"}
    text = ""
    for path, content in files.items():
        value = "q.example" if "more" in path else "mx.example"
        text += f'scenario "{path}"\n    given file {path} "{content}"\n'
        text += f"    expand $qualify_domain\n    expect value {value}\n"
    (folder / "a.exim-test").write_text(HEAD + text)
    task = schedule.Task(str(folder / "a.exim-test"), (0, 1, 2))
    assert [result.faults for result in schedule.results(task)] == [[], [], []]
    assert len(schedule.source(task.path, covers=False).loaded) == 2


def test_reports_explain_what_was_done(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'scenario "a"\n    route ann@example\nscenario "b"\n    route ann@example\n    expect router far\n'
    assert outcome(folder, text, "--explain", "fails", "--durations") == 2
    told = capsys.readouterr().out
    assert "passed: a" not in told
    assert re.search(r"^ +\d+\.\d ms  \S+a\.exim-test: a$", told, re.MULTILINE)
    assert "known: takes it" in told.partition("failed: b")[2]
    assert outcome(folder, text, "--explain", "all", "--output", str(folder / "out")) == 2
    assert re.search(
        r"passed: a\n    9: ann@example\n    9:   far: skipped by domains", (folder / "out").read_text()
    )


def test_an_order_by_chance_gives_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Scenarios that would disturb each other if anything stayed behind."""
    one = 'scenario "one <<n>>"\n    each n\n        | 1\n        | 2\n        | 3\n'
    one += "    given file /etc/names <<n>>\n    given clock 2026-01-0<<n>>\n"
    one += "    expand ${readfile{/etc/names}}$tod_logfile\n    expect value <<n>>2026010<<n>>\n"
    two = 'scenario "two"\n    expand ${readfile{/etc/names}{}}$tod_logfile${randint:100}\n'
    two += "    expect value ann: 120231114*\n"
    (folder / "a.exim-test").write_text(HEAD + one + two)
    (folder / "b.exim-test").write_text(HEAD + two + one)
    seen = []
    for options in ([], ["--shuffle", "1"], ["--shuffle", "1", "-j", "2"], ["--shuffle", "2", "-j", "2"]):
        assert run(["test", str(folder), "--format", "json", *options]) == 0
        found = json.loads(capsys.readouterr().out)
        seen.append([(found["file"], found["name"], str(found["told"])) for found in found])
    assert seen[1] == seen[2] != seen[0]
    assert all(sorted(one) == sorted(seen[0]) for one in seen)


def test_no_more_are_run_after_a_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "abc":
        (folder / f"{name}.exim-test").write_text(HEAD + TWO)
    for processes in "12":
        assert run(["test", str(folder), "--fail-fast", "-j", processes]) == 2
        assert "1 passed, 1 failed in" in capsys.readouterr().out


def test_watching_runs_again_when_a_file_changes(folder: Path) -> None:
    (folder / "a.exim-test").write_text(
        HEAD + "scenario x\n    expand $qualify_domain\n    expect value mx.example\n"
    )
    command = [sys.executable, "-m", "expander", "test", "--watch", str(folder)]
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    try:
        begun = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    finally:
        signal.signal(signal.SIGINT, heeded)
    with begun as program:
        assert program.stdout is not None
        try:
            assert "1 passed" in program.stdout.readline()
            (folder / "exim.conf").write_text(f"qualify_domain = other.example\n{CONFIG}")
            told = [program.stdout.readline() for _ in range(4)]
            time.sleep(0.5)
            assert "failed: x" in told[0]
            assert 'found the value "other.example"' in told[2]
        finally:
            program.send_signal(signal.SIGINT)
        assert program.wait(timeout=20) == 2


def test_what_cannot_go_on_after_a_failure_has_failed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["> HELO c", "> MAIL FROM:<>", "> RCPT TO:<x@far.example>", "< 250"]
    text = "scenario x\n    session\n" + "".join(f"        {line}\n" for line in said)
    assert outcome(folder, f"{text}    deliver\n") == 2
    told = capsys.readouterr().out
    assert "expected the reply 250" in told
    assert "expected a scenario that can go on\n        found" in told
