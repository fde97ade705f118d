"""Scores eximulate on a corpus of recorded answers and compares each area with a floor that only rises.

    score_floor.py CORPUS FLOOR [--update-floor]

CORPUS is a directory with `score.py`; FLOOR a JSON file, the number of agreeing answers by area. An
area below its floor is an error. With `--update-floor` the floor is raised to what was measured, and
never lowered.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

COMMAND = Path(sys.executable).with_name("eximulate")


def measure(corpus: Path) -> dict[str, tuple[int, int]]:
    """Agreeing answers and all answers, by area."""
    with TemporaryDirectory() as directory:
        result = Path(directory) / "result.json"
        subprocess.run(
            [sys.executable, corpus / "score.py", "--exim", str(COMMAND), "--json", result],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        areas = json.loads(result.read_text(encoding="ascii"))["areas"]
    return {name: (count["agree"], count["total"]) for name, count in sorted(areas.items())}


def main() -> int:
    """Measure, print the table, compare; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("floor", type=Path)
    parser.add_argument("--update-floor", action="store_true")
    options = parser.parse_args()
    floor = json.loads(options.floor.read_text(encoding="ascii")) if options.floor.exists() else {}
    measured = measure(options.corpus)
    below = [name for name, least in floor.items() if measured.get(name, (0, 0))[0] < least]
    for name, (agree, total) in measured.items():
        mark = "BELOW THE FLOOR" if name in below else ""
        print(f"{name:<24} {agree:5}/{total:<5} floor {floor.get(name, 0):5} {mark}".rstrip())
    agree, total = (sum(column) for column in zip(*measured.values(), strict=True))
    print(f"{'total':<24} {agree:5}/{total:<5} {100 * agree / total:.2f} %")
    if options.update_floor:
        raised = {name: max(agree, floor.get(name, 0)) for name, (agree, _) in measured.items()}
        options.floor.write_text(json.dumps(raised, indent=1) + "\n", encoding="ascii")
    for name in below:
        print(f"{name}: {measured.get(name, (0, 0))[0]} agree, the floor is {floor[name]}", file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
