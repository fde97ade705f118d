"""Pictures of configurations and of routes."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from expander.cli.arguments import CANNOT_RUN, CLEAN
from expander.cli.verbs import run
from expander.pictures.picture import NOTE, QUESTION, Arrow, Node, Picture

CONFIG = """\
primary_hostname = mail.example.test
acl_smtp_rcpt = rcpt
acl_smtp_data = ${if bool{yes}{data}}
begin acl
rcpt:
  accept acl = inner
inner:
  accept
data:
  accept
begin routers
first:
  driver = redirect
  domains = x.test
  data = ${lookup{$local_part}lsearch{/nowhere}}
  file_transport = files
  no_more
second:
  driver = accept
  transport = files
  unseen
third:
  driver = accept
  transport = ${if eq{$local_part}{a}{files}{other}}
  condition = ${if eq{${acl{inner}}}{}}
begin transports
files:
  driver = appendfile
  file = /dev/null
other:
  driver = smtp
"""
PICTURE = Picture(
    'a "title"',
    (
        Node("a", ("one", 'say "x"\\'), group="frame"),
        Node("b", ("<b> & #",), QUESTION),
        Node("c", ("c",), NOTE),
    ),
    (Arrow("a", "b", 'is "it"'), Arrow("b", "c", weak=True)),
)


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "exim.conf"
    file.write_text(CONFIG)
    return str(file)


def test_texts_are_quoted_for_graphviz() -> None:
    assert PICTURE.dot() == [
        'digraph "a \\"title\\"" {',
        '  node [fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
        "  subgraph cluster_0 {",
        '    label="frame";',
        '    n0 [shape=box, label="one\\nsay \\"x\\"\\\\"];',
        "  }",
        '  n1 [shape=diamond, label="<b> & #"];',
        '  n2 [shape=note, label="c"];',
        '  n0 -> n1 [label="is \\"it\\""];',
        "  n1 -> n2 [style=dashed];",
        "}",
    ]


def test_texts_are_quoted_for_mermaid() -> None:
    assert PICTURE.mermaid() == [
        "flowchart TD",
        '  subgraph g0["frame"]',
        '    n0["one<br/>say #34;x#34;#92;"]',
        "  end",
        '    n1{{"#60;b#62; #38; #35;"}}',
        '    n2[/"c"/]',
        '  n0 -->|"is #34;it#34;"| n1',
        "  n1 -.-> n2",
    ]


def test_a_configuration_is_drawn(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", config, "--format", "dot"]) == CLEAN
    text = capsys.readouterr().out
    numbers = {
        line.split('label="')[1].split('"')[0].split("\\n")[0]: line.split()[0]
        for line in text.splitlines()
        if "[shape" in line
    }
    arrows = {
        tuple(line.split("[")[0].rstrip("; ").split(" -> ")) for line in text.splitlines() if " -> " in line
    }

    def joined(start: str, end: str) -> bool:
        return (f"  {numbers[start]}", numbers[end]) in arrows

    assert not joined("first", "second")  # no_more
    assert joined("first", "files")
    assert joined("second", "third")
    assert joined("second", "files")
    assert joined("acl_smtp_rcpt", "rcpt")
    assert joined("rcpt", "inner")
    assert joined("third", "inner")


def test_a_part_is_drawn(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", config, "--format", "mermaid", "--only", "routers"]) == CLEAN
    text = capsys.readouterr().out
    assert "second" in text
    assert "acl_smtp_rcpt" not in text


def test_a_route_is_drawn(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["route", "-C", config, "a@y.test", "--mermaid"]) == CLEAN
    text = capsys.readouterr().out
    assert "first<br/>domains = x.test" in text
    assert "transport files" in text


def test_svg_is_drawn_by_graphviz(config: str, tmp_path: Path) -> None:
    if shutil.which("dot") is None:
        pytest.skip("no graphviz here")
    output = tmp_path / "out.svg"
    assert run(["graph", config, "--output", str(output)]) == CLEAN
    root = ET.parse(output).getroot()
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"first", "second", "third", "rcpt", "inner"} <= texts


def test_no_graphviz_is_told(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert run(["graph", config, "--format", "svg"]) == CANNOT_RUN
    assert "graphviz" in capsys.readouterr().err
