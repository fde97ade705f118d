"""Fuzzing with Atheris: random texts that make some sense, kept where they reach new code.

    python tests/fuzz/run.py TARGET PROFILE [options of libFuzzer: -runs=N, -max_len=N, -seed=N, FOLDER...]

TARGET is one of ``targets.TARGETS``, PROFILE a profile's name. Needs the extra ``fuzz``. Each new kind of
fault is written to standard error with the line FINDING, and the fuzzing goes on. An empty FOLDER is filled
with the inputs of the project's own cases first.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from random import Random

import atheris

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

with atheris.instrument_imports(include=["grammar", "drivers", "expander"]):
    from drivers.api import registry
    from expander.config.profile import PROFILES
    from fuzz import targets
    from fuzz.writer import Writer

    for family in ("operator", "item", "condition", "variable", "lookup"):
        list(registry.units(family))

from casefile import read_cases  # noqa: E402 - the path comes first
from fuzz import lines  # noqa: E402


def seeds(target: str, folder: Path) -> None:
    """Write the inputs of the cases, the samples or some messages into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if target == "expansion":
        texts = [
            case.text
            for path in sorted((ROOT / "tests/cases/expansion").rglob("*.case"))
            for case in read_cases(path)
        ]
    elif target == "configuration":
        texts = [path.read_text(encoding="latin-1") for path in sorted((ROOT / "samples").rglob("*.conf"))]
    else:
        texts = list(lines.MESSAGES)
    for number, text in enumerate(texts):
        (folder / f"seed-{number}").write_bytes(text.encode("latin-1", "replace"))


def main() -> None:
    """Fuzz."""
    target, profile, *rest = sys.argv[1:]
    run = targets.timed(targets.TARGETS[target](PROFILES[profile]))
    writer = Writer(registry.shapes(PROFILES[profile]))

    def mutated(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        kind = random.random()
        if kind < 0.2:
            return bytes(atheris.Mutate(data, longest))
        text = data.decode("latin-1")
        if target == "expansion":
            text = (
                writer.text(random, random.choice((1, 2, 2, 3)))
                if kind < 0.3 or not text
                else writer.changed(random, text)
            )
        elif target == "configuration":
            text = lines.changed(random, text, lines.CONFIGURATION, writer)
        else:
            text = lines.changed(random, text, lines.MESSAGE, writer)
        return text.encode("latin-1", "replace")[:longest]

    known: set[tuple[str, ...]] = set()

    def one_input(data: bytes) -> None:
        try:
            run(data.decode("latin-1"))
        except Exception as error:  # noqa: BLE001 - the first of each kind is told, and it goes on
            place = traceback.extract_tb(error.__traceback__)[-1]
            key = (type(error).__name__, place.filename, str(place.lineno))
            if key not in known:
                known.add(key)
                traceback.print_exc()
                print(f"FINDING {len(known)}: {data!r}", file=sys.stderr, flush=True)

    folders = [argument for argument in rest if not argument.startswith("-")]
    if folders and not any(Path(folders[0]).glob("*")):
        seeds(target, Path(folders[0]))
    atheris.Setup([sys.argv[0], *rest], one_input, custom_mutator=mutated, internal_libfuzzer=True)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - what Exim says of a message is not looked at
    main()
