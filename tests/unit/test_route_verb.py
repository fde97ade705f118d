"""The verb that shows the way of addresses through the routers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from expander.cli.verbs import run

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
begin routers
far:
  driver = manualroute
  domains = ! example.test
  route_list = far.test 198.51.100.1:198.51.100.2 byname
  transport = smtp
list:
  driver = redirect
  local_parts = list
  data = ann, x@far.test
ann:
  driver = accept
  local_parts = ann
  condition = ${if def:parent_local_part}
  transport = smtp
begin transports
smtp:
  driver = smtp
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "conf"
    path.write_text(CONFIG)
    return str(path)


def test_the_tree_tells_of_each_router(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["route", "-C", config, "list"]) == 0
    assert (
        capsys.readouterr().out
        == """\
list@example.test
  far: skipped by domains = ! example.test
  list: takes it (passed: local_parts)
  ann@example.test
    far: skipped by domains = ! example.test
    list: skipped by local_parts = list
    ann: takes it (passed: local_parts, condition)
    transport: smtp
  x@far.test
    far: takes it (passed: domains)
    transport: smtp
    host: 198.51.100.1 [198.51.100.1]
    host: 198.51.100.2 [198.51.100.2]
"""
    )


def test_json_has_what_failed(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["route", "--json", "-C", config, "ann"]) == 3
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["outcome"], found["message"]) == ("FAIL", "Unrouteable address")
    assert found["routers"][2] == {
        "name": "ann",
        "stopped_by": "condition",
        "value": "${if def:parent_local_part}",
        "passed": ["local_parts"],
        "outcome": None,
    }


def test_what_cannot_be_routed_is_told(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["route", "ann"]) == 1
    assert run(["route", "-C", config, "a@@b"]) == 1
    assert capsys.readouterr().err == (
        "eximulate route: there are no routers without a configuration: -C FILE is missing\n"
        "eximulate route: a@@b: domain missing or malformed\n"
    )
