"""What comes from a client, as the server reads it: also behind what is being worked on."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import SupportsIndex

AT_ONCE = 1 << 16
"""So much is read at once; more waits in the socket, so a client cannot fill the memory."""


class Source(asyncio.StreamReader):
    """The input of one client.

    All that has come can be read, also where the connection has broken since, over which others of its kind
    forget what they have; ``problem`` says then why it has, as the system puts it. ``ended`` is set as soon
    as nothing more is to come.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=AT_ONCE, loop=loop)
        self.problem = ""
        self.ended = asyncio.Event()
        self._unread = 0

    @property
    def has_more(self) -> bool:
        """True if something has come that is not read yet."""
        return self._unread > 0

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """Take what has come."""
        come = bytes(data)
        self._unread += len(come)
        super().feed_data(come)

    def feed_eof(self) -> None:
        """The client sends no more."""
        self.ended.set()
        super().feed_eof()

    def set_exception(self, exc: Exception) -> None:
        """The connection has broken: nothing comes any more."""
        number = exc.errno if isinstance(exc, OSError) else None
        self.problem = os.strerror(number) if number else str(exc)
        self.feed_eof()

    async def piece(self) -> bytes:
        """What comes next, nothing at the end."""
        data = await self.read(AT_ONCE)
        self._unread -= len(data)
        return data
