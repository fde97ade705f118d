"""What lookups remember: files that change, answers that were given, and how many files stay open."""

from __future__ import annotations

from pathlib import Path

import pytest

from expander.api import Expander
from expander.config.profile import PROFILES
from expander.open_lookups import STATE
from expander.world.real import RealWorld


@pytest.fixture
def expander() -> Expander:
    return Expander(profile=PROFILES["debian-12"], world=RealWorld())


def find(expander: Expander, key: str, path: Path, *, options: str = "") -> str:
    return expander.expand(f"${{lookup{{{key}}}lsearch{options}{{{path}}}{{$value}}{{none}}}}")


def test_what_was_found_is_known_even_if_the_file_is_written_to(expander: Expander, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("a: 1\n")
    assert find(expander, "a", path) == "1"
    assert find(expander, "b", path) == "none"
    path.write_text("a: 22\nb: 2\nc: 3\n")
    assert find(expander, "a", path) == "1"
    assert find(expander, "b", path) == "none"
    assert find(expander, "c", path) == "3"
    assert find(expander, "a", path, options=",cache=no_rd") == "22"
    assert find(expander, "a", path) == "22"
    assert find(expander, "a", path, options=",ret=full") == "a: 22"


def test_a_file_that_is_replaced_stays_open(expander: Expander, tmp_path: Path) -> None:
    path, new = tmp_path / "data", tmp_path / "new"
    path.write_text("a: 1\nb: old\n")
    assert find(expander, "a", path) == "1"
    new.write_text("a: 2\nb: new\n")
    new.replace(path)
    assert find(expander, "b", path) == "old"


def test_the_file_that_has_been_idle_longest_is_closed(expander: Expander, tmp_path: Path) -> None:
    expander.context.options = {**expander.context.options, "lookup_open_max": 2}
    paths = [tmp_path / name for name in ("one", "two", "three")]
    for path in paths:
        path.write_text("a: old\n")
    assert [find(expander, "a", path) for path in (paths[0], paths[1], paths[0])] == ["old"] * 3
    assert find(expander, "a", paths[2]) == "old"
    assert len(expander.context.state[STATE]) == 2
    for path in paths:
        path.write_text("a: newer\n")
    assert find(expander, "a", paths[0]) == "old"
    assert find(expander, "a", paths[1]) == "newer"


def test_what_goes_to_memory_and_what_comes_from_there_is_said_by_options(tmp_path: Path) -> None:
    path = tmp_path / "data"
    for release, after in (("debian-12", "new"), ("4.99", "none")):
        expander = Expander(profile=PROFILES[release], world=RealWorld())
        found = f"${{lookup{{data}}dsearch{{{tmp_path}}}{{new}}{{none}}}}"
        path.unlink(missing_ok=True)
        assert expander.expand(found) == "none"
        path.touch()
        assert expander.expand(found) == "none"
        assert expander.expand(found.replace("dsearch", "dsearch,cache=no_rd")) == "new"
        path.unlink()
        assert expander.expand(found) == "new"
        assert expander.expand(found.replace("dsearch", "dsearch,cache=no_rd")) == "none"
        path.touch()
        assert expander.expand(found.replace("dsearch", "dsearch,cache=no")) == "new"
        assert expander.expand(found) == after
    assert expander.expand(found.replace("dsearch", "dsearch,cache=no_wr")) == "none"
