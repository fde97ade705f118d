"""The verb parse: trees of expansions and configurations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from expander.cli.verbs import run

CONFIGURATION = """\
HOST = mail.example
primary_hostname = HOST
domainlist local = @ : \\
    localhost
acl_smtp_rcpt = check
begin acl
check:
  deny  !hosts = 192.0.2.1
        message = no
  accept
begin routers
r:
  driver = accept
  verify_only
begin retry
* * F,1h,5m
begin rewrite
*@a $1@b Ff
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "exim.conf"
    found.write_text(CONFIGURATION)
    return found


def output(capsys: pytest.CaptureFixture[str], *argv: str, status: int = 0) -> str:
    assert run(["parse", *argv]) == status
    out, err = capsys.readouterr()
    assert err == ""
    return out


def kinds(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(kinds, node))
    if isinstance(node, dict):
        return {node.get("kind", "")}.union(*map(kinds, node.values()))
    return set()


def test_the_tree_of_an_expansion(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "--expansion", "a${uc:$domain}").splitlines() == [
        "sequence 0-14  a${uc:$domain}",
        "  text 0-1  a",
        "  operator 1-14  ${uc:$domain}",
        "    sequence 6-13  $domain",
        "      variable 6-13  $domain",
    ]


def test_a_broken_expansion_shows_where(capsys: pytest.CaptureFixture[str]) -> None:
    out = output(capsys, "--expansion", "${uc:", status=3)
    assert "broken 5-5  !! missing } at end of string" in out


def test_the_tree_of_an_expansion_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    tree = json.loads(output(capsys, "--json", "--expansion", "${if eq{a}{b}{c}fail}"))
    (branch,) = tree["children"]
    assert branch["kind"] == "if"
    assert branch["roles"] == ["condition", "yes", "no"]
    assert branch["children"][0]["negated"] is False
    assert branch["children"][2]["kind"] == "fail"


def test_the_tree_of_a_configuration(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    lines = output(capsys, str(path)).splitlines()
    assert f"{path}:3:1 named-list  domainlist local = @ : localhost" in lines
    assert f"    {path}:9:9 clause  message = no" in [line.replace("      ", "    ", 1) for line in lines]


def test_the_tree_as_json_has_positions_and_origins(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    tree = json.loads(output(capsys, "--json", str(path)))
    assert {"macro", "option", "named-list", "acl", "statement", "clause", "driver", "retry-rule"} <= kinds(
        tree
    )
    option = tree["main"][1]
    assert option["name"]["text"] == "primary_hostname"
    assert option["value"]["text"] == "mail.example"
    assert (option["value"]["line"], option["value"]["column"]) == (2, 20)
    assert option["value"]["macros"] == ["HOST"]
    lists = tree["main"][2]
    assert (lists["line"], lists["end_line"]) == (3, 4)


def test_logical_lines_have_macros_replaced(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    lines = output(capsys, "--show=lines", str(path)).splitlines()
    assert f"{path}:2: primary_hostname = mail.example" in lines
    assert f"{path}:3: domainlist local = @ : localhost" in lines
    assert f"{path}:9: message = no" in lines
    assert f"{path}:10: accept" in lines


def test_the_model_shows_what_is_set(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    lines = output(capsys, "--show=model", str(path)).splitlines()
    assert "primary_hostname = mail.example" in lines
    assert "domainlist local = @ : localhost" in lines
    assert "acl check: 2 statements" in lines
    assert lines[lines.index("router r:") + 1] == "    driver = accept"


def test_macros_can_be_given(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text("primary_hostname = NAME\n")
    assert "primary_hostname = x.example" in output(capsys, "--show=lines", "-DNAME=x.example", str(path))


def test_a_broken_configuration_is_still_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text("primary_hostname = a\n??\n")
    out = output(capsys, str(path), status=3)
    assert f"{path}:2:1 broken  !! option setting expected: ??" in out


@pytest.mark.parametrize(
    "argv",
    [[], ["a", "--expansion", "b"], ["/nonexistent"], ["/"], ["--show=all", "a"], ["--profile=1", "a"]],
    ids=str,
)
def test_bad_arguments_are_one_clear_error(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["parse", *argv]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("eximulate parse: ")


def test_a_tree_too_deep_for_json_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    deep = "${uc:" * 5000 + "}" * 5000
    assert run(["parse", "--json", "--expansion", deep]) == 1
    assert "too deep" in capsys.readouterr().err
    assert run(["parse", "--expansion", deep]) == 0
