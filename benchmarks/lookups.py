"""How fast lookups are through ``-be`` in one process, beside the real Exim where there is one.

    python benchmarks/lookups.py [--queries N] [--keys N] [--runs N] [--all-of-exim]

Prints medians of whole processes, start included, and ratios; asserts nothing. Each line asks for another
key, drawn at random: 100,000 queries of 50,000 keys. Both programs get the same lines in the same run, in
turns, and have to give the same answers. The last column is the ratio of processor times, which other work
on the machine changes less. Exim reads a text file from the top for each key, which takes it minutes, so
it is given a part of the lines there and its time is projected, unless ``--all-of-exim`` is given. LMDB,
which Debian's Exim lacks, is measured in process.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from expand import CONFIG, EXIM, OURS, report

from drivers.lookups.lmdb import lmdb as lmdb_lookup
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.real import RealWorld

PROJECTED = 500
"""So many lines Exim is asked where it takes milliseconds for each."""


def pairs(count: int) -> Iterator[tuple[str, str]]:
    """The keys with their values."""
    return ((f"key{number}", f"value{number}@example.org") for number in range(count))


def write_stores(folder: Path, count: int) -> dict[str, str]:
    """Write the stores; a line that asks each, with ``KEY`` in it. Missing programs leave some out."""
    (folder / "text").write_text(
        "".join(f"{key}: {value}\n" for key, value in pairs(count)), encoding="ascii"
    )
    asked = {"lsearch": f"${{lookup{{KEY}}lsearch{{{folder}/text}}}}"}
    if cdb := shutil.which("cdb"):
        records = "".join(f"+{len(key)},{len(value)}:{key}->{value}\n" for key, value in pairs(count))
        subprocess.run([cdb, "-c", folder / "cdb"], input=f"{records}\n".encode("ascii"), check=True)
        asked["cdb"] = f"${{lookup{{KEY}}cdb{{{folder}/cdb}}}}"
    with sqlite3.connect(folder / "sqlite") as connection:
        connection.execute("create table t (k text primary key, v text)")
        connection.executemany("insert into t values (?, ?)", pairs(count))
    connection.close()
    asked["sqlite"] = f"${{lookup sqlite{{{folder}/sqlite select v from t where k='KEY'}}}}"
    if build := shutil.which("exim_dbmbuild", path="/usr/sbin"):
        subprocess.run([build, folder / "text", folder / "dbm"], check=True, capture_output=True)
        asked["dbm"] = f"${{lookup{{KEY}}dbm{{{folder}/dbm}}}}"
    return asked


def seconds(command: list[str], data: bytes) -> tuple[float, float, bytes]:
    """How long a program takes by the clock and of the processor, and what it prints."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    taken, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout


def compare(name: str, line: str, keys: list[str], config: Path, options: argparse.Namespace) -> None:
    """One kind of store: both programs in turns, medians and the ratios."""
    arguments = ["-C", str(config), "-be"]
    lines = [f"{line.replace('KEY', key)}\n".encode("ascii") for key in keys]
    part = PROJECTED if name == "lsearch" and not options.all_of_exim else len(lines)
    ours, exim = [], []
    for _ in range(options.runs):
        *times, answers = seconds([*OURS, *arguments], b"".join(lines))
        ours.append(times)
        if EXIM is None:
            continue
        *times, theirs = seconds([EXIM, *arguments], b"".join(lines[:part]))
        exim.append([taken * len(lines) / part for taken in times])
        if theirs.splitlines()[:part] != answers.splitlines()[:part]:
            sys.exit(f"{name}: the answers differ")
    clock, processor = (statistics.median(column) for column in zip(*ours, strict=True))
    what = f"-be, {len(lines):,} queries, {name}"
    if EXIM is None:
        report(what, f"{clock * 1e3:,.0f} ms", "no Exim here")
        return
    their_clock, their_processor = (statistics.median(column) for column in zip(*exim, strict=True))
    shown = f"{their_clock * 1e3:,.0f} ms{'' if part == len(lines) else ' *'}"
    ratios = f"{clock / their_clock:8.2f} {processor / their_processor:8.2f}"
    print(f"{what:<46} {clock * 1e3:>13,.0f} ms {shown:>16} {ratios}")


def lmdb_speed(folder: Path, keys: list[str], count: int, runs: int) -> None:
    """LMDB in process: through the lookup's own function, and through the expansion of lines."""
    import lmdb

    path = f"{folder}/lmdb"
    environment = lmdb.open(path, subdir=False, map_size=1 << 30, lock=False)
    with environment.begin(write=True) as transaction:
        for key, value in pairs(count):
            transaction.put(key.encode("ascii"), value.encode("ascii"))
    environment.close()
    find = lmdb_lookup(RealWorld(), path, ())
    expander = Expander(profile=PROFILES["4.99"], world=RealWorld())
    lines = [f"${{lookup{{{key}}}lmdb{{{path}}}}}" for key in keys]

    def timed(ask: object, questions: list[str]) -> float:
        times = []
        for _ in range(runs):
            begin = time.perf_counter()
            for question in questions:
                ask(question)  # type: ignore[operator]
            times.append(time.perf_counter() - begin)
        return statistics.median(times) / len(questions)

    for what, each in (
        ("lmdb in process, the lookup's function", timed(find, keys)),
        ("lmdb in process, expansions that all differ", timed(expander.expand, lines)),
    ):
        report(what, f"{each * 1e6:.2f} us", f"{1 / each:,.0f}/s")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=50_000, help="keys, and lines of the text file")
    parser.add_argument("--runs", type=int, default=5, help="runs for each median")
    parser.add_argument("--all-of-exim", action="store_true", help="project nothing")
    options = parser.parse_args()
    chance = random.Random(1)
    keys = [f"key{chance.randrange(options.keys)}" for _ in range(options.queries)]
    report("", "eximulate", "exim", None)
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        config = folder / "bench.conf"
        config.write_text(CONFIG.format(directory=directory), encoding="ascii")
        for name, line in write_stores(folder, options.keys).items():
            compare(name, line, keys, config, options)
        lmdb_speed(folder, keys, options.keys, options.runs)


if __name__ == "__main__":
    main()
