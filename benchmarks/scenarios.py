"""How long a thousand scenarios take: sessions, routes and expansions with the configuration of a sample.

Run from the root of the project: ``python benchmarks/scenarios.py [SCENARIOS [PROCESSES]]``.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "small-site" / "exim.conf"
HEAD = f"""\
config {SAMPLE}
profile debian-12
given host mail.office.example 192.0.2.1
given user mail uid 8 gid 8
given dns client.example
    @    MX 10 mx
    mx   A  198.51.100.7
given dns 100.51.198.in-addr.arpa
    7    PTR mx.client.example.
given dns partner.example
    @    MX 10 mx1
    mx1  A  203.0.113.1
"""
KINDS = (
    """\
    session from 198.51.100.7
        > EHLO mx.client.example
        < 250 HELP
        > MAIL FROM:<ann{n}@client.example>
        < 250 OK
        > RCPT TO:<hanna@office.example>
        < 250 Accepted
        message
            From: ann{n}@client.example
            To: hanna@office.example

            Number {n}.
        < 250 OK*
    expect message Number {n}.
""",
    """\
    session from 198.51.100.7
        > EHLO mx.client.example
        > MAIL FROM:<ann@client.example>
        > RCPT TO:<x{n}@elsewhere.example>
        < 550 relay not permitted
    expect acl check_recipient require denied
""",
    """\
    route x{n}@partner.example
    expect host mx1.partner.example 203.0.113.1
""",
    """\
    given file /etc/numbers
        n{n}: {n}
    expand ${{lookup{{n{n}}}lsearch{{/etc/numbers}}}}
    expect value {n}
""",
)


def scenarios(count: int) -> str:
    """A file with so many scenarios, of all kinds in turn."""
    made = [f'scenario "number {n}"\n{KINDS[n % len(KINDS)].format(n=n)}' for n in range(count)]
    return HEAD + "".join(made)


def _worked() -> float:
    """How many seconds the processor has worked for what was run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Run them in one process and in several, in their order and in others; print the seconds."""
    count = int(sys.argv[1]) if sys.argv[1:] else 1000
    processes = sys.argv[2] if sys.argv[2:] else "2"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.exim-test"
        path.write_text(scenarios(count))
        runs = (
            ["-j", "1"],
            ["-j", processes],
            ["-j", processes, "--shuffle", "1"],
            ["-j", processes, "--coverage", f"lcov={folder}/x"],
        )
        for options in runs:
            begun, before = time.perf_counter(), _worked()
            command = [sys.executable, "-m", "expander", "test", *options, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
            seconds = time.perf_counter() - begun
            last = done.stdout.rstrip().rpartition("\n")[2]
            told = f"{seconds:6.2f} s, {_worked() - before:6.2f} s of the processor"
            print(f"{' '.join(options).replace(folder, '.'):<30} {told}   {last}")
            if done.returncode != 0:
                print(done.stdout[-2000:], done.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
