"""SCRAM (RFC 5802, RFC 7677): the messages of both sides, and what is made of the password."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from typing import NamedTuple

LEAST_ROUNDS = 4096
MOST_ROUNDS = 10_000_000
"""More rounds than anybody asks for: a peer must not keep us busy for hours."""

HASHES = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}
BOUND = "-PLUS"
_FIRST = re.compile(
    rb"(?P<header>(?P<flag>n|y|p=(?P<binding>[A-Za-z0-9.-]+)),(?:a=(?P<other>[^,\0]+))?,)"
    rb"(?P<bare>n=(?P<user>[^,\0]+),r=(?P<nonce>[!-+\--~]+)(?:,.*)?)\Z",
    re.DOTALL,
)
_ANSWER = re.compile(rb"r=(?P<nonce>[!-+\--~]+),s=(?P<salt>[A-Za-z0-9+/=]+),i=(?P<rounds>[0-9]+)(?:,.*)?\Z")
_FINAL = re.compile(
    rb"(?P<unproved>c=(?P<header>[A-Za-z0-9+/=]+),r=(?P<nonce>[!-+\--~]+)(?:,.*?)?),p=(?P<proof>[A-Za-z0-9+/=]+)\Z",
    re.DOTALL,
)


class MalformedError(Exception):
    """A message is not what the protocol says."""


class Keys(NamedTuple):
    """What a server may keep instead of a password."""

    stored: bytes
    server: bytes


class First(NamedTuple):
    """A client's first message. ``binding`` is the kind of channel binding, ``flag`` tells of its use."""

    header: bytes
    flag: bytes
    binding: bytes
    other: bytes
    bare: bytes
    user: bytes
    nonce: bytes


class Answer(NamedTuple):
    """A server's first message."""

    nonce: bytes
    salt: bytes
    rounds: int


class Final(NamedTuple):
    """A client's second message; ``unproved`` is all of it before the proof."""

    unproved: bytes
    header: bytes
    nonce: bytes
    proof: bytes


def first_of(message: bytes) -> First:
    """Read a client's first message. Raises `MalformedError`."""
    found = _FIRST.match(message)
    if found is None:
        raise MalformedError
    part = found.group
    return First(
        part("header"),
        part("flag")[:1],
        part("binding") or b"",
        _plain(part("other") or b""),
        part("bare"),
        _plain(part("user")),
        part("nonce"),
    )


def answer_of(message: bytes) -> Answer:
    """Read a server's first message. Raises `MalformedError`."""
    found = _ANSWER.match(message)
    if found is None or not 0 < int(found["rounds"]) <= MOST_ROUNDS:
        raise MalformedError
    return Answer(found["nonce"], _decoded(found["salt"]), int(found["rounds"]))


def final_of(message: bytes) -> Final:
    """Read a client's second message. Raises `MalformedError`."""
    found = _FINAL.match(message)
    if found is None:
        raise MalformedError
    return Final(found["unproved"], _decoded(found["header"]), found["nonce"], _decoded(found["proof"]))


def _plain(name: bytes) -> bytes:
    if re.search(rb"=(?!2C|3D)", name):
        raise MalformedError
    return name.replace(b"=2C", b",").replace(b"=3D", b"=")


def quoted(name: bytes) -> bytes:
    """A name as messages have it."""
    return name.replace(b"=", b"=3D").replace(b",", b"=2C")


def _decoded(text: bytes) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedError from None


def answer(nonce: bytes, salt: bytes, rounds: int) -> bytes:
    """A server's first message."""
    return b"r=%s,s=%s,i=%d" % (nonce, b64encode(salt), rounds)


def salted(kind: str, password: bytes, salt: bytes, rounds: int) -> bytes:
    """A password with salt, gone round: ``kind`` is a hash of `HASHES`."""
    return hashlib.pbkdf2_hmac(kind, password, salt, rounds)


def keys(kind: str, salted_password: bytes) -> Keys:
    """What a server needs to know."""
    client = hmac.digest(salted_password, b"Client Key", kind)
    return Keys(hashlib.new(kind, client).digest(), hmac.digest(salted_password, b"Server Key", kind))


def proof(kind: str, salted_password: bytes, talk: bytes) -> bytes:
    """What proves that the client knows the password, for the messages so far."""
    client = hmac.digest(salted_password, b"Client Key", kind)
    signature = hmac.digest(hashlib.new(kind, client).digest(), talk, kind)
    return bytes(one ^ other for one, other in zip(client, signature, strict=True))


def is_proved(kind: str, known: Keys, talk: bytes, given: bytes) -> bool:
    """True if a proof is right."""
    signature = hmac.digest(known.stored, talk, kind)
    if len(given) != len(signature):
        return False
    client = bytes(one ^ other for one, other in zip(given, signature, strict=True))
    return hmac.compare_digest(hashlib.new(kind, client).digest(), known.stored)


def verifier(kind: str, known: Keys, talk: bytes) -> bytes:
    """What proves that the server knows the user, for the messages so far."""
    return hmac.digest(known.server, talk, kind)
