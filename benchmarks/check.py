"""How fast a configuration is loaded and checked, beside the real Exim's -bV where there is one.

    python benchmarks/check.py [--runs N] [FILE...]

Prints medians of whole processes and of the steps in process; asserts nothing. Without files it takes
Debian's template and the samples.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from expand import EXIM, OURS, median, report

from drivers.api.text import from_argument
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.lint.engine import check_config
from expander.lint.rule import rules
from expander.lint.survey import Survey
from expander.world.real import RealWorld

DEBIAN = Path("/etc/exim4/exim4.conf.template")
SAMPLES = sorted((Path(__file__).resolve().parents[1] / "samples").glob("*/exim.conf"))
SLOWEST = 5


def quiet(command: list[str]) -> None:
    """Run a program whose answer does not matter."""
    subprocess.run(command, capture_output=True, check=False)


def whole(path: Path, runs: int) -> None:
    """Whole processes: loading alone, and the check."""
    ours = median(partial(quiet, [*OURS, "-C", str(path), "-bV"]), runs)
    theirs = median(partial(quiet, [EXIM, "-C", str(path), "-bV"]), runs) if EXIM else None
    shown = f"{theirs * 1e3:.0f} ms" if theirs else ""
    report("-bV", f"{ours * 1e3:.0f} ms", shown, ours / theirs if theirs else None)
    seconds = median(partial(quiet, [*OURS, "check", "--profile", "debian-12", str(path)]), runs)
    report("check", f"{seconds * 1e3:.0f} ms")


def steps(path: Path, runs: int) -> None:
    """The steps in one process, everything imported, and the rules that take longest."""
    world, profile = RealWorld(), PROFILES["debian-12"]
    name = from_argument(str(path))

    def loading() -> None:
        load(name, profile=profile, world=world, collect=True)

    report("load, in process", f"{median(loading, runs) * 1e3:.0f} ms")
    config = load(name, profile=profile, world=world, collect=True)
    report("all rules, in process", f"{median(partial(check_config, config, world), runs) * 1e3:.0f} ms")
    survey, times = Survey(config, world), []
    for unit in rules():
        if unit.impl is not None:
            begin = time.perf_counter()
            list(unit.impl(survey))
            times.append((time.perf_counter() - begin, f"{unit.name} {unit.syntax}"))
    for seconds, rule in sorted(times, reverse=True)[:SLOWEST]:
        report(f"  {rule}", f"{seconds * 1e3:.1f} ms")


def main() -> None:
    """Measure each file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("file", nargs="*", type=Path)
    options = parser.parse_args()
    for path in options.file or [path for path in (DEBIAN, *SAMPLES) if path.exists()]:
        print(f"== {path} ({len(path.read_bytes().splitlines())} lines)")
        whole(path, options.runs)
        steps(path, options.runs)


if __name__ == "__main__":
    sys.exit(main())
