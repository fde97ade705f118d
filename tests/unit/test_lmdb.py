"""The lmdb lookup, on files that ``mdb_load`` and the library itself write."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import lmdb
import pytest

from drivers.api.errors import Deferred, Failed, ForcedFail
from drivers.api.text import Tainted
from drivers.lookups.lmdb import lmdb as lookup
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.world.real import RealWorld

LOAD = shutil.which("mdb_load")
HEAD = "VERSION=3\nformat=print\ntype=btree\nmapsize=10485760\nmaxreaders=126\nHEADER=END\n"
PAIRS = {"first": "data for first", "second": "A=1 B=2", "example.net": "ours", "192.0.2.1": "a host"}
INVALID = "MDB_INVALID: File is not an LMDB file"
ROOT = Path(__file__).resolve().parents[2]


def written(path: Path, pairs: dict[bytes, bytes], size: int = 1 << 26) -> Path:
    environment = lmdb.open(str(path), subdir=False, lock=False, map_size=size)
    with environment.begin(write=True) as transaction:
        for key, value in pairs.items():
            transaction.put(key, value)
    environment.close()
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file that ``mdb_load -n`` makes, or without it the library."""
    path = tmp_path / "data.mdb"
    if LOAD is None:
        return written(path, {key.encode(): value.encode() for key, value in PAIRS.items()})
    lines = "".join(f" {key}\n {value}\n" for key, value in PAIRS.items())
    text = f"{HEAD}{lines}DATA=END\n"
    subprocess.run([LOAD, "-n", path], input=text.encode("ascii"), check=True, timeout=60)
    return path


def expand(text: str) -> str:
    return Expander(profile=PROFILES["4.99"], world=RealWorld()).expand(text)


def test_the_three_forms(database: Path) -> None:
    assert expand(f"${{lookup{{first}}lmdb{{{database}}}{{$value}}fail}}") == "data for first"
    assert expand(f"${{lookup{{first}}lmdb{{{database}}}}}") == "data for first"
    assert expand(f"${{lookup{{none}}lmdb{{{database}}}{{$value}}{{failure value}}}}") == "failure value"
    assert expand(f"${{lookup{{none}}lmdb{{{database}}}}}") == ""
    with pytest.raises(ForcedFail, match='"lookup" failed and "fail" requested'):
        expand(f"${{lookup{{none}}lmdb{{{database}}}{{$value}}fail}}")
    assert expand(f"${{extract{{B}}{{${{lookup{{second}}lmdb{{{database}}}{{$value}}fail}}}}}}") == "2"


def test_nothing_is_written_beside_the_file(database: Path) -> None:
    before = sorted(database.parent.iterdir())
    expand(f"${{lookup{{first}}lmdb{{{database}}}}}")
    written_now = sorted(database.parent.iterdir())
    assert written_now == before


def test_partial_keys_and_defaults(tmp_path: Path) -> None:
    path = written(tmp_path / "d", {b"*.example.org": b"star", b"*": b"all", b"k": b"v\0w"})
    assert expand(f"${{lookup{{www.example.org}}partial-lmdb{{{path}}}{{$value $1}}}}") == "star www"
    assert expand(f"${{lookup{{x}}lmdb*{{{path}}}}}") == "all"
    assert expand(f"[${{lookup{{k}}lmdb{{{path}}}}}]") == "[v]"


def test_in_lists(database: Path) -> None:
    both = f"${{if match_domain{{example.net}}{{lmdb;{database}}}{{yes $domain_data}}{{no}}}}"
    assert expand(both).startswith("yes")
    assert expand(both.replace("example.net", "example.com", 1)) == "no"
    host = f"${{if match_ip{{192.0.2.1}}{{net-lmdb;{database}}}{{yes}}{{no}}}}"
    assert expand(host) == "yes"
    assert expand(host.replace("192.0.2.1", "192.0.2.2", 1)) == "no"


def test_on_the_command_line_and_in_the_checker(database: Path, tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(
        f"domainlist ours = lmdb;{database}\nhostlist near = net-lmdb;{database}\n"
        f"WORD = ${{lookup{{first}}lmdb{{{database}}}}}\n"
    )
    command = [sys.executable, "-m", "expander"]
    asked = "WORD\n${if match_domain{example.net}{+ours}{y}{n}} ${if match_ip{192.0.2.1}{+near}{y}{n}}\n"
    done = subprocess.run(
        [*command, "--profile", "4.99", "-C", config, "-be"],
        input=asked.encode(), capture_output=True, cwd=ROOT, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout == b"> data for first\n> y y\n> \n"
    checked = subprocess.run(
        [*command, "check", "--profile", "4.99", "--format", "json", config],
        capture_output=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked
    assert not [one for file in json.loads(checked.stdout) for one in file["findings"]]
    assert load(str(config), profile=PROFILES["4.99"], world=RealWorld()).named_list("domain", "ours")


def problem(path: Path | str) -> str:
    with pytest.raises(Failed) as caught:
        expand(f"${{lookup{{first}}lmdb{{{path}}}}}")
    return caught.value.message.removeprefix(f"LMDB: Unable to open environment with {path}: ")


def test_what_is_no_such_file(tmp_path: Path, database: Path) -> None:
    text, empty, pipe = tmp_path / "text", tmp_path / "empty", tmp_path / "pipe"
    text.write_text("first: x\n" * 5000)
    empty.touch()
    os.mkfifo(pipe)
    assert problem(tmp_path / "none") == "No such file or directory"
    assert problem("data.mdb") == "No such file or directory"
    assert problem(tmp_path) == "Is a directory"
    assert problem(text) == INVALID
    assert problem(empty) == "Bad file descriptor"
    assert problem(pipe) == "Invalid argument"


def test_a_name_from_outside_is_refused(database: Path) -> None:
    expander = Expander(profile=PROFILES["4.99"], world=RealWorld())
    logged: list[str] = []
    expander.context.log_with = lambda text, _panic: logged.append(text)
    expander.context.facts["sender_address"] = Tainted(str(database))
    with pytest.raises(Failed):
        expander.expand("${lookup{first}lmdb{$sender_address}}")
    assert logged == [f"Tainted filename for search: '{database}'"]
    expander.context.facts["sender_address"] = Tainted("first")
    assert expander.expand(f"${{lookup{{$sender_address}}lmdb{{{database}}}}}") == "data for first"


@pytest.mark.parametrize("size", [1, 100, 4096, 4300, 8192, 12000])
def test_a_file_that_is_cut(database: Path, size: int) -> None:
    """The library itself would crash on one that lacks pages."""
    database.write_bytes(database.read_bytes()[:size])
    assert problem(database) == INVALID


def test_what_the_library_says_of_a_key(database: Path) -> None:
    """No expansion asks for an empty key, but the words are those of any other error."""
    with pytest.raises(Deferred, match="LMDB: lookup error: MDB_BAD_VALSIZE: Unsupported size of key"):
        lookup(RealWorld(), str(database), ())("")
    assert expand(f"${{lookup{{{'k' * 900}}}lmdb{{{database}}}{{y}}{{n}}}}") == "n"


def test_a_file_that_is_written_anew(tmp_path: Path) -> None:
    path = written(tmp_path / "d", {b"k": b"one"})
    assert expand(f"${{lookup{{k}}lmdb{{{path}}}}}") == "one"
    other = written(tmp_path / "e", {b"k": b"two", b"l": b"x" * 5000})
    other.rename(path)
    assert expand(f"${{lookup{{k}}lmdb{{{path}}}}}") == "two"


def test_a_large_file_is_fast(tmp_path: Path) -> None:
    """Far below what benchmarks/lookups.py measures, so that a busy machine does not fail it."""
    path = written(tmp_path / "d", {b"key%d" % n: b"value%d" % n for n in range(20_000)})
    find = lookup(RealWorld(), str(path), ())
    begin = time.process_time()
    assert all(find(f"key{n}") == f"value{n}" for n in range(20_000))
    assert time.process_time() - begin < 2
