"""The sessions under TLS that this process has held with other hosts, to be resumed later."""

from __future__ import annotations

import ssl
import threading
import time
from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.world.handshake import Watched

MOST = 1000
"""So many sessions are kept; the oldest ones give way."""


class Kept(Record):
    """A session, what it was made with (nothing else resumes it), and what the library forgets of it."""

    context: ssl.SSLContext
    session: ssl.SSLSession
    chain: tuple[bytes, ...]
    group: str


class Sessions:
    """Sessions by the names that clients give them; threads may share one."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Kept | None:
        """The last session of that name, unless it is too old for its server."""
        with self._lock:
            found = self._kept.get(name)
            if found is not None and found.session.time + _lifetime(found.session) < time.time():
                del self._kept[name]
                return None
            return found

    def put(self, name: str, session: Kept) -> None:
        """Keep a session instead of the one before."""
        with self._lock:
            self._kept.pop(name, None)
            self._kept[name] = session
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]


def _lifetime(session: ssl.SSLSession) -> int:
    """For how many seconds a server resumes the session."""
    return session.ticket_lifetime_hint or session.timeout


class Keeper:
    """A connection under TLS whose session is kept as soon as it can be resumed."""

    def __init__(
        self, kept: Sessions, name: str, made: ssl.SSLSocket, watched: Watched, chain: Sequence[bytes]
    ) -> None:
        self._kept, self._name, self._made, self._watched = kept, name, made, watched
        self._chain = tuple(chain)
        self.ticket = b""

    def look(self) -> None:
        """Keep the session if there is a new ticket for it."""
        if self._watched.ticket == self.ticket:
            return
        self.ticket = self._watched.ticket
        session = self._made.session
        if session is not None and session.has_ticket:
            self._kept.put(self._name, Kept(self._made.context, session, self._chain, self._watched.group))


SESSIONS = Sessions()
"""Those of this process. Exim has them in its hints; the library cannot put one into a file."""
