"""The MBX format of c-client: a head of fixed size, and a line with date and size before each message."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drivers.api.transports import Job

HEAD = 2048
KEYWORDS = 30
LARGE = 1 << 20
"""Messages of more bytes are not held."""


def head(now: float) -> bytes:
    """What a mailbox begins with: the time that makes it another one than before, no keywords."""
    text = f"*mbx*\r\n{int(now):08x}{0:08x}\r\n" + "\r\n" * KEYWORDS
    return text.encode("ascii").ljust(HEAD, b"\0")


def line(job: Job, size: int) -> bytes:
    """The line before a message of that size: when it came, and no flags yet."""
    _, day, month, year, time, zone = job.ctx.expand("$tod_full").split()
    return f"{day}-{month}-{year} {time} {zone},{size};{0:08x}{0:04x}-{0:08x}\r\n".encode("ascii")


def framed(texts: Callable[[Job], Iterator[bytes]], job: Job, *, is_first: bool) -> Iterator[bytes]:
    """A message as it is put at the end of a mailbox: the size stands before it. Raises `Failure`.

    A large one is gone through twice, unless a command makes it.
    """
    gathered: list[bytes] | None = None
    if job.size <= LARGE or job.transport["transport_filter"]:
        gathered = list(texts(job))
        size = sum(map(len, gathered))
    else:
        before = job.written
        size = sum(map(len, texts(job)))
        job.written = before
    if is_first:
        yield head(job.ctx.world.clock.now())
    yield line(job, size)
    yield from texts(job) if gathered is None else gathered
