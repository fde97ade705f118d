"""Sessions made at random go as with the real Exim: what is said, told and logged, and how they end."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lines.sessions import CLIENTS, FILES, Maker
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

COUNT = int(os.environ.get("GENERATED_SESSIONS", "60"))
SEED = os.environ.get("SESSION_SEED", "1")
LEAST_AGREEMENT = 0.97
"""May only rise. What differs is printed; each cause becomes a case."""

MOST_REPAIRS = 40
CRASHED = -11
_DIFFERS = (
    (re.compile(rb"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b"), b"NAME"),
    (re.compile(rb"\b[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [-+]\d{4}"), b"DATE"),
    (re.compile(rb"unlinking '.*'"), b"unlinking"),
    (re.compile(rb" D=\d+s"), b" D=0s"),
)
"""What is different in each run, and what stands for it."""

Seen = tuple[int, bytes, bytes]


@pytest.fixture(name="folder")
def _folder() -> Iterator[Path]:
    """A folder that Exim's own user may use, with the files that lists look into."""
    with tempfile.TemporaryDirectory(prefix="sessions-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for file, text in FILES.items():
            (folder / file).write_text(text)
        yield folder


def repaired(text: str, config: Path) -> bool:
    """Write a configuration without the lines that Exim does not load; false if it loads none of it."""
    assert PROGRAM is not None
    for _ in range(MOST_REPAIRS):
        config.write_bytes(text.encode("latin-1"))
        done = subprocess.run(
            [PROGRAM, "-C", str(config), "-bV"], capture_output=True, check=False, timeout=60
        )
        found = re.search(rb"rror in line (\d+) of", done.stdout + done.stderr)
        if found is None:
            return True
        lines = text.splitlines(keepends=True)
        del lines[int(found[1]) - 1]
        text = "".join(lines)
    return False


def seen(command: list[str], config: Path, client: str, data: bytes) -> Seen:
    """What comes of a session; nothing is left of another one."""
    spool = config.parent / "spool"
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir()
    spool.chmod(0o777)
    done = subprocess.run(
        [*command, "-C", str(config), "-bh", client],
        input=data,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC"},
        timeout=120,
    )
    said, told = done.stdout, done.stderr
    for pattern, stand_in in _DIFFERS:
        said, told = pattern.sub(stand_in, said), pattern.sub(stand_in, told)
    return done.returncode, said, told


def first_difference(ours: Seen, real: Seen) -> str:
    """The first lines that are not the same."""
    for one, other in zip(ours[1:], real[1:], strict=True):
        for line, wanted in zip(one.split(b"\n"), other.split(b"\n"), strict=False):
            if line != wanted:
                return f"{line!r}, not {wanted!r}"
    return f"other lines, or status {ours[0]}, not {real[0]}"


def test_sessions_go_as_with_exim(folder: Path) -> None:
    assert PROGRAM is not None
    different, asked = [], 0
    for number in range(COUNT):
        made = Maker(f"{SEED}-{number}")
        config = folder / "conf"
        if not repaired(made.config().replace("@DIR@", str(folder)), config):
            continue
        client, data = made.random.choice(CLIENTS), made.conversation()
        real = seen([PROGRAM], config, client, data)
        if real[0] == CRASHED:
            continue
        asked += 1
        ours = seen([sys.executable, "-m", "expander"], config, client, data)
        if ours != real:
            different.append(f"{SEED}-{number}: {first_difference(ours, real)}")
    print(f"{asked - len(different)} of {asked} agree")
    print(*different, sep="\n")
    assert asked > COUNT // 2
    assert len(different) <= asked * (1 - LEAST_AGREEMENT)
