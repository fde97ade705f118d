"""The DBM lookups, on files that Exim's and Berkeley DB's own programs write."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbm_files import DBMBUILD, LOAD, built, loaded
from drivers.api.errors import Failed
from drivers.lookups.berkeley import BerkeleyFile, hashed
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.real import RealWorld

needs_dbmbuild = pytest.mark.skipif(DBMBUILD is None, reason="exim_dbmbuild is not installed")
needs_load = pytest.mark.skipif(LOAD is None, reason="db5.3_load (db5.3-util) is not installed")
NO_FILE = "No such file or directory"

LONG = st.builds(
    lambda piece, count: piece * count, st.binary(min_size=2, max_size=6), st.integers(500, 3000)
)
KEYS = st.binary(min_size=1, max_size=20) | LONG
"""Some keys and values are too large for a page of their bucket."""

VALUES = st.binary(max_size=30) | LONG


def expander() -> Expander:
    return Expander(profile=PROFILES["debian-12"], world=RealWorld())


def found(path: Path, key: str, kind: str = "dbm") -> str:
    return expander().expand(f"${{lookup{{{key}}}{kind}{{{path}}}{{[$value]}}{{none}}}}")


def test_the_hash_is_the_one_that_files_tell_of() -> None:
    """Each file holds the hash of this text, so that a library with another function notices."""
    assert hashed(b"%$sniglet^&\0") == 0x5E688DD1


@needs_dbmbuild
@pytest.mark.parametrize("count", [0, 1, 2, 100, 3000, 20_000])
def test_all_keys_that_exim_dbmbuild_wrote(tmp_path: Path, count: int) -> None:
    path = built(tmp_path / "d", "".join(f"key{number}: value {number}\n" for number in range(count)))
    file = BerkeleyFile(path.read_bytes())
    for number in range(count):
        assert file.get(b"key%d\0" % number) == b"value %d\0" % number
        assert file.get(b"key%d" % number) is None
    assert file.get(b"key%d\0" % count) is None


@needs_dbmbuild
def test_keys_with_and_without_the_nul_at_their_end(tmp_path: Path) -> None:
    with_nul = built(tmp_path / "with", 'alice: a\n"two words": b\n*.example.org: star\n')
    without = built(tmp_path / "without", "alice: a\n", "-nozero")
    assert [found(with_nul, "alice", kind) for kind in ("dbm", "dbmnz")] == ["[a]", "none"]
    assert [found(without, "alice", kind) for kind in ("dbm", "dbmnz")] == ["none", "[a]"]
    assert found(with_nul, "two words") == "[b]"
    assert found(with_nul, "www.example.org", "partial-dbm") == "[star]"


@needs_load
@pytest.mark.parametrize("kind", ["hash", "btree"])
@pytest.mark.parametrize("options", [(), ("db_lorder=4321",), ("chksum=1",), ("db_pagesize=512",)])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.dictionaries(KEYS, VALUES, max_size=40), absent=st.lists(KEYS, max_size=10))
def test_any_pairs_in_any_kind_of_file(
    tmp_path: Path, kind: str, options: tuple[str, ...], pairs: dict[bytes, bytes], absent: list[bytes]
) -> None:
    path = loaded(tmp_path / "d", pairs.items(), kind=kind, settings=options)
    file = BerkeleyFile(path.read_bytes())
    assert {key: file.get(key) for key in pairs} == pairs
    assert not [key for key in absent if key not in pairs and file.get(key) is not None]


@needs_load
@pytest.mark.parametrize("kind", ["hash", "btree"])
@pytest.mark.parametrize("options", [("duplicates=1",), ("duplicates=1", "dupsort=1")])
@pytest.mark.parametrize("count", [2, 3000])
def test_the_first_of_several_values(tmp_path: Path, kind: str, options: tuple[str, ...], count: int) -> None:
    pairs = [(b"k", b"value %05d" % number) for number in range(count)]
    path = loaded(tmp_path / "d", [*pairs, (b"l", b"other")], kind=kind, settings=options)
    file = BerkeleyFile(path.read_bytes())
    assert (file.get(b"k"), file.get(b"l"), file.get(b"m")) == (b"value 00000", b"other", None)


@needs_load
def test_large_trees_have_inner_pages(tmp_path: Path) -> None:
    pairs = {b"key%06d" % number: b"value %d" % number for number in range(30_000)}
    file = BerkeleyFile(loaded(tmp_path / "d", pairs.items(), kind="btree").read_bytes())
    chosen = random.Random(1).sample(sorted(pairs), 2000)
    assert {key: file.get(key) for key in chosen} == {key: pairs[key] for key in chosen}
    assert [file.get(key) for key in (b"", b"a", b"key000000x", b"z")] == [None] * 4


@needs_load
def test_lists_as_keys(tmp_path: Path) -> None:
    """The elements are joined by NULs; an empty one at the start counts twice."""
    keys = [b"a\0b", b"a\0\0b", b"\0\0a", b"a", b"\0"]
    path = loaded(tmp_path / "d", [(key, b"%d" % at) for at, key in enumerate(keys)])
    asked = ["a:b", "<, a , b", "a: :b", ":a", "a", ":", " ", "a:c"]
    assert [found(path, key, "dbmjz") for key in asked] == "[0] [0] [1] [2] [3] [4] none none".split()


@needs_load
def test_a_value_ends_at_its_first_nul(tmp_path: Path) -> None:
    assert found(loaded(tmp_path / "d", [(b"k", b"v\0w")]), "k", "dbmnz") == "[v]"


@needs_load
@pytest.mark.parametrize("kind", ["recno", "queue"])
def test_no_text_is_a_key_of_records_with_numbers(tmp_path: Path, kind: str) -> None:
    more = ("re_len=10", "re_pad=0x20") if kind == "queue" else ()
    path = loaded(tmp_path / "d", [(b"1", b"one")], kind=kind, settings=("keys=1", *more))
    assert found(path, "1", "dbmnz") == "none"


def asked(path: Path, key: str) -> str:
    """What is found without the NUL, or why the file is not opened."""
    try:
        return found(path, key, "dbmnz")
    except Failed as failure:
        return failure.message.removeprefix(f"failed to open {path} as a db (v4.1+) file: ")


def bad(path: Path) -> str:
    with pytest.raises(Failed, match=f"failed to open {path} as a db"):
        found(path, "k")
    return asked(path, "k")


def test_what_is_no_such_file(tmp_path: Path) -> None:
    text, empty, pipe = tmp_path / "text", tmp_path / "empty", tmp_path / "pipe"
    text.write_text("k: v\n" * 1000)
    empty.touch()
    os.mkfifo(pipe)
    assert [bad(path) for path in (text, empty, pipe, tmp_path / "none")] == [NO_FILE] * 4
    assert bad(tmp_path) == "Is a directory"


@needs_dbmbuild
def test_a_file_that_ends_too_soon(tmp_path: Path) -> None:
    """Whole pages may be missing: only what was on them is not found."""
    path = built(tmp_path / "d", "alice: a\nbob: b\n")
    data = path.read_bytes()
    for size in (100, 512, 5000, len(data) - 1):
        path.write_bytes(data[:size])
        assert bad(path) == NO_FILE
    path.write_bytes(data[:4096])
    assert (found(path, "alice"), found(path, "bob")) == ("none", "none")


@needs_load
@pytest.mark.parametrize("kind", ["hash", "btree"])
def test_damaged_files_end_in_an_answer(tmp_path: Path, kind: str) -> None:
    """Whatever the bytes are, a look-up gives a value, none, or Exim's failure."""
    chance = random.Random(kind)
    pairs = [(b"key%d" % number, bytes(chance.randrange(1, 9000))) for number in range(50)]
    path = loaded(tmp_path / "d", pairs, kind=kind, settings=("db_pagesize=512",))
    whole = path.read_bytes()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 200)):
            data[chance.randrange(chance.choice([len(data), 512]))] = chance.randrange(256)
        path.write_bytes(data)
        for key in ("key1", "key7", "x"):
            assert asked(path, key) in {"none", NO_FILE} or asked(path, key).startswith("[")


@needs_dbmbuild
def test_a_file_that_is_replaced(tmp_path: Path) -> None:
    path, asking = tmp_path / "d", expander()
    question = f"${{lookup{{k}}dbm{{{path}}}}}"
    for value in ("one", "two and more"):
        other = built(tmp_path / f"new{len(value)}", f"k: {value}\n")
        other.rename(path)
        assert expander().expand(question) == value
    assert asking.expand(question) == "two and more"
