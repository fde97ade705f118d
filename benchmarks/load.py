"""Many clients at once against ``eximulate serve``: none may miss a reply.

    python benchmarks/load.py [--clients N] [--seconds N] [FILE]

Starts a server with a configuration (a small one of its own without FILE), lets N clients hold sessions one
after the other, and prints how many messages were taken, how long replies took, and how much memory the
server had. Status 1 if a reply was missing or wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from pathlib import Path

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
tls_advertise_hosts =
smtp_accept_max = 0
acl_smtp_rcpt = accept
"""
BODY = b"Subject: load\r\n\r\n" + b"a line of a message, and some more words in it\r\n" * 20
SCRIPT = (
    (b"EHLO client.test\r\n", 250),
    (b"MAIL FROM:<a@client.test>\r\nRCPT TO:<b@example.test>\r\nRCPT TO:<c@example.test>\r\n", 250),
    (b"", 250),
    (b"", 250),
    (b"DATA\r\n", 354),
    (BODY + b".\r\n", 250),
    (b"QUIT\r\n", 221),
)


class Count:
    """What the clients have seen."""

    def __init__(self) -> None:
        self.sessions = 0
        self.faults: list[str] = []
        self.waits: list[float] = []


async def reply(reader: asyncio.StreamReader) -> int:
    """The code of one reply; 0 where there is none."""
    while True:
        line = await reader.readline()
        if not line:
            return 0
        if line[3:4] != b"-":
            return int(line[:3])


async def session(port: int, count: Count) -> None:
    """One session."""
    begin = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        if (code := await reply(reader)) != 220:
            count.faults.append(f"greeting: {code}")
            return
        for sent, expected in SCRIPT:
            writer.write(sent)
            code = await reply(reader)
            now = time.perf_counter()
            count.waits.append(now - begin)
            begin = now
            if code != expected:
                count.faults.append(f"{sent[:20]!r}: {code}")
                return
        count.sessions += 1
    finally:
        writer.close()


async def client(port: int, end: float, count: Count) -> None:
    """Sessions one after the other until the time is over."""
    while time.monotonic() < end:
        try:
            await session(port, count)
        except (OSError, ValueError) as problem:
            count.faults.append(f"{type(problem).__name__}: {problem}")


def memory(pid: int) -> int:
    """The most memory that a process has had, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def messages_in(folder: str) -> int:
    """How many messages were kept."""
    return len(list(Path(folder).glob("messages/*.eml")))


async def measure(config: Path, clients: int, seconds: float) -> bool:
    """Run it all; true if nothing was missing."""
    with tempfile.TemporaryDirectory() as folder:
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "expander", "serve", str(config), "--smtp", "0", "--sandbox", folder),
            stdout=asyncio.subprocess.PIPE,
        )
        assert server.stdout is not None
        found = re.search(rb":(\d+),", await server.stdout.readline())
        assert found is not None, "the server does not listen"
        log = asyncio.ensure_future(server.stdout.read())
        count, end = Count(), time.monotonic() + seconds
        await asyncio.gather(*(client(int(found[1]), end, count) for _ in range(clients)))
        most = memory(server.pid)
        server.terminate()
        await server.wait()
        await log
        kept = messages_in(folder)
    waits = sorted(count.waits) or [0.0]
    middle, late = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    print(f"{clients} clients, {seconds:.0f} s: {count.sessions} sessions, {kept} messages kept")
    print(f"replies after {middle * 1e3:.0f} ms, 99 % of them within {late * 1e3:.0f} ms; server {most} MB")
    for fault in sorted(set(count.faults)):
        print(f"FAULT {fault} ({count.faults.count(fault)} times)")
    return not count.faults and kept == count.sessions


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("file", nargs="?", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = options.file or Path(folder) / "exim.conf"
        if options.file is None:
            config.write_text(CONFIG, encoding="ascii")
        return 0 if asyncio.run(measure(config, options.clients, options.seconds)) else 1


if __name__ == "__main__":
    sys.exit(main())
