"""Operators that compute digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from drivers.api.errors import Failed
from drivers.api.text import to_bytes, upper
from drivers.api.unit import operator
from drivers.values import pem
from grammar.shapes import OperatorShape

SECTION = "Expansion operators"
OF_CERTIFICATE = OperatorShape(certificate=True)
SHA2 = frozenset({"256", "384", "512"})
SHA3 = frozenset({"224", "256", "384", "512"})


def _upper_hex(algorithm: str, text: str) -> str:
    return upper(hashlib.new(algorithm, to_bytes(text), usedforsecurity=False).hexdigest())


def _fingerprint(algorithm: Callable[[bytes], hashlib._Hash]) -> Callable[[str], str]:
    """What the operator gives for a variable that holds a certificate."""
    return lambda text: pem.fingerprint(text, lambda data: algorithm(data).digest())


@operator(
    "md5",
    syntax="${md5:<string>}",
    section=SECTION,
    taint="removes",
    pure=True,
    shape=OF_CERTIFICATE,
    of_certificate=_fingerprint(hashlib.md5),
    examples={"${md5:abc}": "900150983cd24fb0d6963f7d28e17f72"},
)
def md5(text: str) -> str:
    """Compute the MD5 digest, as 32 hexadecimal digits in lower case.

    Of a single certificate variable: the certificate's fingerprint, in upper case.
    """
    return hashlib.md5(to_bytes(text), usedforsecurity=False).hexdigest()


@operator(
    "sha1",
    syntax="${sha1:<string>}",
    section=SECTION,
    taint="removes",
    pure=True,
    shape=OF_CERTIFICATE,
    of_certificate=_fingerprint(hashlib.sha1),
    examples={"${sha1:abc}": "A9993E364706816ABA3E25717850C26C9CD0D89D"},
)
def sha1(text: str) -> str:
    """Compute the SHA-1 digest, as 40 hexadecimal digits in upper case.

    Of a single certificate variable: the certificate's fingerprint, in upper case.
    """
    return _upper_hex("sha1", text)


@operator(
    "sha256",
    syntax="${sha256:<string>}",
    since="4.83",
    feature="tls",
    section=SECTION,
    taint="removes",
    pure=True,
    shape=OF_CERTIFICATE,
    undeclared_suffix=True,
    of_certificate=_fingerprint(hashlib.sha256),
    examples={"${length_8:${sha256:abc}}": "BA7816BF"},
)
def sha256(text: str, suffix: str | None = None) -> str:
    """Compute the SHA-256 digest, as 64 hexadecimal digits in upper case.

    Of a single certificate variable: the certificate's fingerprint, in upper case. A number of
    bits after an underscore is taken as that of ``sha2``, up to the release that refuses it.
    """
    return _sha2(text, suffix)


def _sha2(text: str, suffix: str | None) -> str:
    if suffix is not None and suffix not in SHA2:
        message = "unrecognised sha2 variant"
        raise Failed(message)
    return _upper_hex(f"sha{suffix or 256}", text)


@operator(
    "sha2",
    syntax="${sha2:<string>} or ${sha2_<n>:<string>}",
    since="4.93",
    feature="tls",
    section=SECTION,
    taint="removes",
    pure=True,
    shape=OperatorShape(suffix="optional"),
    examples={"${length_8:${sha2_512:abc}}": "DDAF35A1"},
)
def sha2(text: str, suffix: str | None) -> str:
    """Compute a SHA-2 digest of 256 (the default), 384 or 512 bits, in upper case."""
    return _sha2(text, suffix)


@operator(
    "sha3",
    syntax="${sha3:<string>} or ${sha3_<n>:<string>}",
    since="4.88",
    feature="sha3",
    section=SECTION,
    taint="removes",
    pure=True,
    shape=OperatorShape(suffix="optional"),
    examples={"${length_8:${sha3:abc}}": "3A985DA7"},
)
def sha3(text: str, suffix: str | None) -> str:
    """Compute a SHA-3 digest of 224, 256 (the default), 384 or 512 bits, in upper case."""
    if suffix is not None and suffix not in SHA3:
        message = "unrecognised sha3 variant"
        raise Failed(message)
    return _upper_hex(f"sha3_{suffix or 256}", text)
