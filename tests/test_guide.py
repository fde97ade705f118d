"""The guide: every command in it is run, and prints what the guide says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guide.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TIME = re.compile(r"\(\d+ us\)|(?<=\"microseconds\": )[0-9.]+")


def commands() -> list[tuple[str, str]]:
    """The commands of the guide in order, each with the output that stands below it."""
    found = []
    for block in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_the_guide_shows_what_the_commands_print(tmp_path: Path) -> None:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    program = tmp_path / "bin" / "eximulate"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m expander "$@"\n')
    program.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "EXIMULATE_PROFILE"}
    environment |= {"PYTHONPATH": str(ROOT), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    for command, expected in commands():
        if command.startswith("cat "):
            (tmp_path / command.removeprefix("cat ")).write_text(expected)
            continue
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
        assert TIME.sub("()", done.stdout) == TIME.sub("()", expected), command
