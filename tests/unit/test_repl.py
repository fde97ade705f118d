"""The interactive session: lines, commands, completion; without a terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from expander.api import Expander
from expander.cli.verbs import run
from expander.config.profile import PROFILES
from expander.expand.mode import TRACE
from expander.repl.completer import offers
from expander.repl.session import Session, unfinished
from expander.repl.terminal import at_terminal, history_file, line_editor
from expander.world.memory import MemoryWorld

NEWEST = PROFILES["4.99"]


@pytest.fixture
def session() -> Session:
    return Session(Expander(world=MemoryWorld(), mode=TRACE, profile=NEWEST))


def test_a_line_is_expanded(session: Session) -> None:
    assert session.feed("a${uc:b}") == ["aB"]
    assert session.feed("") == []


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("abc", False),
        ("${uc:", True),
        ("${uc:a}", False),
        ("${if eq{a}{b", True),
        ("a { b", False),
        (r"${uc:\}", True),
        (r"${uc:\N}}\N", True),
        (r"${uc:\N}}\N}", False),
        ("x\\", True),
        ("x\\\\", False),
    ],
)
def test_a_text_is_unfinished_while_braces_are_open(text: str, open_: bool) -> None:
    assert unfinished(text) is open_


def test_lines_are_joined_until_the_braces_close(session: Session) -> None:
    assert session.feed("${if eq{a}{a}") == []
    assert session.waiting
    assert session.feed("  {yes}{no}}") == ["yes"]
    assert not session.waiting


def test_a_backslash_joins_lines_without_a_newline(session: Session) -> None:
    assert session.feed("ab\\") == []
    assert session.feed("cd") == ["abcd"]


def test_an_empty_line_ends_the_waiting(session: Session) -> None:
    session.feed("${uc:abc")
    assert session.feed("")[0] == "error: missing } at end of string"
    assert session.feed("x") == ["x"]


def test_values_can_be_set_and_listed(session: Session) -> None:
    assert session.feed(":set domain=d.example") == []
    assert session.feed("$domain") == ["d.example"]
    assert "$domain = d.example" in session.feed(":vars dom*")
    assert session.feed(":vars qqq*") == ["no variable matches qqq*"]
    assert session.feed(":vars domian") == ["no variable matches domian; did you mean $domain?"]
    assert session.feed(":set domian=x")[-1] == "    note: did you mean $domain?"
    assert session.feed(":set") == ["usage: :set name=value"]


def test_the_trace_can_be_switched(session: Session) -> None:
    session.feed(":trace on")
    first, *_, last = session.feed("${uc:$pid}")
    assert first.startswith("${uc:$pid}")
    assert last.isdigit()
    session.feed(":trace off")
    assert len(session.feed("${uc:$pid}")) == 1
    assert session.feed(":trace") == ["trace is off (:trace on or :trace off)"]


def test_names_are_described(session: Session) -> None:
    assert "operator lc" in session.feed(":doc lc")
    assert "did you mean strlen" in session.feed(":doc strlne")[0]


def test_the_profile_can_be_changed_and_values_stay(session: Session) -> None:
    session.feed(":set domain=d")
    assert session.feed(":profile debian-12") == []
    assert session.expander.profile.name == "debian-12"
    assert session.feed("$domain") == ["d"]
    assert session.feed(":profile")[0].startswith("profile is debian-12")
    assert session.feed(":profile 2.0")[0].startswith("error: unknown profile '2.0'")
    assert session.expander.profile.name == "debian-12"


def test_effects_are_refused_until_they_are_allowed() -> None:
    session = Session(Expander(mode=TRACE))
    assert "--allow=run" in session.feed("${run{/bin/echo hi}}")[-1]
    assert session.feed(":allow everything")[0].startswith('error: unknown word "everything"')
    assert session.feed(":allow run") == []
    assert session.feed("${run{/bin/echo hi}{ok}}") == ["ok"]


def test_a_configuration_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text("primary_hostname = HOST\n")
    session = Session(Expander(mode=TRACE), macros={"HOST": "mail.example"})
    assert session.feed(":config") == ["configuration: none (:config FILE loads one)"]
    assert session.feed(f":load {path}") == [f"loaded {path}"]
    assert session.feed("$primary_hostname") == ["mail.example"]
    assert session.feed(f":config {tmp_path}/nosuch")[0].startswith("error: ")
    assert session.feed("$primary_hostname") == ["mail.example"]
    assert session.feed(":profile debian-12") == []
    assert session.feed("$primary_hostname") == ["mail.example"]


def test_values_can_be_taken_back(session: Session) -> None:
    for name in ("domain", "acl_m_x", "1", "h_subject", "value"):
        session.feed(f":set {name}=x")
    assert session.feed("$domain$acl_m_x$1$h_subject:$value") == ["xxxxx"]
    for name in ("domain", "$acl_m_x", "1", "h_subject:", "value"):
        assert session.feed(f":unset {name}") == []
    assert session.feed("<$domain$acl_m_x$1$h_subject:$value>") == ["<>"]
    assert session.feed(":unset domain") == ["error: $domain was not set"]
    assert session.feed(":unset h_to") == ['error: there is no header line "to"']
    assert session.feed(":unset") == ["usage: :unset name"]


def test_a_message_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_text("Subject: hello\nTo: a@b.example\n\nbody\n")
    session = Session(Expander(mode=TRACE))
    assert session.feed(f":message {path}") == ["2 header lines, 5 bytes of body"]
    assert session.feed("$h_subject: $message_body") == ["hello body "]
    assert "$h_Subject: = hello" in session.feed(":vars")
    assert session.feed(":allow net") == []
    assert session.feed("$h_subject: $message_body") == ["hello body "]
    assert session.feed(f":message {tmp_path}/nosuch") == [
        f"error: cannot read {tmp_path}/nosuch: No such file or directory"
    ]
    assert session.feed(":message") == ["usage: :message FILE"]


def test_texts_are_explained(session: Session) -> None:
    assert session.feed(":explain") == ["usage: :explain text (or, after an expansion, :explain alone)"]
    session.feed(":set local_part=Joe")
    assert session.feed(":explain ${lc:$local_part}")[-1] == (
        "note: tainted by $local_part at 5-16, a variable that holds text from outside, through ${lc:...}"
    )
    session.feed("$nosuch")
    assert "error: unknown variable name" in session.feed(":explain")[-3]


def test_the_time_is_shown_if_wanted(session: Session) -> None:
    assert session.feed(":time") == ["time is off (:time on or :time off)"]
    assert session.feed(":time on") == []
    value, taken = session.feed("${uc:a}")
    assert (value, taken[0], taken[-4:]) == ("A", "(", " us)")


def test_what_is_allowed_is_listed_and_taken_back(session: Session) -> None:
    assert session.feed(":allow run,net") == []
    assert session.feed(":allow") == ["allowed: net, run (known: run, perl, dlfunc, net, write, none)"]
    assert session.feed(":allow none") == []
    assert session.feed(":allow")[0].startswith("allowed: nothing")


def test_a_fault_of_our_own_ends_a_line_and_not_the_session(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXIMULATE_TRACEBACK", raising=False)
    monkeypatch.setattr(session.expander, "expand", lambda _text: 1 // 0)
    assert session.feed("${uc:a}")[0].startswith("error: internal error, ZeroDivisionError")


def test_a_line_editor_talks_to_the_session(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        typed.send_text("${uc:\rabc}\r")
        typed.send_text("${lc:\r\x03")  # Ctrl-C drops what waits
        typed.send_text("${strlen:abc}\r")
        typed.send_text(":nosuch\r\x04")
        editor = line_editor(session)
        assert editor is not None
        at_terminal(session, editor)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:4] == ["", "ABC", "3"]
    assert lines[4].startswith("error: unknown command :nosuch")


def test_a_session_at_a_real_terminal(tmp_path: Path) -> None:
    master, slave = os.openpty()
    environment = {
        **os.environ,
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "TERM": "dumb",
        "XDG_STATE_HOME": str(tmp_path),
    }
    program = [sys.executable, "-m", "expander", "repl"]
    with subprocess.Popen(program, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        os.write(master, b"${uc:abc}\r:quit\r")
        shown = b""
        try:
            while chunk := os.read(master, 4096):
                shown += chunk
        except OSError:  # the other end is closed
            pass
        assert process.wait(30) == 0
    os.close(master)
    assert b"ABC" in shown
    assert b"Traceback" not in shown
    assert (tmp_path / "eximulate" / "history").read_text(encoding="utf-8").count("${uc:abc}") == 1


def test_commands_are_listed_and_misspelt_ones_mended(session: Session) -> None:
    assert any(":config FILE" in line for line in session.feed(":help"))
    assert session.feed(":hlep") == ["error: unknown command :hlep; did you mean :help?"]
    assert session.feed(":quit") == []
    assert session.over


def test_a_piped_session_has_no_prompts(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    data = b":set domain=d\n${uc:\n$domain}\n\xff\n$nosuch\n${uc:x"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run(["repl"]) == 0
    out = capsysbinary.readouterr().out
    assert out.startswith(b"\nD\n\xff\n")
    assert out.endswith(b"error: missing } at end of string\n    ${uc:x\n          ^\n")


def texts(before: str) -> list[str]:
    return [offer.text for offer in offers(before, NEWEST)]


def test_names_are_completed_by_what_stands_before_them() -> None:
    assert "local_part" in texts("x $local_p")
    assert {"strlen:"} == {text for text in texts("${strl") if text.startswith("strl")}
    assert "match_domain" in texts("${if match_d")
    assert "exists" in texts("${if and{{eq{a}{b}}{!exi")
    assert "domain" in texts("${if def:dom")
    assert texts("plain text") == []


def test_commands_are_completed() -> None:
    assert texts(":con") == ["config"]
    assert texts(":trace o") == ["off", "on"]
    assert texts(":allow run n") == ["net", "none"]
    assert "debian-12" in texts(":profile deb")
    assert "local_part" in texts(":set local_p")
    assert "strlen" in texts(":doc strl")


def test_a_completion_has_one_line_of_help() -> None:
    (offer,) = [offer for offer in offers("${strl", NEWEST) if offer.text == "strlen:"]
    assert offer.length == 4
    assert offer.help.startswith("operator: ")
    assert "\n" not in offer.help


def test_the_history_is_kept_in_the_folder_for_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = history_file()
    assert path == tmp_path / "eximulate" / "history"
    assert path.stat().st_mode & 0o077 == 0
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert history_file() is None
