"""Asks both programs about many configurations, and shows where they differ.

    python tests/loading/compare.py AREA [--every N] [--only TEXT] [--at-most N] [--print]

Answers of the installed Exim are kept in a file beside the temporary files, so that it is asked once.
"""

from __future__ import annotations

import argparse
import hashlib
import shelve
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from loading.areas import AREAS  # noqa: E402 - the path comes first
from loading.runner import LOOKS, Answer, ask_exim, ask_eximulate, warm  # noqa: E402


def main() -> int:
    """Compare; the exit status is 1 where anything differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("area", choices=AREAS, nargs="+")
    parser.add_argument("--every", type=int, default=1, help="ask about one of so many")
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--only", default="", help="only those whose title has this text")
    parser.add_argument("--at-most", type=int, default=40, help="stop after so many differences")
    parser.add_argument("--number", type=int, default=None, help="how many to ask about")
    parser.add_argument("--print", nargs="*", default=None, help="compare -bP with these arguments")
    chosen = parser.parse_args()
    options = LOOKS if chosen.print is None else ("-bP", *chosen.print)
    asked = differing = 0
    warm()
    with (
        TemporaryDirectory() as name,
        shelve.open(f"{gettempdir()}/loading-answers-{chosen.area[0]}") as kept,
    ):
        directory = Path(name)
        directory.chmod(0o755)
        for title, text in wanted(chosen):
            asked += 1
            key = hashlib.sha1(repr((text, options)).encode()).hexdigest()
            if key not in kept:
                kept[key] = ask_exim(text, directory, options)
            theirs, ours = kept[key], ask_eximulate(text, directory, options)
            if theirs != ours:
                differing += 1
                show(title, text, theirs, ours)
                if differing >= chosen.at_most:
                    break
    print(f"{asked} asked, {differing} differ")
    return 1 if differing else 0


def wanted(chosen: argparse.Namespace) -> Iterator[tuple[str, str]]:
    for area in chosen.area:
        cases = (case for case in AREAS[area]() if chosen.only in case[0])
        yield from islice(
            cases, chosen.first, chosen.number and chosen.first + chosen.number * chosen.every, chosen.every
        )


def show(title: str, text: str, theirs: Answer, ours: Answer) -> None:
    print(f"== {title}")
    if len(text) < 1500:
        print(
            "".join(f"   | {line}\n" for line in text.removeprefix("keep_environment =\n").split("\n")),
            end="",
        )
    for who, answer in (("exim", theirs), ("ours", ours)):
        print(f"   {who} {answer.status} {answer.error!r} {answer.output[:500]!r}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
