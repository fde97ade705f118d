"""Many messages, workers that deliver them at the same time, and kills at random.

    python tests/storm.py [MESSAGES]

Run by itself it prints how long that took, and how many kills there were.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
from collections import Counter
from contextlib import suppress

from expander.delivery.beginning import deliver
from killing import Site, receive, site

TO_FILE = "  file = @DIR@/mail/file\n  use_lockfile = false\n  lock_retries = 60\n  lock_interval = 1s"
TO_FOLDER = "  directory = @DIR@/mail/folder\n  maildir_format"
WORKERS = 2
LONGEST_LIFE = 0.4
PATIENCE = 600


def work(here: Site, seed: int) -> None:
    """Deliver what waits, again and again, until nothing waits any more."""
    agent = here.agent()
    source = random.Random(seed)
    while names := agent.spool.names():
        source.shuffle(names)
        for name in names:
            with suppress(OSError):
                deliver(agent, name)


def started(here: Site, seed: int) -> int:
    """A worker in a process of its own: its number."""
    child = os.fork()
    if not child:
        try:
            work(here, seed)
        finally:
            os._exit(0)
    return child


def run(here: Site, messages: int, seed: int = 1) -> int:
    """Take in messages and let the workers deliver them: how many of these were killed."""
    agent, source, kills = here.agent(), random.Random(seed), 0
    for number in range(messages):
        receive(agent, b"Subject: number %d.\n\nbody\n" % number)
    workers = [started(here, source.randrange(1 << 30)) for _ in range(WORKERS)]
    end = time.monotonic() + PATIENCE
    while here.queue and time.monotonic() < end:
        time.sleep(source.uniform(0.01, LONGEST_LIFE))
        at = source.randrange(WORKERS)
        with suppress(ProcessLookupError):
            os.kill(workers[at], signal.SIGKILL)
        _, status = os.waitpid(workers[at], 0)
        kills += os.WIFSIGNALED(status)
        workers[at] = started(here, source.randrange(1 << 30))
    for worker in workers:
        os.waitpid(worker, 0)
    return kills


def wrong(here: Site, messages: int) -> list[str]:
    """The messages that are not there once."""
    texts = [path.read_bytes() for path in (here.folder / "mail").glob("**/*") if path.is_file()]
    seen = Counter(
        number for text in texts for number in re.findall(rb"^Subject: number (\d+)\.", text, re.MULTILINE)
    )
    return [f"{number}: {seen[b'%d' % number]}" for number in range(messages) if seen[b"%d" % number] != 1]


def main() -> None:
    """Do it with messages to a file, and to a maildir."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for name, how in (("mbox", TO_FILE), ("maildir", TO_FOLDER)):
        with site(how) as here:
            begun = time.monotonic()
            kills = run(here, messages)
            took = time.monotonic() - begun
            print(f"{name}: {messages} messages, {kills} kills, {took:.0f} s")
            found = wrong(here, messages)
            if found or here.queue:
                sys.exit(f"not delivered once: {found}; still waiting: {here.queue}")


if __name__ == "__main__":
    main()
