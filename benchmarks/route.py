"""How fast addresses are routed, beside the real Exim in the same run.

    python benchmarks/route.py [--addresses N] [--runs N]

Prints medians of whole processes, start included, per address, with ratios; asserts nothing. Debian's
configuration for a host on the internet takes them: local users, an alias file of 10,000 lines, and domains
that the DNS has. Each kind is measured alone and then all in turns, both programs on the same lines of
standard input. eximulate reads zone files; Exim asks BIND, which has the same, in a network namespace; the
time that BIND needs to start is taken off. Without BIND, or without the right to make namespaces, Exim gets
only the addresses that need no DNS. The last column is the ratio of processor times (with BIND's). At the end
stands how much memory the process needed at most with a tenth of the addresses, and with all.
"""

from __future__ import annotations

import argparse
import os
import pwd
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import NamedTuple

from expand import DEBIAN, EXIM, OURS, report

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import bind_server

ALIASES, DOMAINS = 10_000, 500
HOST = "mail.bench.test"
KINDS = ("local users", "aliases", "remote domains", "all of them")


def write_configuration(folder: Path) -> Path:
    """Debian's configuration for a host on the internet, with the aliases of the folder."""
    text = DEBIAN.read_text(encoding="utf-8")
    for before, after in (
        ("DCconfig_local=1", "DCconfig_internet=1"),
        ("DC_eximconfig_configtype=local", "DC_eximconfig_configtype=internet"),
        ("/etc/aliases", f"{folder}/aliases"),
    ):
        text = text.replace(before, after)
    config = folder / "exim.conf"
    config.write_text(f"MAIN_HARDCODE_PRIMARY_HOSTNAME = {HOST}\n{text}", encoding="utf-8")
    return config


def write_aliases(folder: Path, users: list[str]) -> None:
    """Each alias stands for one local user."""
    lines = (f"alias{number}: {users[number % len(users)]}\n" for number in range(ALIASES))
    (folder / "aliases").write_text("".join(lines), encoding="ascii")


def write_zone(folder: Path) -> Path:
    """One zone with domains of two exchangers each."""
    zones = folder / "zones"
    zones.mkdir()
    lines = ["$TTL 3600", "@ SOA ns admin 1 2 3 4 60", "@ NS ns", "ns A 192.0.2.53"]
    for number in range(DOMAINS):
        lines += [f"d{number} MX 10 mx{number}", f"d{number} MX 20 backup"]
        lines += [f"mx{number} A 192.0.2.{number % 200 + 1}"]
    (zones / "db.remote.test").write_text("\n".join([*lines, "backup A 192.0.2.250", ""]), encoding="ascii")
    return zones


def addresses(users: list[str], count: int) -> dict[str, list[str]]:
    """The addresses of each kind, drawn at random."""
    chance = random.Random(1)
    made = {
        KINDS[0]: [f"{chance.choice(users)}@{HOST}" for _ in range(count)],
        KINDS[1]: [f"alias{chance.randrange(ALIASES)}@{HOST}" for _ in range(count)],
        KINDS[2]: [f"user{number}@d{chance.randrange(DOMAINS)}.remote.test" for number in range(count)],
    }
    made[KINDS[3]] = [made[KINDS[number % 3]][number] for number in range(count)]
    return made


class Measured(NamedTuple):
    """Seconds by the clock and of the processor, the most memory in KiB, and what the program printed."""

    clock: float
    processor: float
    memory: int
    answers: bytes


def measured(command: list[str], lines: list[str], zones: Path) -> Measured:
    """One run of a program, with all processes that it starts."""
    environment = {**os.environ, "EXIMULATE_PROFILE": "debian-12", "EXIMULATE_DNS_ZONES": str(zones)}
    with TemporaryFile() as asked, TemporaryFile() as answers:
        asked.write("".join(f"{line}\n" for line in lines).encode("ascii"))
        asked.seek(0)
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=asked, stdout=answers, stderr=subprocess.DEVNULL, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        answers.seek(0)
        return Measured(taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, answers.read())


def compare(kind: str, lines: list[str], config: Path, zones: Path, runs: int) -> None:
    """One kind of addresses: both programs in turns. Ends the program if the answers differ."""
    arguments = ["-C", str(config), "-bt"]
    needs_dns = kind in KINDS[2:]
    asks = EXIM is not None and (not needs_dns or bind_server.possible())
    theirs_command, idle = [str(EXIM), *arguments], (0.0, 0.0)
    if needs_dns and asks:
        theirs_command = bind_server.command(zones, theirs_command)
        starts = [measured(bind_server.command(zones, ["true"]), [], zones) for _ in range(runs)]
        idle = (
            statistics.median(run.clock for run in starts),
            statistics.median(run.processor for run in starts),
        )
    ours, exim = [], []
    for _ in range(runs):
        ours.append(measured([*OURS, *arguments], lines, zones))
        if asks:
            exim.append(measured(theirs_command, lines, zones))
            theirs = exim[-1].answers
            if theirs != ours[-1].answers or theirs.count(b"router = ") != len(lines):
                sys.exit(f"{kind}: the answers differ, or there are not as many as questions")
    each = statistics.median(run.clock for run in ours) / len(lines)
    if not asks:
        report(f"-bt, {kind}", f"{each * 1e6:.0f} us", "cannot ask")
        return
    their_each = (statistics.median(run.clock for run in exim) - idle[0]) / len(lines)
    processor = statistics.median(run.processor for run in ours)
    their_processor = statistics.median(run.processor for run in exim) - idle[1]
    shown = f"{each / their_each:8.2f} {processor / their_processor:8.2f}"
    print(f"{f'-bt, {kind}':<46} {each * 1e6:>13.0f} us {their_each * 1e6:>13.0f} us {shown}")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--addresses", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3, help="runs for each median")
    options = parser.parse_args()
    if not DEBIAN.exists():
        sys.exit(f"there is no {DEBIAN}")
    users = [account.pw_name for account in pwd.getpwall() if account.pw_uid and account.pw_name.islower()]
    report(f"{options.addresses:,} addresses, time of each", "eximulate", "exim", None)
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        folder.chmod(0o755)
        config = write_configuration(folder)
        write_aliases(folder, users)
        zones = write_zone(folder)
        asked = addresses(users, options.addresses)
        for kind, lines in asked.items():
            compare(kind, lines, config, zones, options.runs)
        command = [*OURS, "-C", str(config), "-bt"]
        few = measured(command, asked[KINDS[3]][: options.addresses // 10], zones).memory
        all_of_them = measured(command, asked[KINDS[3]], zones).memory
        report("memory with a tenth, and with all", f"{few / 1024:.1f} MiB", f"{all_of_them / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
