"""Addresses go through routers that are made at random as they do in the installed Exim."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from lines import routing
from real_exim import PROGRAM

COUNT = int(os.environ.get("ROUTING_COUNT", "60"))
SEED = int(os.environ.get("ROUTING_SEED", "1"))
LEAST_AGREEMENT = 0.98
"""May only rise: what is left is where the real Exim ends by a fault of its own."""

BASE = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
timezone = UTC
keep_environment =
tls_advertise_hosts =
percent_hack_domains = lists.test
"""
MODES = (
    ["-bt"],
    ["-bt"],
    ["-bt"],
    ["-bv"],
    ["-bvs"],
    ["-v", "-bv"],
    ["-f", "boss@x.test", "-bt"],
    ["-f", "<>", "-bt"],
)
BROKEN = b"Exim configuration error"

pytestmark = pytest.mark.exim


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory with the files, which the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as path:
        directory = Path(path)
        directory.chmod(0o777)
        for name, text in routing.FILES.items():
            (directory / name).parent.mkdir(exist_ok=True)
            (directory / name).write_text(text)
        for name in ("spool", "log"):
            (directory / name).mkdir()
        yield directory


def answer(command: list[str], config: Path, arguments: list[str]) -> tuple[int, str, bytes]:
    """Exit status, standard output, and standard error."""
    done = subprocess.run(
        [*command, "-C", str(config), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "TZ": "UTC",
            "EXIMULATE_PROFILE": "debian-12",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        timeout=60,
    )
    return done.returncode, done.stdout.decode("latin-1"), done.stderr


def test_random_routers_do_the_same(folder: Path) -> None:
    assert PROGRAM is not None
    asked, different = 0, []
    for seed in range(SEED * 100_000, SEED * 100_000 + COUNT):
        random = Random(seed)
        text = (BASE + routing.configuration(random)).replace("@DIR@", str(folder))
        config = folder / "conf"
        config.write_text(text)
        arguments = [*random.choice(MODES), *routing.addresses(random)]
        status, shown, problems = answer([PROGRAM], config, arguments)
        if BROKEN in problems:
            continue
        asked += 1
        ours = answer([sys.executable, "-m", "expander"], config, arguments)
        if ours[:2] != (status, shown):
            lines = difflib.unified_diff(shown.splitlines(), ours[1].splitlines(), lineterm="", n=1)
            different.append(
                "\n".join([f"seed {seed}: {arguments}", *lines, re.sub(r"(?s).*\nbegin routers", "", text)])
            )
    print(f"{asked - len(different)} of {asked} agree", *different, sep="\n")
    assert asked > COUNT // 3
    assert len(different) <= asked * (1 - LEAST_AGREEMENT)
