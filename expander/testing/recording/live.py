"""Records the sessions of a server, and what the DNS said meanwhile."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from drivers.api.text import to_display
from expander.testing.recording.dialogue import Recorder, scenario
from expander.world.zone_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drivers.api.outside import World
    from drivers.values.dnsdata import DnsAnswer


class Session(Recorder):
    """One session; what comes of it is handed over when it ends."""

    def __init__(self, peer: str, done: Callable[[Session], None]) -> None:
        super().__init__(peer)
        self._done = done

    def ended(self) -> None:
        """The session is over."""
        self._done(self)


class Recording:
    """All sessions of a server; ``write`` gets the lines of the scenarios after each of them."""

    def __init__(self, write: Callable[[list[str]], None]) -> None:
        self._write = write
        self._scenarios: list[str] = []
        self._count = 0
        self.dns = DnsNotes()

    def watch(self, peer: str) -> Session:
        """What records the session of a client."""
        return Session(peer, self._ended)

    def _ended(self, session: Session) -> None:
        found = session.finished()
        if found.greeting is None:
            return
        self._count += 1
        self._scenarios += [*scenario(found, f"session {self._count} from {found.peer}"), ""]
        self._write([*self.dns.lines(), *self._scenarios])


class DnsNotes:
    """The records that the DNS has given, as facts for scenarios."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, None]] = {}
        self._lock = Lock()

    def world(self, world: World) -> World:
        """The world, with a DNS of which all answers are noted."""
        from expander.world.layered import ChangedWorld

        noted: Any = ChangedWorld(world)
        noted.dns = _Noted(world.dns, self)
        seen: World = noted
        return seen

    def note(self, answer: DnsAnswer) -> None:
        """Keep the records of an answer."""
        with self._lock:
            for record in answer.records:
                self._records.setdefault(record.owner, {}).setdefault(line_of(record))

    def lines(self) -> Iterator[str]:
        """The facts: a zone for each name that was found."""
        with self._lock:
            for name, records in self._records.items():
                yield f"given dns {to_display(name)}"
                yield from (f"    {to_display(line)}" for line in records)
            if self._records:
                yield ""


class _Noted:
    """A DNS of which all answers are noted."""

    def __init__(self, dns: Any, notes: DnsNotes) -> None:
        self._dns = dns
        self._notes = notes

    def ask(self, *given: Any, **named: Any) -> DnsAnswer:
        answer: DnsAnswer = self._dns.ask(*given, **named)
        self._notes.note(answer)
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dns, name)
