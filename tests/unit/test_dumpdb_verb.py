"""``eximulate dumpdb``: the records of DBM files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drivers.lookups.berkeley_writing import hash_file
from expander.cli.verbs import run

RECORDS = {b"abc\0": b"one\0", b"with space\0": b'a "b"\0', b"bare": b"\x01\xe9", b"nothing\0": b"\0"}


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A file as Exim writes it, with a record without NULs among the others."""
    path = tmp_path / "store"
    path.write_bytes(hash_file(RECORDS))
    return path


def test_each_key_stands_with_its_value(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dumpdb", "-L", str(stored)]) == 0
    lines = sorted(capsys.readouterr().out.splitlines())
    assert lines == ["abc\tone", "bare\t\\001\\351", "nothing\t", 'with space\ta "b"']


def test_json_holds_the_text(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dumpdb", "--json", str(stored)]) == 0
    assert json.loads(capsys.readouterr().out)["with space"] == 'a "b"'


@pytest.mark.parametrize("size", [0, 11, 512, 4097, 8000])
def test_what_is_no_such_file_is_named(size: int, stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = stored.read_bytes()
    stored.write_bytes(whole[:size])
    status = run(["dumpdb", str(stored)])
    told = capsys.readouterr()
    assert status == 1
    assert str(stored) in told.err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dumpdb", str(tmp_path / "none")]) == 1
    assert "No such file" in capsys.readouterr().err
