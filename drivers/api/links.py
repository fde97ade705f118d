"""Connections to other programs as units see them, as protocols."""

from __future__ import annotations

from typing import Protocol


class Link(Protocol):
    """A connection to another program, for as many questions and answers as there are."""

    def send(self, data: bytes) -> None:
        """Write to the other side. Raises ``OSError``."""

    def receive(self, size: int) -> bytes:
        """What has come by now, at most so many bytes; waits for the first. Nothing is the end.

        Raises ``OSError``, ``TimeoutError`` among them.
        """

    def end_sending(self) -> None:
        """Tell the other side that nothing more is sent. Raises ``OSError``."""

    def close(self) -> None:
        """Hang up."""


class Sockets(Protocol):
    """Connections to other programs."""

    def connect(
        self, address: str | tuple[str, int], *, timeout: float = 5.0, patience: float = 60.0
    ) -> Link:
        """Connect to a Unix path or (host, port), to talk for a while.

        ``timeout`` is how many seconds connecting may take, ``patience`` how many the other side may be
        silent afterwards. Raises ``OSError`` or ``Refused``.
        """

    def converse(
        self,
        address: str | tuple[str, int],
        request: bytes,
        *,
        timeout: float = 5.0,
        shutdown: bool = True,
        tls: bool = False,
        sni: str = "",
    ) -> bytes:
        """Connect to a Unix path or (host, port), send, read to the end.

        ``timeout`` is in seconds, 0 means for ever; a connection that is reset while it is read is at its
        end. Raises ``OSError`` where there is no connection,
        `BrokenOffError` for what goes wrong afterwards, or ``Refused``.
        """

    def datagram(self, address: tuple[str, int], request: bytes, *, timeout: float = 5.0) -> bytes:
        """Send a datagram to (host, port) and wait for one from there.

        Raises ``OSError`` (``TimeoutError`` among them) or ``Refused``.
        """

    def send(self, address: tuple[str, int], data: bytes) -> None:
        """Send a datagram to (host, port) and wait for nothing. Raises ``OSError`` or ``Refused``."""

    def permit(self, address: str | tuple[str, int]) -> None:
        """Ask before a library connects to a Unix path or (host, port) by itself.

        Raises ``OSError`` if nobody can be there, or ``Refused``.
        """
