"""Deliveries by transports with options at random leave the same files, logs and bounces by both programs."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import installed
import pytest
from delivered import Sent, both, differences
from installed import BASE, BUILT_IN, Installed

import namespace
import random_remote
from delivery_lab import same
from random_deliveries import HERE, Case, case, config

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]
COUNT = int(os.environ.get("RANDOM_DELIVERIES", "3"))
"""So many configurations; and four times as many deliveries to another host."""

FIRST = int(os.environ.get("RANDOM_FIRST", "0"))
TRANSPORTS = 10
_NAME = re.compile(r"\b(?:r_)?(t\d\d)\b")
_LINE = re.compile(r"\bline (\d+)\b")


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    made.chmod(0o755)
    (made / "text").write_text("text of $local_part\nsecond line\n")
    (made / "text").chmod(0o644)
    try:
        yield made
    finally:
        shutil.rmtree(made)


def accepted(cases: list[Case]) -> list[Case]:
    """The cases without those that Exim refuses; eximulate has to say the same of each."""
    while True:
        with folder() as place:
            system = Installed(place, config(cases), base=BASE)
            exim, ours = system.exim("-bV"), system.ours("-bV")
            told = exim.stderr.decode("latin-1")
            ours_told = ours.stderr.decode("latin-1").replace(str(system.file), BUILT_IN)
            assert re.sub(r"^\S+ \S+ ", "", told) == re.sub(r"^\S+ \S+ ", "", ours_told)
        if exim.returncode == 0:
            return cases
        bad = _refused(told, (BASE + config(cases)).splitlines())
        cases = [one for one in cases if one.name != bad]


def _refused(told: str, lines: list[str]) -> str:
    """The name of the driver that an error is about."""
    found = _NAME.search(told)
    if found is None:
        number = _LINE.search(told)
        assert number is not None, told
        above = reversed(lines[: int(number[1])])
        found = next(name for line in above if (name := re.match(r"(?:r_)?(t\d\d):", line)))
    return found[1]


@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
def test_local_deliveries(seed: int) -> None:
    random = Random(seed)
    cases = accepted([case(random, f"t{number:02}") for number in range(TRANSPORTS)])
    sent = [
        Sent(("-odi", "-f", f"sender@{HERE}", "--", *(f"{name}@{HERE}" for name in recipients)), data)
        for one in cases
        for recipients, data in one.messages
    ]
    with folder() as place:
        exim, ours = both(place, config(cases), sent)
    assert differences(exim, ours) == []
    assert exim.main


@pytest.mark.skipif(not namespace.possible("/etc/exim4"), reason="no other place for the configuration")
@pytest.mark.parametrize("seed", range(FIRST * 4, (FIRST + COUNT) * 4))
def test_deliveries_to_another_host(seed: int) -> None:
    scenario = random_remote.scenario(Random(seed))
    with TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        ours, real = same(scenario, place)
    for what in ("heard", "log", "panic", "box", "kept"):
        assert getattr(ours, what) == getattr(real, what)
