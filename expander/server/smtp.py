"""An SMTP server on a socket that answers as a configuration says and delivers nowhere."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from drivers.values import listtext
from drivers.values.hints import KEPT, MemoryHints
from expander.server.connection import PATIENCE, Connection
from expander.server.source import Source
from expander.session.crowding import CROWD, Crowd, refusal
from expander.session.tls import WISHES
from expander.world.of_session import PatientClock, SessionWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from concurrent.futures import Future
    from typing import Any

    from drivers.api.errors import EximError
    from expander.configuration import Configuration
    from expander.expand.context import Context
    from expander.server.keeping import Keeper
    from expander.server.secure import Identity
    from expander.session.tls import Wishes

T = TypeVar("T")


class Watch(Protocol):
    """Is told what a client and the server say."""

    def came(self, data: bytes) -> None:
        """Bytes of the client."""

    def said(self, text: str) -> None:
        """Text of the server."""

    def secured(self, facts: Mapping[str, str]) -> None:
        """TLS has begun, with these variables."""

    def ended(self) -> None:
        """The session is over."""


WORKERS = 32
"""So many sessions can work at once; one that waits for its client does not count."""

BACKLOG = 1024
MOMENT = 0.3
"""So many seconds a session that is about to end has to say so in the log when the server stops."""


class SmtpServer:
    """Answers clients with the sessions of one configuration; messages go to the keeper.

    ``log_with`` gets the lines of the log, ``complain_with`` what a session had to end over. Sessions share
    what is remembered from one to the next (rates, what was seen), and nothing else. ``watch_with`` gives for
    the address of a client what is told of all that the two say.
    """

    def __init__(
        self,
        config: Configuration,
        keeper: Keeper,
        *,
        log_with: Callable[[str], None],
        complain_with: Callable[[EximError], None],
    ) -> None:
        self.config = config
        self.keeper = keeper
        self.log = log_with
        self.complain = complain_with
        self.watch_with: Callable[[str], Watch] | None = None
        self._hints = MemoryHints()
        self._numbers = count(1)
        self._pool = ThreadPoolExecutor(WORKERS, "session")
        self._clients: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._awaited: set[Future[Any]] = set()
        self._stops = False
        self._tls: dict[Wishes, Identity] = {}
        self._tls_lock = Lock()
        self._tls_ports = listtext.split(str(config.model.options.get("tls_on_connect_ports") or ""))

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen: the address and the port, which the system chooses if it is 0. Raises ``OSError``."""
        loop = asyncio.get_running_loop()

        def protocol() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(Source(loop), self._connected, loop=loop)

        self._server = await loop.create_server(protocol, host, port, backlog=BACKLOG)
        address: tuple[str, int] = self._server.sockets[0].getsockname()[:2]
        return address

    async def stop(self) -> None:
        """Listen no more, and break off the sessions that go on."""
        if self._server is not None:
            self._server.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=MOMENT)
        self._stops = True
        for future in tuple(self._awaited):  # else their threads would wait for a loop that waits for them
            future.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
        self._pool.shutdown()

    def wait_for(self, work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> T:
        """From the thread of a session: let the loop do something, and wait for it.

        Raises ``CancelledError`` where the server stops.
        """
        if self._stops:
            work.close()
            raise CancelledError
        future = asyncio.run_coroutine_threadsafe(work, loop)
        self._awaited.add(future)
        try:
            return future.result()
        finally:
            self._awaited.discard(future)

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work of a session in a thread, so that the others go on."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def tls(self, ctx: Context) -> Identity:
        """The certificate of the server, read or made when the first client wants it.

        Clients of whom the same is wanted share what makes it possible to resume sessions.
        """
        from expander.server.secure import identity_of

        wishes: Wishes = ctx.state[WISHES]
        with self._tls_lock:
            if wishes not in self._tls:
                self._tls[wishes] = identity_of(ctx, wishes)
            return self._tls[wishes]

    def begins_with_tls(self, writer: asyncio.StreamWriter) -> bool:
        """True for a client that has come to one of ``tls_on_connect_ports``."""
        return str(writer.get_extra_info("sockname")[1]) in self._tls_ports

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, Source), "made in `start`"
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        if self.begins_with_tls(writer):
            writer.transport.pause_reading()  # type: ignore[attr-defined] # the handshake is not ours
        host = str(writer.get_extra_info("peername")[0])
        connection: Connection | None = None
        try:
            self._clients[host] += 1
            clock = PatientClock(self.config.world.clock)
            context = self._context(clock)
            crowd = context.state[CROWD] = Crowd(self._clients.total(), self._clients[host])
            connection = Connection(self, context, clock, reader, writer)
            told = await self.run(lambda: refusal(context, crowd))
            if told:
                writer.write(told.encode())
            else:
                await connection.serve()
        except asyncio.CancelledError:
            writer.transport.abort()  # the server stops
        finally:
            self._tasks.discard(task)
            self._clients[host] -= 1
            if not self._clients[host]:
                del self._clients[host]
            writer.close()
            if connection is None or not connection.is_closed:
                with suppress(OSError, TimeoutError, asyncio.CancelledError):
                    await asyncio.wait_for(writer.wait_closed(), PATIENCE)

    def _context(self, clock: PatientClock) -> Context:
        world = self.config.world
        own = SessionWorld(world, world.pid + next(self._numbers), clock)
        context = self.config.expander(world=own).context
        context.state[KEPT] = self._hints
        return context
