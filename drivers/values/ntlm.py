"""The messages of NTLM as mail clients and servers exchange them, and what is made of the password.

Numbers have their least significant byte first. A text stands in a buffer behind the fixed part of its
message; the fixed part says how long it is (twice) and where.
"""

from __future__ import annotations

import struct

from drivers.api.errors import Unsupported
from drivers.api.text import from_bytes, to_bytes, upper
from drivers.values.md4 import md4

SIGNATURE = b"NTLMSSP\0"
REQUEST, CHALLENGE, RESPONSE = 1, 2, 3
CHALLENGE_FLAGS = 0x8201
REQUEST_FLAGS = 0xB207
UNICODE, OLD, NEW = 0x1, 0x200, 0x8000
"""Flags of the server: it takes texts of two bytes for each character, the older and the newer digest."""

BUFFER = 1024
"""So many bytes of texts there is room for."""

FIXED = {REQUEST: 32, CHALLENGE: 48, RESPONSE: 64}
"""The sizes of the fixed parts."""

NONCE = slice(24, 32)
DIGEST = 24
_MAGIC = b"KGS!@#$%"
_LONGEST_OLD = 14
_LONGEST = 128
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def challenge(nonce: bytes) -> bytes:
    """The server's message with its eight random bytes."""
    return struct.pack("<8sIHHII", SIGNATURE, CHALLENGE, 0, 0, 0x2800, CHALLENGE_FLAGS) + nonce + b"\0" * 16


def request(user: str, domain: str) -> bytes:
    """The client's first message: who it is, ``user@domain`` or apart."""
    name, at, other = user.partition("@")
    texts = [to_bytes(name), to_bytes(domain or (other if at else ""))]
    return _message(REQUEST, struct.pack("<I", REQUEST_FLAGS), texts)


def response(asked: bytes, user: str, password: str) -> bytes:
    """The client's answer to a server's message, of which missing bytes count as zeros."""
    asked = asked.ljust(FIXED[CHALLENGE] + BUFFER, b"\0")
    name, at, domain = user.partition("@")
    own = to_bytes(domain) if at else _text(asked, 12)
    (flags,) = struct.unpack_from("<I", asked, 20)
    texts = [
        old_digest(password, asked[NONCE]) if flags & OLD else b"",
        digest(password, asked[NONCE]) if flags & NEW else b"",
    ]
    texts += [_wide(text) if flags & UNICODE else text for text in (own, to_bytes(name), to_bytes(name))]
    texts.append(b"")
    return _message(RESPONSE, b"", texts, struct.pack("<I", flags))


def _text(message: bytes, at: int) -> bytes:
    """A text of two bytes for each character."""
    size, _, place = struct.unpack_from("<HHI", message, at)
    return bytes(byte & 0x7F for byte in message[place : place + size : 2])


def _message(kind: int, before: bytes, texts: list[bytes], after: bytes = b"") -> bytes:
    places, buffer = b"", b""
    for text in texts:
        places += struct.pack("<HHI", len(text), len(text), FIXED[kind] + len(buffer))
        buffer += text
    return struct.pack("<8sI", SIGNATURE, kind) + before + places + after + buffer


def user_of(answer: bytes) -> str | None:
    """The user's name in a client's answer; None if it is not where it should be."""
    answer = answer.ljust(FIXED[RESPONSE] + BUFFER + 4, b"\0")
    size, _, place = struct.unpack_from("<HHI", answer, 36)
    length = size // 2
    if place >= BUFFER or length >= BUFFER // 2 or place + 2 * length >= len(answer):
        return None
    text = bytes(byte & 0x7F for byte in answer[place : place + 2 * length : 2])
    return from_bytes(text.partition(b"\0")[0])


def digest_of(answer: bytes) -> bytes | None:
    """What a client's answer has made of the password; None if it is not where it should be."""
    answer = answer.ljust(FIXED[RESPONSE] + BUFFER + 4, b"\0")
    _, _, place = struct.unpack_from("<HHI", answer, 20)
    return None if place >= len(answer) - DIGEST else answer[place : place + DIGEST]


def digest(password: str, nonce: bytes) -> bytes:
    """What is made of a password for the eight random bytes of a server."""
    return _encrypted(md4(_wide(to_bytes(password)[:_LONGEST])), nonce)


def _wide(text: bytes) -> bytes:
    """Two bytes for each character."""
    return b"".join(bytes([byte, 0]) for byte in text)


def old_digest(password: str, nonce: bytes) -> bytes:
    """The same as older systems did it: in capital letters, and no more than 14 of them."""
    short = to_bytes(upper(password))[:_LONGEST_OLD].ljust(_LONGEST_OLD, b"\0")
    return _encrypted(_des(short[:7], _MAGIC) + _des(short[7:], _MAGIC), nonce)


def _encrypted(key: bytes, nonce: bytes) -> bytes:
    key = key.ljust(21, b"\0")
    return b"".join(_des(key[at : at + 7], nonce) for at in (0, 7, 14))


def _des(key: bytes, block: bytes) -> bytes:
    """A block encrypted with a key of 56 bits."""
    try:
        from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
        from cryptography.hazmat.primitives.ciphers import Cipher, modes
    except ImportError as problem:
        message = 'the spa authenticator needs the Python package "cryptography" (extra "tls")'
        raise Unsupported(message) from problem
    bits = int.from_bytes(key, "big")
    spread = bytes((bits >> (49 - 7 * at) & 0x7F) << 1 for at in range(8))
    done: bytes = Cipher(TripleDES(spread * 3), modes.ECB()).encryptor().update(block)  # noqa: S305 - so NTLM is
    return done


def decoded(text: str, room: int) -> bytes | None:
    """The bytes behind base64, as this protocol's programs read it; None for what is none, or too much.

    What follows a group that is not full does not count.
    """
    text = text.removeprefix("+ ")
    found = bytearray()
    at = 0
    while True:
        group = text[at : at + 4]
        if len(group) < 4 or any(digit not in _DIGITS for digit in group[:2]):
            return None
        if any(digit not in _DIGITS and digit != "=" for digit in group[2:]):
            return None
        numbers = [max(_DIGITS.find(digit), 0) for digit in group]
        found.append((numbers[0] << 2 | numbers[1] >> 4) & 0xFF)
        if group[2] != "=":
            found.append((numbers[1] << 4 | numbers[2] >> 2) & 0xFF)
            if group[3] != "=":
                found.append((numbers[2] << 6 | numbers[3]) & 0xFF)
        if len(found) > room:
            return None
        at += 4
        if at >= len(text) or group[3] == "=":
            return bytes(found)
