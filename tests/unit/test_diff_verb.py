"""The verb diff: places, JSON, profiles, macros, statuses, and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expander.cli.verbs import run
from expander.compare import order
from expander.compare.order import MOVED, SAME, out_of_order, steps
from expander.compare.values import items
from expander.format.text import format_text

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*/exim.conf"))


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.conf", tmp_path / "new.conf"
    old.write_text("A = 1\nsmtp_accept_max = 2A\nqueue_run_max = B\n")
    new.write_text("\nA = 2\nsmtp_accept_max = 2A\nqueue_run_max = B\n")
    return old, new


def diff(*argv: object) -> int:
    return run(["diff", *map(str, argv)])


def test_places_are_those_of_both_files(pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = pair
    assert diff("-DB=3", old, new) == 2
    line = f"~ main option smtp_accept_max: 21 -> 22  [{old}:2 -> {new}:3]\n"
    assert capsys.readouterr() == (line, "")


def test_what_this_machine_lacks_does_not_hinder_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, other = (tmp_path / f"{name}.conf" for name in ("old", "new", "other"))
    box = "begin transports\nbox:\n  driver = appendfile\n  file = /m\n  user = {}\n"
    old.write_text("trusted_users = nouser : root\n" + box.format("nouser"))
    new.write_text("trusted_users = nobodyhere : root\n.include /no/file\n" + box.format("nouser"))
    assert diff(old, new) == 2
    told = capsys.readouterr()
    assert "main option trusted_users: nouser : root -> nobodyhere : root" in told.out
    assert "box" not in told.out
    assert told.err == (
        f"note: user nouser was not found [{old}:1:17]\n"
        f"note: user nobodyhere was not found [{new}:1:17]\n"
        f"note: user nouser was not found [{new}:7:10]\n"
        f"note: failed to open included configuration file /no/file [{new}:2:1]\n"
    )
    assert diff(old, old) == 0
    other.write_text("trusted_users = nouser\nno_such_option = 1\n")
    assert diff(old, other) == 1
    assert "no_such_option" in capsys.readouterr().err


def test_macros_are_compared_where_asked(pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = pair
    assert diff("-D", "B=3", "--macros", old, new) == 2
    assert f"~ macro A: 1 -> 2  [{old}:1 -> {new}:2]\n" in capsys.readouterr().out


def test_no_difference_prints_nothing(pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("-DB=3", pair[0], pair[0]) == 0
    assert capsys.readouterr() == ("", "")


def test_json_has_the_same(pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = pair
    assert diff("--json", "-DB=3", old, new) == 2
    assert json.loads(capsys.readouterr().out) == [
        {
            "kind": "changed",
            "subject": "main option",
            "name": "smtp_accept_max",
            "old": {"text": "21", "note": None, "file": str(old), "line": 2},
            "new": {"text": "22", "note": None, "file": str(new), "line": 3},
            "moved": False,
            "parts": [],
        }
    ]
    assert diff("--json", "-DB=3", old, old) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_each_side_has_its_profile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x"
    path.write_text("smtputf8_advertise_hosts = x\n")
    assert diff("--profile", "4.96", path, path) == 0
    assert diff("--profile-old", "4.96", "--profile-new", "4.84", path, path) == 1
    assert 'main option "smtputf8_advertise_hosts" unknown' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "cannot read {path}: No such file or directory"),
        (b"nosuch = 1\n", 'Exim configuration error in line 1 of {path}:\n  main option "nosuch" unknown'),
        (bytes(range(128)), "Exim configuration error in line "),
    ],
    ids=["missing", "unknown option", "junk"],
)
def test_what_cannot_be_loaded(
    data: bytes | None, message: str, pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = pair[0].with_name("bad.conf")
    if data is not None:
        bad.write_bytes(data)
    for arguments in ((pair[0], bad), (bad, pair[0])):
        assert diff("-DB=3", *arguments) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"eximulate diff: {message.format(path=bad)}")


def test_a_folder_and_an_empty_file(pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    empty = pair[0].with_name("empty.conf")
    empty.write_text("")
    assert diff(empty, empty) == 0
    assert diff(empty, empty.parent) == 1
    assert "Is a directory" in capsys.readouterr().err
    assert diff("--profile", "3.0", empty, empty) == 1
    assert "unknown profile '3.0'" in capsys.readouterr().err


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_layout_makes_no_difference(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="latin-1")
    spoilt = text.replace("    ", "\t").replace(" = ", "=")
    other = tmp_path / "exim.conf"
    other.write_text(format_text(spoilt), encoding="latin-1")
    assert diff("--macros", path, other) == 0


NAMES = st.permutations(["a", "b", "c", "d", "e", "f"])


@given(NAMES, NAMES)
def test_what_is_in_order_stays(old: list[str], new: list[str]) -> None:
    moved = out_of_order(old, new)
    assert [name for name in old if name not in moved] == [name for name in new if name not in moved]
    assert len(moved) < len(old)
    assert bool(moved) == (old != new)


def test_long_sequences_take_time_in_proportion() -> None:
    for old, new in (
        (["a"] * 20_000, ["b", "a"] * 10_000),
        ([*map(str, range(20_000))], [*map(str, range(10_000, 20_000)), *map(str, range(10_000))]),
    ):
        assert {step.kind for step in steps(old, new)} >= {SAME}


WORDS = st.lists(st.sampled_from("abcd"), max_size=8)


@settings(max_examples=200)
@given(WORDS, WORDS, st.sampled_from((0, order.SMALL)))
def test_steps_account_for_every_element(old: list[str], new: list[str], small: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "SMALL", small)
        found = steps(old, new, lambda i, j: 0.6 if {old[i], new[j]} == {"a", "b"} else 0.0)
    assert sorted(step.old for step in found if step.old is not None) == list(range(len(old)))
    assert [step.new for step in found if step.new is not None and step.kind != MOVED] == sorted(
        step.new for step in found if step.new is not None and step.kind != MOVED
    )
    assert sorted(step.new for step in found if step.new is not None) == list(range(len(new)))
    for step in found:
        if step.kind in {SAME, MOVED} and step.old is not None and step.new is not None:
            assert old[step.old] == new[step.new]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a : b::c : ", ("a", "b:c")),
        ("<; a;b ; c:d", ("a", "b", "c:d")),
        ("${if eq{a:b}{c}{d}{e}} : f", ("${if eq {a:b}{c}{d}{e}}", "f")),
        ("<, x{1,2}y, ${map{<, a,b} {$item}}", ("x{1,2}y", "${map{<, a,b}{$item}}")),
        ("a::{b:c} : d", ("a:{b:c}", "d")),
        (r"\{ : }:b", (r"\{", "}", "b")),
        ("", ()),
    ],
)
def test_items_of_a_list_as_it_stands(text: str, expected: tuple[str, ...]) -> None:
    assert items(text) == expected
