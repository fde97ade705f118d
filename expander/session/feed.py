"""Hands the bytes of a client to a session, however they come cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.session.machine import CHUNK, COMMAND, LINES, LONGEST_COMMAND, TLS

if TYPE_CHECKING:
    from expander.session.machine import Session


class Feed:
    """The input of one session: what has come and is not whole yet waits here.

    With ``in_step`` a client that does not wait for replies where it has to is turned away, as
    ``smtp_enforce_sync`` wants it.
    """

    def __init__(self, session: Session, *, in_step: bool = False) -> None:
        self._session = session
        self._in_step = in_step
        self._waiting = b""

    @property
    def waiting(self) -> bytes:
        """What stands behind what is being worked on."""
        return self._waiting

    def put(self, data: bytes) -> None:
        """Bytes of the client that are for later."""
        self._waiting += data

    def take(self, data: bytes) -> None:
        """Bytes of the client; all commands that are whole are carried out."""
        session, is_line = self._session, 0 < data.find(b"\n") + 1 == len(data) < LONGEST_COMMAND
        if is_line and not self._waiting and session.wants == COMMAND and not session.closed:
            session.command(data)  # what most of them are
            return
        self._waiting += data
        while self._waiting and not self._session.closed and self._step():
            pass

    def ended(self) -> None:
        """The client is gone. A command that has no end is not heard."""
        self._session.lost()

    def _step(self) -> bool:
        """Carry out what stands first; false if it is not whole."""
        session, data = self._session, self._waiting
        if session.wants == LINES:
            self._waiting = b""
            rest = session.text(data)
            self._waiting = rest + self._waiting
        elif session.wants == CHUNK:
            size = session.wanted_bytes
            self._waiting = data[size:]
            session.data(data[:size])
        else:
            if session.wants == TLS:
                self._waiting = b""  # what came in the clear is not for the secured session
                return False
            end = data.find(b"\n") + 1
            if not 0 < end < LONGEST_COMMAND:
                longest = session.longest_piece
                end = data.find(b"\n", 0, longest) + 1
                if not end and len(data) < longest:
                    return False
                end = end or longest
            self._waiting = data[end:]
            if self._in_step and self._waiting and session.out_of_step(data[:end], self._waiting):
                return False
            session.command(data[:end])
        return True
