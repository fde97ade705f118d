"""One client of the server: what comes from its socket goes to a session, replies go back."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_bytes, to_bytes
from drivers.values.tls_names import UNEXPECTED
from expander.server import handshake
from expander.server.secure import facts_of
from expander.session import timeouts, tls
from expander.session.client import set_peer
from expander.session.feed import Feed
from expander.session.ident import ASKS
from expander.session.machine import TLS, Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context
    from expander.server.smtp import SmtpServer
    from expander.server.source import Source
    from expander.world.of_session import PatientClock

PATIENCE = 60.0
"""So many seconds a client that is closed on has to take what was sent to it."""

SHUTTING_DOWN = "421 Service not available\r\n"


class Connection:
    """A client from its connection to its end."""

    def __init__(
        self,
        server: SmtpServer,
        ctx: Context,
        clock: PatientClock,
        reader: Source,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._server = server
        self._clock = clock
        self._reader = reader
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._out: list[str] = []
        self._pauses: list[tuple[int, float]] = []
        self.is_closed = self._has_seen_end = self._is_broken = False
        self._begins_with_tls = server.begins_with_tls(writer)
        host, port = writer.get_extra_info("peername")[:2]
        own_host, own_port = writer.get_extra_info("sockname")[:2]
        set_peer(ctx, str(host))
        ctx.facts.update(
            sender_host_port=str(port), received_ip_address=str(own_host), received_port=str(own_port)
        )
        ctx.state[ASKS] = True
        ctx.log_with = lambda text, _panic: server.log(text)
        self._session = Session(ctx, self._out.append)
        self._session.open_file = server.keeper.open_file
        self._session.flush_with = self._flush_before
        self._session.is_reset_with = self._is_reset
        self._session.keep_with = lambda message: server.keeper.keep(self._session, message)
        self._session.submit_with = lambda message: server.keeper.submit(self._session, message)
        self._session.ahead_with = self._ahead
        self._feed = Feed(self._session, in_step=True)
        self._timeout = timeouts.patience(self._session) or None
        self._watch = server.watch_with(str(host)) if server.watch_with is not None else None

    async def serve(self) -> None:
        """Hold the session to its end."""
        if self._begins_with_tls and not await self._secure(at_once=True):
            return
        first = asyncio.ensure_future(self._reader.piece())
        try:
            if await self._work(self._session.start):
                await asyncio.sleep(0)
                is_whole = self._session.header is None
                early = is_whole and not self._session.closed and first.done() and not first.cancelled()
                if early and first.result() and self._is_too_early(first.result()):
                    self._out.clear()
                    self._pauses.clear()
                    await self._work(lambda: timeouts.before_greeting(self._session, self._text(first)))
            problem = self._reader.problem  # Exim reads before it greets
            await self._flush()
            self._reader.problem = problem or self._reader.problem
            await self._converse(first)
        finally:
            if self._watch is not None:
                self._watch.ended()
            first.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await first

    @staticmethod
    def _text(first: asyncio.Future[bytes]) -> str:
        return from_bytes(first.result())

    def _is_too_early(self, data: bytes) -> bool:
        options = self._session.ctx.options
        return bool(data and options.get("smtp_enforce_sync")) and not self._session.can_pipe_connect

    async def _converse(self, first: asyncio.Future[bytes]) -> None:
        session, reading = self._session, first
        while not session.closed:
            try:
                waited = asyncio.shield(reading) if session.header is not None else reading
                data = await asyncio.wait_for(waited, self._patience())
            except TimeoutError:
                is_over = session.header is None  # else it is the proxy that has not said who comes
                await self._work(session.timed_out)
                if is_over:
                    break
                await self._flush()
                continue
            if not data:
                await self._work(self._lost)
                break
            if self._watch is not None:
                self._watch.came(data)
            await self._work(lambda data=data: self._feed.take(data))  # type: ignore[misc] # bound at once
            if session.wants == TLS and not session.closed:
                self._writer.transport.pause_reading()  # type: ignore[attr-defined] # the handshake is not ours
            await self._flush()
            if session.wants == TLS and not session.closed and not await self._secure():
                break
            if not session.closed:  # else nobody would take what comes of it
                reading = asyncio.ensure_future(self._reader.piece())
        await self._flush()

    def _lost(self) -> None:
        """The client is gone."""
        self._look_at_end()
        self._session.lost("" if self._session.has_tls else self._reader.problem)

    def _look_at_end(self) -> None:
        """Log it if TLS was not ended as it should be."""
        if self._session.has_tls and not self._has_seen_end:
            self._has_seen_end = True
            why = handshake.end(self._writer, self._reader.problem)
            if why:
                tls.cut(self._session, why)

    def _ahead(self) -> bytes | None:
        """What has come by now behind what is worked on; None if the client is gone with nothing more."""
        if not self._feed.waiting:
            more = self._server.wait_for(self._come(), self._loop)
            if more is None:
                self._look_at_end()
                return None
            self._feed.put(more)
        return self._feed.waiting

    async def _come(self) -> bytes | None:
        if self._clock.owed:
            await self._flush()  # it may come while the client waits
        await asyncio.sleep(0)  # what the system knows of is heard first
        if self._reader.has_more:
            return await self._reader.piece()
        return None if self._reader.at_eof() else b""

    def _patience(self) -> float | None:
        """How long the client may be silent, in seconds; None for ever."""
        session = self._session
        if session.header is not None:
            return float(session.number("proxy_protocol_timeout")) or None
        return self._timeout

    async def _work(self, work: Callable[[], object]) -> bool:
        """Let the session work beside the others; false if it has to end over what eximulate lacks."""
        try:
            await self._server.run(work)
        except EximError as problem:
            # What Exim ends over, and what is refused or lacking here: the client hears that it is over.
            self._server.log(problem.message)
            self._server.complain(problem)
            self._out.append(SHUTTING_DOWN)
            self._session.closed = True
            return False
        return True

    def _flush_before(self, control: str) -> None:
        """What was said is to be sent: before a delay, for which nobody waits yet, or at once."""
        if control == "no_delay_flush":
            self._pauses.append((len(self._out), self._clock.owed))
            return
        self._server.wait_for(self._flush(), self._loop)

    def _is_reset(self) -> bool:
        """Send what was said: true if the client has broken the connection off."""
        return self._server.wait_for(self._flush_in_vain(), self._loop)

    async def _flush_in_vain(self) -> bool:
        await self._flush()
        return self._is_broken

    async def _flush(self) -> None:
        """Send what was said, each reply once the time is over that ACLs let the client wait for it."""
        pauses, self._pauses = self._pauses, []
        owed, self._clock.owed = self._clock.owed, 0.0
        sent, waited, problem = 0, 0.0, ""
        for count, until in [*pauses, (len(self._out), owed)]:
            if until > waited:
                with suppress(TimeoutError):  # nobody has to wait who is gone
                    await asyncio.wait_for(self._reader.ended.wait(), until - waited)
                problem, waited = self._reader.problem, until
            if count > sent:
                was_reset = bool(self._reader.problem)
                self._reader.problem = problem  # who writes hears of a new one, and who reads then of an end
                text, sent = "".join(self._out[sent:count]), count
                if self._watch is not None:
                    self._watch.said(text)
                self._writer.write(to_bytes(text))
                # At once: whoever has heard it may hang up.
                self._is_broken = was_reset or self._writer.is_closing()
        del self._out[:sent]
        with suppress(OSError):
            await asyncio.wait_for(self._writer.drain(), self._timeout)

    async def _secure(self, *, at_once: bool = False) -> bool:
        """The TLS handshake, with ``at_once`` before anything is said; false if it fails."""
        spare = handshake.Spare(self._writer)
        try:
            if at_once:
                await self._server.run(lambda: tls.prepare(self._session))
            elif self._reader.has_more:
                raise ssl.SSLError(0, UNEXPECTED)  # what has come in the clear is no handshake
            identity = await self._server.run(lambda: self._server.tls(self._session.ctx))
            await self._writer.start_tls(identity.context(), ssl_handshake_timeout=self._timeout)
        except (OSError, ssl.SSLError, EximError) as problem:
            self._writer.transport.abort()  # nobody else would tell that it is closed
            self.is_closed = True
            reason = handshake.reason(problem)
            await self._work(lambda: self._session.tls_failed(reason))
            spare.close(to_bytes("".join(self._out)) or handshake.alert(reason))
            return False
        spare.close()
        facts = facts_of(identity, self._writer.get_extra_info("ssl_object"))
        if self._watch is not None:
            self._watch.secured(facts)
        if at_once:
            self._session.ctx.facts.update(facts)
            return True
        return await self._work(lambda: self._session.tls_begun(facts))
