"""The pages of the checker's rules: in the terminal, as JSON, and as files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from drivers.api.unit import Unit
from expander.cli.verbs import run
from expander.docgen import write
from expander.lint.page import findings_of, pages
from expander.lint.rule import rules

SHOWN = [unit for unit in rules() if unit.name != "EXM001"]


@pytest.mark.parametrize("unit", SHOWN, ids=lambda unit: unit.name)
def test_a_page_shows_what_is_found_in_the_bad_example(unit: Unit) -> None:
    assert any(f"[{unit.name} {unit.syntax}]" in line for line in findings_of(unit))


def test_each_rule_has_a_page_and_a_line_in_the_list() -> None:
    made = dict(pages())
    listed = made.pop("index.md")
    assert set(made) == {f"{unit.name}.md" for unit in rules()}
    assert all(f"[{unit.name}]({unit.name}.md)" in listed for unit in rules())


def test_pages_are_written_once_and_old_ones_removed(tmp_path: Path) -> None:
    made = [("a.md", "a\n"), ("b.md", "b\n")]
    assert write(tmp_path, made) == 2
    assert write(tmp_path, made, check=True) == 0
    assert write(tmp_path, made[:1], check=True) == 1
    assert write(tmp_path, made[:1]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


@pytest.mark.parametrize("arguments", [["EXE002"], ["exe002"], ["--name", "unknown-variable"]])
def test_a_rule_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", *arguments]) == 0
    out = capsys.readouterr().out
    assert out.startswith("EXE002 unknown-variable (error, group expansions)\n")
    assert re.search(r"^what is found:\n    /etc/exim.conf:1:", out, re.MULTILINE)
    assert "# eximulate: ignore EXE002" in out


def test_a_rule_is_explained_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--json", "EXE002"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["name"], data["severity"]) == ("unknown-variable", "error")


def test_a_rule_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "EXE999"]) == 3
    assert "there is no rule EXE999" in capsys.readouterr().err


def test_other_texts_are_expanded_still(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "EXE002", "${uc:a}"]) == 0
    assert '= "A"' in capsys.readouterr().out
