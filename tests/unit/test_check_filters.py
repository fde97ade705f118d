"""Exim filters under the checker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from expander.cli.arguments import CLEAN, ERRORS
from expander.cli.verbs import run

WRONG = """\
# Exim filter
if $h_subject: is "x" then
 foo bar
 save "${if bool{yes}{a}{b}"
endif
logwrite "${bar:x}"
headers add "X: y"
"""


def found(
    path: Path, text: str, capsys: pytest.CaptureFixture[str], *options: str
) -> list[tuple[int, int, str]]:
    path.write_text(text)
    status = run(["check", "--format", "json", *options, str(path)])
    (file,) = json.loads(capsys.readouterr().out)
    assert status == (ERRORS if file["findings"] else CLEAN)
    assert {finding["code"] for finding in file["findings"]} <= {"EXF011"}
    return [(each["line"], each["column"], each["message"]) for each in file["findings"]]


def test_all_faults_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = found(tmp_path / "filter", WRONG, capsys)
    assert first == (3, 2, 'unknown filtering command "foo"')
    assert second[0] == 4
    assert third == (6, 11, 'unknown expansion operator "bar"')


@pytest.mark.parametrize("first", ["# Exim filter", "# exim filter   <<== do not edit", "  #Exim Filter"])
def test_a_right_one_has_no_faults(first: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"{first}\nif personal alias a@x.test then vacation endif\nsave $home/x${{quote:a}}\n"
    assert found(tmp_path / "filter", text, capsys) == []


def test_the_option_takes_any_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(tmp_path / "filter", "sav x\n", capsys, "--filter") == [
        (1, 1, 'unknown filtering command "sav"')
    ]


def test_nothing_is_guessed_behind_a_conditional(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "# Exim filter\nif $h_x: isnt y then\n finish\nendif\nfoo\n"
    assert len(found(tmp_path / "filter", text, capsys)) == 1


def test_the_end_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ((line, _, message),) = found(tmp_path / "filter", "# Exim filter\nif personal then\n finish\n", capsys)
    assert "endif" in message
    assert line == 3
