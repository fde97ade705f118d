"""A message that a session has taken, for whoever keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.session.store import Store


class Arrived(Record, eq=False):
    """A message that has been taken, with its envelope.

    ``headers`` are name and whole text of the header lines as the message has them now, ``Received:`` among
    them. The body's lines end in newlines. Text is held as latin-1. What ``store`` has may be in a file that
    is gone with the session's next message.
    """

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    stray: bytes
    body_start: int
    store: Store

    def body_pieces(self) -> Iterator[bytes]:
        """The body, piece by piece."""
        yield self.stray
        left = self.body_start
        for piece in self.store:
            if left < len(piece):
                yield piece[left:]
            left = max(left - len(piece), 0)

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.body_pieces())

    @property
    def header(self) -> bytes:
        """The header lines, without the empty line after them."""
        return "".join(text for _, text in self.headers).encode("latin-1")
