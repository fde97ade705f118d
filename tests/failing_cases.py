"""Configurations with a fault, the scenarios that find it, and what is said of it (``tests/cases/failing``).

Each case is a title and three parts behind lines with equals signs. ``python tests/failing_cases.py`` writes
the output anew; read the difference like any other change.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "cases" / "failing"
_PART = re.compile(r"^===== \w+\n", re.MULTILINE)
_SECONDS = re.compile(r" in \d+\.\d\d s$", re.MULTILINE)


class Case(NamedTuple):
    """One case; ``output`` is what ``eximulate test`` prints without the time that it took."""

    path: Path
    title: str
    config: str
    scenarios: str
    output: str


def read(path: Path) -> Case:
    """The case in a file."""
    title, config, scenarios, output = _PART.split(path.read_text())
    return Case(path, title.strip(), config, scenarios, output)


def cases() -> list[Case]:
    """All of them."""
    return [read(path) for path in sorted(CASES.glob("*.txt"))]


def output_of(case: Case) -> str:
    """What is printed; files go by their names."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "exim.conf").write_text(case.config)
        (Path(folder) / "site.exim-test").write_text(case.scenarios)
        command = [sys.executable, "-m", "expander", "test", "site.exim-test"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=folder, env={"PYTHONPATH": str(ROOT)}
        )
    assert done.returncode in {1, 2}, done.stderr
    return _SECONDS.sub("", done.stdout.replace(f"{folder}/", ""))


def main() -> None:
    """Write the output of all cases anew."""
    for case in cases():
        head = case.path.read_text().partition("===== output\n")[0]
        case.path.write_text(f"{head}===== output\n{output_of(case)}")


if __name__ == "__main__":
    main()
