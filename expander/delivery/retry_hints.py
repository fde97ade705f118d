"""The retry database: what is remembered of addresses and hosts that failed. See "Hints databases"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from drivers.api.routing import Host
    from drivers.values.hints import Hints

DATABASE = "retry"
SMTP_PORT = 25
ROUTING, TRANSPORT = "R:", "T:"
"""What keys begin with: failures of routing, and those of transports."""


class Known(Record):
    """What is remembered under a key.

    ``written`` is when it was written down, the other times as in `expander.retry.Hint`, all in seconds since
    1970. ``has_expired`` tells that the rules want no more tries. Number, ``more`` and text are of the error.
    """

    written: int
    first_failed: int
    last_try: int
    next_try: int
    has_expired: bool
    number: int
    more: int
    text: str


def host_key(host: Host, port: int, *, with_address: bool, interface: str = "") -> str:
    """The key of a host at a port, for this side with the address that is its ``interface``."""
    where = f":{host.address}" if with_address and host.address else ""
    where += "" if port == SMTP_PORT else f":{port}"
    return f"{TRANSPORT}{host.name}{where}{f'/{interface}' if interface else ''}"


class RetryHints:
    """Reads and writes the retry database; what is older than ``lasting`` seconds counts no more."""

    def __init__(self, hints: Hints, lasting: int) -> None:
        self._hints = hints
        self._lasting = lasting

    def find(self, key: str, now: int, *, old: bool = False) -> Known | None:
        """What is remembered under a key, however ``old`` it is if that is said."""
        record = self._hints.read(DATABASE, key)
        known = None if record is None else Known(**record)
        return None if known is None or (self.is_old(known, now) and not old) else known

    def is_old(self, known: Known, now: int) -> bool:
        """True if what is remembered is of no use any more: the main option ``retry_data_expire``."""
        return now - known.written > self._lasting

    def is_there(self, key: str) -> bool:
        """True if anything is remembered under a key."""
        return self._hints.read(DATABASE, key) is not None

    def update(self, changes: Mapping[str, Known | None]) -> None:
        """Remember under these keys what is given; None forgets what was there."""
        records: dict[str, dict[str, Any] | None] = {
            key: None if known is None else {name: getattr(known, name) for name in Known.record_fields}
            for key, known in changes.items()
        }
        if records:
            self._hints.update(DATABASE, records)
