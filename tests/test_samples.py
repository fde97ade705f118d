"""The sample configurations load, nothing is wrong with them, and their strings come to what is expected."""

from __future__ import annotations

import json
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


SCENARIOS, COVERED = 15, 90.0
"""Each sample has so many scenarios, which come to so much of it in a hundred."""


def scenario_results(sample: Path, *options: str) -> tuple[int, list[dict[str, object]]]:
    """A run of the sample's scenarios: the status, and the results in their order."""
    done = run(sample, "test", str(sample), "--format", "json", *options, profile="debian-12")
    return done.returncode, json.loads(done.stdout)


@each
def test_the_scenarios_pass_and_come_to_nearly_everything(sample: Path) -> None:
    status, results = scenario_results(sample, "--fail-under", str(COVERED))
    assert [one for one in results if one["outcome"] != "passed"] == []
    assert len(results) >= SCENARIOS
    assert status == 0


@each
def test_the_order_of_scenarios_does_not_matter(sample: Path) -> None:
    orders = [
        scenario_results(sample, *options)[1]
        for options in ([], ["--shuffle", "7"], ["--shuffle", "7", "-j", "2"])
    ]
    by_name = [
        {(str(one["name"]), one["line"]): (one["outcome"], one["faults"]) for one in results}
        for results in orders
    ]
    assert by_name[0] == by_name[1] == by_name[2]
    assert [one["name"] for one in orders[1]] == [one["name"] for one in orders[2]]


@pytest.mark.exim
@each
def test_the_real_exim_agrees_with_the_scenarios(sample: Path) -> None:
    assert PROGRAM is not None
    _, results = scenario_results(sample, "--against", PROGRAM)
    assert [one for one in results if one["outcome"] not in {"passed", "skipped"}] == []
    assert all(one["reason"] for one in results if one["outcome"] == "skipped")
    assert sum(one["outcome"] == "passed" for one in results) >= SCENARIOS


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
