"""The interactive session: lines, commands, completion; without a terminal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from expander.api import Expander
from expander.cli.verbs import run
from expander.config.profile import PROFILES
from expander.expand.mode import TRACE
from expander.repl.completer import offers
from expander.repl.session import Session, unfinished
from expander.repl.terminal import history_file
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
    assert session.feed(":vars nosuch*") == ["no variable matches nosuch*"]
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
    assert session.feed(":profile 2.0")[0].startswith("unknown profile '2.0'")
    assert session.feed(":profile")[0].startswith("profile is debian-12")


def test_effects_are_refused_until_they_are_allowed() -> None:
    session = Session(Expander(mode=TRACE))
    assert "--allow=run" in session.feed("${run{/bin/echo hi}}")[-1]
    assert session.feed(":allow everything")[0].startswith("allowed: nothing")
    assert session.feed(":allow run") == []
    assert session.feed("${run{/bin/echo hi}{ok}}") == ["ok"]


def test_a_configuration_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text("primary_hostname = mail.example\n")
    session = Session(Expander(mode=TRACE))
    assert session.feed(f":load {path}") == [f"loaded {path}"]
    assert session.feed("$primary_hostname") == ["mail.example"]
    assert session.feed(f":load {tmp_path}/nosuch")[0].startswith("error: ")
    assert session.feed("$primary_hostname") == ["mail.example"]


def test_commands_are_listed_and_misspelt_ones_mended(session: Session) -> None:
    assert any(":load FILE" in line for line in session.feed(":help"))
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
    assert texts(":lo") == ["load"]
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
