"""TLS handshakes that fail, and connections that end without TLS having ended, in the words of GnuTLS."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.values.tls_names import ALERT, BROKEN, CUT, UNEXPECTED
from expander.session import tls

if TYPE_CHECKING:
    import asyncio

TIMED_OUT = tls.TIMED_OUT
OTHER_VERSION = "A packet with illegal or unsupported version was received."
_OPENSSL = {
    "WRONG_VERSION_NUMBER": UNEXPECTED,
    "HTTP_REQUEST": UNEXPECTED,
    "HTTPS_PROXY_REQUEST": UNEXPECTED,
    "UNEXPECTED_MESSAGE": UNEXPECTED,
    "NO_SHARED_CIPHER": "No supported cipher suites have been found.",
    "UNSUPPORTED_PROTOCOL": OTHER_VERSION,
    "VERSION_TOO_LOW": OTHER_VERSION,
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "Certificate is required.",
}
"""By OpenSSL's names of reasons; all others stay as they are."""


def reason(problem: Exception) -> str:
    """Why a handshake has failed."""
    if isinstance(problem, ssl.SSLError):
        name = problem.reason or str(problem)
        return ALERT if "_ALERT_" in name else _OPENSSL.get(name, name)
    if isinstance(problem, ConnectionAbortedError):  # as asyncio has it for one that takes too long
        return TIMED_OUT
    if isinstance(problem, ConnectionError):
        return BROKEN if problem.errno else CUT
    return str(problem)


def end(writer: asyncio.StreamWriter, problem: str) -> str:
    """Why a connection that is over was not ended as TLS wants it, "" if it was, or had none."""
    secured = writer.get_extra_info("ssl_object")
    if secured is None:
        return ""
    if problem:
        return BROKEN
    try:
        return CUT if secured.read(1) else ""
    except ssl.SSLZeroReturnError:
        return ""
    except ssl.SSLError:
        return CUT


def alert(why: str) -> bytes:
    """What GnuTLS tells the client of a handshake that has failed so: an unexpected message."""
    return b"\x15\x03\x03\x00\x02\x02\n" if why in {UNEXPECTED, CUT} else b""


class Spare:
    """The socket of a client once more: to talk in the clear where a handshake has closed the connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._socket = socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno()))

    def close(self, text: bytes = b"") -> None:
        """Say the text, as far as that goes at once, and hang up."""
        with self._socket, suppress(OSError):
            self._socket.settimeout(0)
            if text:
                self._socket.send(text)
                self._socket.shutdown(socket.SHUT_RDWR)
