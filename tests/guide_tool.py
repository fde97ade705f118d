"""The commands of the pages: runs them; as a program it writes what they print into the pages again.

A block ``console`` has commands with their outputs; a block with a ``title`` is a file that the reader saves.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OF_DEBIAN = (ROOT / "README.md", ROOT / "docs" / "howto" / "debian-split.md")
"""Pages about the configuration of Debian 12, which needs the package with it."""

PAGES = (*(ROOT / "docs" / name for name in ("guide.md", "tutorial.md")), *OF_DEBIAN)
BLOCK = re.compile(
    r"^```(?:console|\w+ title=\"(?P<file>[^\"]+)\")\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
TIME = re.compile(r"\(\d+ us\)|(?<=\"microseconds\": )[0-9.]+|(?<= in )[0-9.]+(?= s$)", re.MULTILINE)


def is_possible(page: Path) -> bool:
    """False if what the page is about is not installed here."""
    if page not in OF_DEBIAN:
        return True
    asking = ["dpkg-query", "-W", "-f", "${Version}", "exim4-config"]
    if shutil.which(asking[0]) is None or not Path("/etc/exim4/exim4.conf.template").exists():
        return False
    return subprocess.run(asking, capture_output=True, text=True, check=False).stdout.startswith(
        "4.96-15+deb12"
    )


def without_times(text: str) -> str:
    """An output without what differs from run to run."""
    return TIME.sub("()", text)


def parts(block: re.Match[str]) -> list[tuple[str, str]]:
    """The commands of a block, each with the output that stands below it; ``cat`` for a file to be saved."""
    if block["file"]:
        return [(f"cat {block['file']}", block["text"])]
    found = [part.partition("\n") for part in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]]
    return [(command, output) for command, _, output in found]


def commands(page: Path) -> list[tuple[str, str]]:
    """The commands of a page in order, each with the output that stands below it."""
    return [part for block in BLOCK.finditer(page.read_text(encoding="utf-8")) for part in parts(block)]


def runner(folder: Path) -> Callable[[str, str], str]:
    """What runs a command in a folder and gives what it prints; ``cat`` of a file makes the file."""
    (folder / "samples").symlink_to(ROOT / "samples")
    program = folder / "bin" / "eximulate"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m expander "$@"\n')
    program.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "EXIMULATE_PROFILE"}
    environment |= {"PYTHONPATH": str(ROOT), "PATH": f"{program.parent}:{os.environ['PATH']}:/usr/sbin"}

    def run(command: str, expected: str) -> str:
        if command.startswith("cat "):
            (folder / command.removeprefix("cat ")).write_text(expected)
            return expected
        return subprocess.run(
            ["/bin/sh", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=folder,
            env=environment,
        ).stdout

    return run


def write(page: Path) -> None:
    """Write the outputs of a page again; times stay as they are where nothing else changed."""
    with tempfile.TemporaryDirectory() as folder:
        run = runner(Path(folder))

        def block(match: re.Match[str]) -> str:
            lines = []
            for command, expected in parts(match):
                printed = run(command, expected)
                same = without_times(printed) == without_times(expected)
                lines.append(f"$ {command}\n{expected if same else printed}")
            return match[0] if match["file"] else f"```console\n{''.join(lines)}```"

        page.write_text(BLOCK.sub(block, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    for one in filter(is_possible, PAGES):
        write(one)
