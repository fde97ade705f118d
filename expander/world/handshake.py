"""What the messages of a TLS handshake tell that Python's library does not, on either side."""

from __future__ import annotations

from typing import Any

FROM_HERE, FROM_THERE = "write", "read"
"""Where messages come from, as the library names it: from this side, or from the other one."""

_HANDSHAKE = 22
_CLIENT_HELLO, _SERVER_HELLO, _TICKET, _CERTIFICATE, _KEY_EXCHANGE, _VERIFY = 1, 2, 4, 11, 12, 15
_TICKETS, _EARLIER_KEY, _VERSIONS, _KEY_SHARE = 35, 41, 43, 51
_GROUPS = {
    23: "SECP256R1", 24: "SECP384R1", 25: "SECP521R1", 29: "X25519", 30: "X448",
    256: "FFDHE2048", 257: "FFDHE3072", 258: "FFDHE4096", 259: "FFDHE6144", 260: "FFDHE8192",
}  # fmt: skip
_NAMED_CURVE = 3
_OF_RFC_7919 = bytes.fromhex("FFFFFFFFFFFFFFFFADF85458A2BB4A9A")
"""With this the primes of the FFDHE groups begin."""

_SIGNATURES = {
    0x0401: "RSA_SHA256", 0x0501: "RSA_SHA384", 0x0601: "RSA_SHA512", 0x0201: "RSA_SHA1",
    0x0403: "ECDSA_SECP256R1_SHA256", 0x0503: "ECDSA_SECP384R1_SHA384", 0x0603: "ECDSA_SECP521R1_SHA512",
    0x0203: "ECDSA_SHA1", 0x0804: "RSA_PSS_RSAE_SHA256", 0x0805: "RSA_PSS_RSAE_SHA384",
    0x0806: "RSA_PSS_RSAE_SHA512", 0x0807: "EDDSA_ED25519", 0x0808: "EDDSA_ED448",
    0x0809: "RSA_PSS_SHA256", 0x080A: "RSA_PSS_SHA384", 0x080B: "RSA_PSS_SHA512",
}  # fmt: skip


class Watched:
    """A handshake of which one side sees the messages; ``server`` says from where the server's come.

    ``group`` and ``signature`` tell how keys were exchanged and what the server has signed with, as GnuTLS
    names them, ``prime`` how many bits the prime of a group has that is the server's own. ``certificates``
    are the server's (DER), ``ticket`` is the last one that the server gave. Of the client: ``offered`` is the
    ticket that it showed (TLS 1.2), empty where it asked for one, None where it did neither;
    ``offers_session`` whether it named a session, ``offers_key`` one of TLS 1.3.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self.group = self.signature = ""
        self.prime = 0
        self.certificates: list[bytes] = []
        self.ticket = b""
        self.offered: bytes | None = None
        self.offers_session = self.offers_key = False
        self._is_new = False

    def note(self, direction: str, kind: Any, message: Any, data: bytes) -> None:
        """A message of any kind, with the four bytes that stand before each."""
        if int(kind) != _HANDSHAKE:
            return
        body = data[4:]
        try:
            if direction != self._server:
                if message == _CLIENT_HELLO:
                    self._offers(body)
            elif message == _SERVER_HELLO:
                self._hello(body)
            elif message == _TICKET:
                self.ticket = body if self._is_new else body[6:]
            elif message == _CERTIFICATE:
                self._chain(body)
            elif message == _KEY_EXCHANGE:
                self._keys(body)
            elif message == _VERIFY:
                self.signature = _SIGNATURES.get(int.from_bytes(body[:2], "big"), "")
        except IndexError:
            return

    def _offers(self, body: bytes) -> None:
        self.offers_session = body[34] > 0
        at = 35 + body[34]
        at += 2 + int.from_bytes(body[at : at + 2], "big")  # the ciphers
        at += 1 + body[at]  # ways to compress
        found = _extensions(body, at)
        self.offered = found.get(_TICKETS)
        self.offers_key = _EARLIER_KEY in found

    def _hello(self, body: bytes) -> None:
        found = _extensions(body, 35 + body[34] + 3)
        self._is_new = _VERSIONS in found
        if _KEY_SHARE in found:
            self.group = _GROUPS.get(int.from_bytes(found[_KEY_SHARE][:2], "big"), "")

    def _keys(self, body: bytes) -> None:
        named = _GROUPS.get(int.from_bytes(body[1:3], "big"))
        if body[0] == _NAMED_CURVE and named is not None:
            self.group = named
            at = 4 + body[3]
        else:
            prime, at = _counted(body, 0)
            size = int.from_bytes(prime, "big").bit_length()
            is_known = prime.startswith(_OF_RFC_7919)
            self.prime = 0 if is_known else size
            self.group = f"{'FFDHE' if is_known else 'CUSTOM'}{size}"
            _, at = _counted(body, at)
            _, at = _counted(body, at)
        self.signature = _SIGNATURES.get(int.from_bytes(body[at : at + 2], "big"), "")

    def _chain(self, body: bytes) -> None:
        at = 1 + body[0] if self._is_new else 0
        end = at + 3 + int.from_bytes(body[at : at + 3], "big")
        at += 3
        while at < end:
            size = int.from_bytes(body[at : at + 3], "big")
            self.certificates.append(body[at + 3 : at + 3 + size])
            at += 3 + size
            if self._is_new:
                at += 2 + int.from_bytes(body[at : at + 2], "big")


def _counted(body: bytes, at: int) -> tuple[bytes, int]:
    """Bytes before which their number stands, and where they end."""
    start = at + 2
    end = start + int.from_bytes(body[at:start], "big")
    return body[start:end], end


def _extensions(body: bytes, at: int) -> dict[int, bytes]:
    """The extensions of a hello, of which the length stands there."""
    end = at + 2 + int.from_bytes(body[at : at + 2], "big")
    at, found = at + 2, {}
    while at + 4 <= end:
        size = int.from_bytes(body[at + 2 : at + 4], "big")
        found[int.from_bytes(body[at : at + 2], "big")] = body[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def seen(connection: Any, direction: str, _version: Any, kind: Any, message: Any, data: bytes) -> None:
    """Hand a message to who watches the connection (its attribute ``watched``); the library calls this."""
    watched = getattr(connection, "watched", None)
    if watched is not None:
        watched.note(direction, kind, message, data)
