"""DBM files of GDBM and NDBM, read by Python's modules for them, and builds whose library has none."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from dbm_files import DBMBUILD, built
from drivers.api.errors import Failed, Unsupported
from expander.api import Expander
from expander.config.profile import chosen
from expander.world.real import RealWorld

ROOT = Path(__file__).resolve().parents[2]
MODULES = {"gdbm": "_gdbm", "ndbm": "_dbm"}
OTHER = {"gdbm": "ndbm", "ndbm": "gdbm"}
PACKAGES = {"gdbm": "python3-gdbm", "ndbm": "python3"}
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
WRITE = """
import sys
import dbm.gnu as gdbm
import dbm.ndbm as ndbm
pairs = {"alice\\0": "a\\0", "alice": "bare", "*.example.org\\0": "star", "k\\0": "v\\0w", "a\\0b": "two"}
with LIBRARY.open(sys.argv[1], "n") as file:
    for key, value in pairs.items():
        file[key] = value
"""


@cache
def python_with(library: str) -> str:
    """A Python of this release that has the module for a library, "" if there is none."""
    here = f"import sys, {MODULES[library]}; assert sys.version_info[:2] == {sys.version_info[:2]}"
    for python in (sys.executable, "/usr/bin/python3"):
        if (
            Path(python).exists()
            and not subprocess.run([python, "-c", here], capture_output=True, check=False).returncode
        ):
            return python
    return ""


def needs(library: str) -> str:
    python = python_with(library)
    if not python:
        pytest.skip(f"no Python has {MODULES[library]} (Debian: {PACKAGES[library]})")
    return python


def written(library: str, path: Path) -> Path:
    program = "\n".join(
        line for line in WRITE.replace("LIBRARY", library).splitlines() if f" as {OTHER[library]}" not in line
    )
    subprocess.run([needs(library), "-c", program, path], check=True, timeout=60)
    return path


def asked(library: str, *questions: str) -> list[str]:
    """The answers of an expansion test of a build with the library, run by the Python that has the module."""
    command = [
        needs(library),
        "-m",
        "expander",
        "--profile",
        f"4.96,+hints_{library}",
        "-C",
        os.devnull,
        "-be",
    ]
    done = subprocess.run(
        command, input="\n".join(questions).encode() + b"\n", capture_output=True, cwd=ROOT, env=ENVIRONMENT,
        timeout=60, check=False,
    )  # fmt: skip
    return done.stdout.decode().removeprefix("> ").removesuffix("\n> \n").split("\n> ")


def expand(text: str, profile: str) -> str:
    return Expander(profile=chosen(profile), world=RealWorld()).expand(text)


@pytest.mark.parametrize("library", MODULES)
def test_keys_of_a_file(library: str, tmp_path: Path) -> None:
    path = written(library, tmp_path / "d")
    keys = {
        "alice}dbm": "[a]",
        "alice}dbmnz": "[bare]",
        "bob}dbm": "none",
        "www.example.org}partial-dbm": "[star]",
        "k}dbm": "[v]",
        "a:b}dbmjz": "[two]",
    }
    answers = asked(library, *(f"${{lookup{{{key}{{{path}}}{{[$value]}}{{none}}}}" for key in keys))
    assert dict(zip(keys, answers, strict=True)) == keys


@pytest.mark.parametrize("library", MODULES)
def test_what_is_no_such_file(library: str, tmp_path: Path) -> None:
    end = "" if library == "gdbm" else ".db"
    (tmp_path / f"dir{end}").mkdir()
    (tmp_path / f"text{end}").write_text("alice: a\n" * 1000)
    os.mkfifo(tmp_path / f"pipe{end}")
    names = ("none", "dir", "text", "pipe")
    answers = asked(library, *(f"${{lookup{{alice}}dbm{{{tmp_path}/{name}}}}}" for name in names))
    for name, answer in zip(names, answers, strict=True):
        assert answer.startswith(f"Failed: failed to open {tmp_path}/{name} as a {library} file: ")
    assert answers[0].endswith("No such file or directory")
    assert answers[1].endswith("Is a directory")


def test_a_file_that_someone_is_writing_to_is_not_waited_for(tmp_path: Path) -> None:
    """A writer has the file of GDBM for itself."""
    path = written("gdbm", tmp_path / "d")
    holding = (
        "import dbm.gnu, sys; d = dbm.gnu.open(sys.argv[1], 'w'); print(1, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [needs("gdbm"), "-c", holding, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"1\n"
        (answer,) = asked("gdbm", f"${{lookup{{alice}}dbm{{{path}}}}}")
        holder.communicate(b"")
    assert answer == f"Failed: failed to open {path} as a gdbm file: Resource temporarily unavailable"


@pytest.mark.skipif(DBMBUILD is None, reason="exim_dbmbuild is not installed")
def test_each_build_reads_the_files_of_its_own_library(tmp_path: Path) -> None:
    """As the programs do: what another library wrote is not opened."""
    berkeley = built(tmp_path / "b", "alice: a\n")
    assert expand(f"${{lookup{{alice}}dbm{{{berkeley}}}}}", "debian-12") == "a"
    gnu = written("gdbm", tmp_path / "g")
    with pytest.raises(Failed, match=f"failed to open {gnu} as a db .v4.1.. file: No such file or directory"):
        expand(f"${{lookup{{alice}}dbm{{{gnu}}}}}", "debian-12")
    (answer,) = asked("gdbm", f"${{lookup{{alice}}dbm{{{berkeley}}}}}")
    assert answer.startswith(f"Failed: failed to open {berkeley} as a gdbm file: ")


@pytest.mark.parametrize("library", ["tdb", "sqlite"])
def test_a_library_that_python_has_no_module_for(library: str, tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match=f"DBM files of the library {library}.* not supported"):
        expand(f"${{lookup{{alice}}dbm{{{tmp_path}/d}}}}", f"4.99,+hints_{library}")


@pytest.mark.parametrize("library", MODULES)
def test_a_python_without_the_module(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, MODULES[library], None)
    for name in ("dbm.gnu", "dbm.ndbm"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(Unsupported, match=f"by a Python without {MODULES[library]}"):
        expand(f"${{lookup{{alice}}dbm{{{tmp_path}/d}}}}", f"4.96,+hints_{library}")
