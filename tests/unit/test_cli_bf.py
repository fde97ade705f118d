"""Files that are named on the command line for a test of filters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (directory / "conf").write_text(f"keep_environment =\nspool_directory = {directory}\n")
    return subprocess.run(
        [sys.executable, "-m", "expander", "-C", str(directory / "conf"), *arguments],
        cwd=directory,
        env={"PYTHONPATH": str(ROOT)},
        input="",
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_relative_name_counts_from_where_the_command_was_given(tmp_path: Path) -> None:
    (tmp_path / "filter").write_text("# Sieve filter\ndiscard;\n")
    found = run(tmp_path, "-bf", "filter")
    assert (found.returncode, found.stdout.splitlines()[-1]) == (0, "No implicit keep")


def test_a_missing_filter_is_told_before_anything_of_the_configuration(tmp_path: Path) -> None:
    found = run(tmp_path, "-C", "/no/such/file", "-bf", "filter")
    assert (found.returncode, found.stderr) == (
        1,
        "exim: failed to open filter: No such file or directory\n",
    )
