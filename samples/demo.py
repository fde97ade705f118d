"""The main job on real input: checks each sample configuration and expands its strings with it.

Run as ``make demo``. Prints each string with its value; the exit status is 1 if a configuration
is not accepted or a value is not the one in ``expected/expansions``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMMAND = [sys.executable, "-m", "expander"]


def samples() -> list[Path]:
    """The folders with a configuration."""
    return sorted(path.parent for path in HERE.glob("*/exim.conf"))


def run(sample: Path, *arguments: str, profile: str, data: str = "") -> subprocess.CompletedProcess[str]:
    """One run of the command line on a sample."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=data,
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parent,
        env={**os.environ, "EXIMULATE_PROFILE": profile},
    )


def values(sample: Path, *, profile: str, name: str = "expansions") -> str:
    """The values of the strings in a file of the sample, as ``-be`` prints them."""
    strings = (sample / name).read_text(encoding="utf-8")
    return run(sample, "-C", str(sample / "exim.conf"), "-be", profile=profile, data=strings).stdout


def show(sample: Path) -> bool:
    """Print what a sample's configuration says and its strings come to; True if all is well."""
    print(f"\n== {sample.name}")
    for profile in ("debian-12", "4.99"):
        done = run(sample, "check", str(sample / "exim.conf"), profile=profile)
        print(f"check for {profile}: {(done.stdout + done.stderr).strip() or 'nothing to say'}")
        if done.returncode != 0:
            return False
    strings = (sample / "expansions").read_text(encoding="utf-8").splitlines()
    found = values(sample, profile="debian-12")
    for string, value in zip(strings, found.removeprefix("> ").split("\n> "), strict=False):
        print(f"{string}\n    {value.replace(chr(10), chr(10) + '    ')}")
    return found == (sample / "expected" / "expansions").read_text(encoding="utf-8")


def main() -> int:
    """Show all samples; the exit status."""
    results = {sample.name: show(sample) for sample in samples()}
    print()
    for name, good in results.items():
        print(f"{name}: {'as expected' if good else 'NOT as expected'}")
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
