"""The verb fmt: files in place, standard input, what --check and --diff say, and bad input."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest

from expander.cli.verbs import run
from expander.format import text as formatter

ROOT = Path(__file__).resolve().parents[2]
UGLY = "primary_hostname=a\n\n\n  timezone = UTC  \n"
NEAT = "primary_hostname = a\n\ntimezone = UTC\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "exim.conf"
    found.write_text(UGLY)
    return found


class Stdin:
    """Standard input with these bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def fmt(*argv: object) -> int:
    return run(["fmt", *map(str, argv)])


def test_a_file_is_rewritten_in_place(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.chmod(0o640)
    assert fmt(path) == 0
    assert path.read_text() == NEAT
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert capsys.readouterr() == ("", "")
    assert os.listdir(path.parent) == ["exim.conf"]  # noqa: PTH208 - names are enough


def test_a_file_that_is_neat_is_not_written(path: Path) -> None:
    path.write_text(NEAT)
    os.utime(path, (1, 1))
    assert fmt(path) == 0
    assert path.stat().st_mtime == 1


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path)
    assert fmt(link) == 0
    assert link.is_symlink()
    assert path.read_text() == NEAT


def test_check_names_the_files_that_would_change(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    neat = path.with_name("neat.conf")
    neat.write_text(NEAT)
    assert fmt("--check", neat, path) == 2
    assert capsys.readouterr() == (f"{path}\n", "")
    assert path.read_text() == UGLY
    assert fmt("--check", neat) == 0


def test_diff_shows_what_would_change(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fmt("--diff", path) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[:4] == [
        f"--- {path} (as it is)",
        f"+++ {path} (laid out)",
        "@@ -1,4 +1,3 @@",
        "-primary_hostname=a",
    ]
    assert err == ""
    assert path.read_text() == UGLY
    assert fmt("--diff", "--check", path) == 2
    assert capsys.readouterr() == (out, f"{path}\n")


@pytest.mark.parametrize("argv", [[], ["-"]], ids=["none", "hyphen"])
def test_standard_input_goes_to_standard_output(
    argv: list[str], monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(b"smtp_banner=\xff\xc3\xa9\n"))
    assert fmt(*argv) == 0
    assert capfdbinary.readouterr() == (b"smtp_banner = \xff\xc3\xa9\n", b"")


@pytest.mark.parametrize(
    ("text", "number", "message"),
    [
        (".endif\n", 1, ".endif without matching .ifdef"),
        ("a=b\n.ifdef X\nc\n", 3, "Unexpected end of configuration file: .endif missing"),
        ("begin acl\nc:\n accept\n  ?? x\n", 4, 'error in ACL: unknown ACL condition/modifier in "?? x"'),
        ("begin  nosuch\n", 1, '"nosuch" is not a known configuration section name'),
        ("a=b\n= 5\n", 2, "option setting expected: = 5"),
    ],
    ids=["endif", "no endif", "acl", "section", "option"],
)
def test_what_makes_no_sense_is_told(
    text: str, number: int, message: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_text(text)
    assert fmt("--check", path) == 3
    assert capsys.readouterr().err == f"{path}:{number}: {message}\n"
    assert fmt(path) == 3
    assert text.splitlines()[-1] in path.read_text().splitlines()


def test_a_part_of_a_configuration_starts_in_its_section(path: Path) -> None:
    path.write_text("  *  *  F,1h,5m\n")
    assert fmt(path) == 3
    assert path.read_text() == "  *  *  F,1h,5m\n"
    assert fmt("--section", "retry", path) == 0
    assert path.read_text() == "*  *  F,1h,5m\n"


def test_a_macro_that_hides_what_a_line_is(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "AA = begin acl\nAA\nqualify_domain=b\n"
    path.write_text(text)
    assert fmt(path) == 3
    assert capsys.readouterr().err == f"{path}: left as it is: macros make white space count in it\n"
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nosuch", "No such file or directory"), (".", "Is a directory"), ("a\0b", "not a path")],
)
def test_what_cannot_be_read(
    name: str, reason: str, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(path.parent)
    assert fmt(name) == 1
    assert capsys.readouterr().err == f"eximulate fmt: cannot read {name}: {reason}\n"


def test_what_cannot_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert fmt(path) == 1
    assert capsys.readouterr().err == f"eximulate fmt: cannot write {path}: Permission denied\n"
    assert path.read_text() == UGLY


@pytest.mark.parametrize("data", [b"", b"\n", bytes(range(256)) * 50, b"\0" * 1000, b"x" * 1_000_000])
def test_any_bytes(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    assert fmt(path) in {0, 3}
    once = path.read_bytes()
    assert fmt(path) in {0, 3}
    assert path.read_bytes() == once
    assert once.split() == data.split()


def test_an_empty_file_stays_empty(path: Path) -> None:
    path.write_text("")
    assert fmt("--check", path) == 0


def test_long_files_take_time_in_proportion(path: Path) -> None:
    path.write_text("domainlist d=a : \\\n" + " b : \\\n" * 20_000 + "c\n" + "# x\n" * 20_000)
    assert fmt(path) == 0


def test_every_line_of_the_samples_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((ROOT / "samples").glob("*/exim.conf"))
    assert len(files) == 3
    for path in files:
        copy = tmp_path / path.parent.name
        copy.write_bytes(path.read_bytes().replace(b"\n  ", b"\n\t").replace(b" = ", b"="))
        assert fmt(copy) == 0
        assert fmt("--check", copy) == 0
    assert capsys.readouterr() == ("", "")


def test_the_text_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    assert formatter.format_text(UGLY) == NEAT
    monkeypatch.setattr(formatter, "same_meaning", lambda *_, **__: False)
    with pytest.raises(formatter.MeaningError):
        formatter.format_text(UGLY)
