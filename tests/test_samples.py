"""The sample configurations load, nothing is wrong with them, and their strings come to what is expected."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from real_exim import PROGRAM

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
sys.path.insert(0, str(SAMPLES))

from demo import run, samples, values  # noqa: E402 - the sample's own program is not a package

each = pytest.mark.parametrize("sample", samples(), ids=lambda path: path.name)


@each
@pytest.mark.parametrize("profile", ["debian-12", "4.99"])
def test_the_configuration_is_accepted(sample: Path, profile: str) -> None:
    done = run(sample, "-C", str(sample / "exim.conf"), "-bV", profile=profile)
    assert (done.returncode, done.stderr) == (0, "")


@each
@pytest.mark.parametrize("profile", ["debian-12", "4.99"])
def test_check_has_nothing_to_say(sample: Path, profile: str) -> None:
    done = run(sample, "check", str(sample / "exim.conf"), profile=profile)
    assert (done.returncode, done.stderr) == (0, "")


STRINGS = ["expansions", "lookups"]


@each
@pytest.mark.parametrize("name", STRINGS)
def test_the_strings_come_to_what_is_expected(sample: Path, name: str) -> None:
    expected = (sample / "expected" / name).read_text(encoding="utf-8")
    assert values(sample, profile="debian-12", name=name) == expected


@each
def test_a_sample_is_complete(sample: Path) -> None:
    assert (sample / "README.md").exists()
    assert list((sample / "messages").glob("*.eml"))


@pytest.mark.exim
@each
def test_the_real_exim_accepts_the_configuration(sample: Path) -> None:
    assert PROGRAM is not None
    done = subprocess.run(
        [PROGRAM, "-C", str(sample / "exim.conf"), "-bV"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.exim
@each
@pytest.mark.parametrize("name", STRINGS)
def test_the_real_exim_expects_the_same(sample: Path, name: str) -> None:
    assert PROGRAM is not None
    done = subprocess.run(
        [PROGRAM, "-C", str(sample / "exim.conf"), "-be"],
        input=(sample / name).read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == (sample / "expected" / name).read_text(encoding="utf-8")
