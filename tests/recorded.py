"""Recorded answers: one JSON object per line, a run of the real Exim that eximulate must repeat.

Keys: ``title``; ``files`` (name: text, written into the run's directory), ``opts`` (the command line; the
configuration is ``exim.conf`` of the directory unless ``-C`` is among them), ``input`` (standard
input), and the answer: ``release``, ``features`` (of the build that answered), ``output`` and
``error`` (the two streams) and ``status``; ``compare`` names those that must agree (default: all
three). ``@DIR@`` is the directory. Bytes are latin-1 characters.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from real_exim import PROGRAM

ROOT = Path(__file__).resolve().parents[1]
Entry = dict[str, Any]
ANSWER = ("output", "error", "status")
RELEASE = re.compile(r"Exim version (\S+)")
FEATURES = re.compile(r"^Support for: (.*)$", re.MULTILINE)
CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( [+-]\d{4})?( \[\d+\])?"), "@DATE@"),
    (re.compile(r"Exim version \S+ #\d+ built [^\n]*"), "Exim version @VERSION@"),
)


def read_entries(path: Path) -> list[Entry]:
    """The entries of a file."""
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def run(command: list[str], entry: Entry) -> Entry:
    """Run an entry with a program: its ``output``, ``error`` and ``status``, made uniform."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        directory = Path(name)
        directory.chmod(0o755)
        for file, text in entry.get("files", {}).items():
            (directory / file).write_bytes(text.replace("@DIR@", name).encode("latin-1"))
        options = [option.replace("@DIR@", name).encode("latin-1") for option in entry["opts"]]
        chosen = [] if "-C" in entry["opts"] else [b"-C", f"{name}/exim.conf".encode()]
        done = subprocess.run(
            [*(word.encode() for word in command), *chosen, *options],
            input=entry.get("input", "").replace("@DIR@", name).encode("latin-1"),
            capture_output=True,
            check=False,
            cwd=directory,
            env={**os.environ, "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC", "PYTHONPATH": str(ROOT)},
            timeout=60,
        )
        return {
            "output": uniform(done.stdout, name),
            "error": uniform(done.stderr, name),
            "status": done.returncode,
        }


def uniform(data: bytes, directory: str) -> str:
    """A stream as text, without what differs from run to run."""
    text = data.decode("latin-1").replace(directory, "@DIR@")
    for pattern, name in CHANGING:
        text = pattern.sub(name, text)
    return text


def record(path: Path) -> bool:
    """Ask the real Exim for every entry of a file and write its answers; True if that changed it."""
    assert PROGRAM is not None
    about = subprocess.run([PROGRAM, "-bV"], capture_output=True, check=True).stdout.decode("latin-1")
    release, features = RELEASE.search(about), FEATURES.search(about)
    build = {
        "release": release[1] if release else "",
        "features": features[1].split() if features else [],
    }
    entries = read_entries(path)
    lines = [json.dumps({**entry, **build, **run([PROGRAM], entry)}) + "\n" for entry in entries]
    text = "".join(lines)
    if text == path.read_text(encoding="ascii"):
        return False
    path.write_text(text, encoding="ascii")
    return True
