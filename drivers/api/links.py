"""Connections to other programs as units see them, as protocols."""

from __future__ import annotations

from typing import Protocol

from grammar.record import Record

REVOKED = "revoked"
"""The problem of a certificate that was withdrawn; others are "invalid"."""

SHORT_PRIME = "DH_KEY_TOO_SMALL"
"""Why there is no TLS with a server whose own group is too small; other words are the library's."""


class Securing(Record):
    """How a client wants a connection secured.

    ``server`` is the name that is asked for (SNI), "" for none. ``authorities`` is "system" for the usual
    ones, or a file or folder of certificates, "" to verify nothing. ``certificate`` and ``key`` are files of
    the client's own, ``revoked`` is one of withdrawn certificates, ``protocols`` what is offered by ALPN.
    ``least_prime`` is how many bits the prime of a group of the server's own must have. ``resumes`` names the
    sessions one of which may be resumed and under which this one is kept, "" for none.
    """

    server: str = ""
    authorities: str = ""
    certificate: str = ""
    key: str = ""
    revoked: str = ""
    protocols: tuple[str, ...] = ()
    least_prime: int = 0
    resumes: str = ""


class Secured(Record):
    """A connection under TLS.

    ``version`` is as "TLSv1.3"; ``cipher`` is OpenSSL's name. ``group`` and
    ``signature`` tell how keys were exchanged and what the server has signed with, as GnuTLS names them.
    ``certificate`` is the server's as it is encoded (DER), empty for none, ``own_certificate`` the client's.
    ``problem`` says why the certificate could not be verified, "" where it was or was not to be. ``chain`` is
    the certificate with those that came with it. ``protocol`` is what was agreed on by ALPN.
    ``offers_session`` tells that an earlier session was to be resumed, ``is_resumed`` that it was.
    """

    version: str
    cipher: str
    bits: int
    group: str = ""
    signature: str = ""
    certificate: bytes = b""
    own_certificate: bytes = b""
    problem: str = ""
    chain: tuple[bytes, ...] = ()
    protocol: str = ""
    offers_session: bool = False
    is_resumed: bool = False


class NotSecured(OSError):
    """No TLS came of it: the words say why."""


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

    def be_patient(self, seconds: float) -> None:
        """The other side may be silent for so long from now on, 0 for ever."""

    def secure(self, how: Securing) -> Secured:
        """Go on under TLS. Raises `NotSecured`, and ``TimeoutError``."""

    def has_ticket(self) -> bool:
        """True if by now the other side has given what the session under TLS can be resumed with."""

    def mark(self, traffic_class: int) -> None:
        """Packets bear that byte from now on (the field TOS of IPv4, the traffic class of IPv6)."""

    def own_address(self) -> tuple[str, int]:
        """The address and port of this side, ("", 0) for what has none."""


class Sockets(Protocol):
    """Connections to other programs."""

    def connect(
        self,
        address: str | tuple[str, int],
        *,
        timeout: float = 5.0,
        patience: float = 60.0,
        interface: str = "",
    ) -> Link:
        """Connect to a Unix path or (host, port), to talk for a while.

        ``timeout`` is how many seconds connecting may take, ``patience`` how many the other side may be
        silent afterwards; ``interface`` is the address of this side, "" for any. Raises ``OSError`` or
        ``Refused``.
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

    def send(self, address: str | tuple[str, int], data: bytes) -> None:
        """Send a datagram to (host, port) and wait for nothing. Raises ``OSError`` or ``Refused``."""

    def permit(self, address: str | tuple[str, int]) -> None:
        """Ask before a library connects to a Unix path or (host, port) by itself.

        Raises ``OSError`` if nobody can be there, or ``Refused``.
        """
