"""Keys of signatures: what they are made and checked with. The package cryptography does the work."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

    PublicKey = RSAPublicKey | Ed25519PublicKey
    PrivateKey = RSAPrivateKey | Ed25519PrivateKey

RSA, ED25519 = "rsa", "ed25519"
HASHES = ("sha1", "sha256", "sha512")
ED25519_BITS = 256
_RAW_ED25519 = 32

WRONG_TAG = "ASN1 parser: Error in TAG."
BAD_DER = "ASN1 parser: Error in DER parsing."
NO_ELEMENT = "ASN1 parser: Element was not found."
UNKNOWN_ALGORITHM = "An unimplemented or disabled feature has been requested."

_SEQUENCE, _NAME = b"\x30", b"\x06"
_LEAST_DER = 2
_RSA_NAME = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"


class BadKey(ValueError):
    """A key that cannot be read."""


def public_key(kind: str, data: bytes) -> PublicKey | UnusableKey:
    """A public key as the DNS holds it: of RSA in DER, of Ed25519 its 32 bytes, or in DER as well.

    Raises `BadKey` with the words of GnuTLS.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    key: object = None
    if kind == ED25519 and len(data) == _RAW_ED25519:
        return Ed25519PublicKey.from_public_bytes(data)
    with suppress(ValueError, UnsupportedAlgorithm):
        key = load_der_public_key(data)
    if kind == ED25519:
        return key if isinstance(key, Ed25519PublicKey) else UnusableKey()
    if not isinstance(key, RSAPublicKey) or not _begins_as_key(data):
        raise BadKey(_wrong_with(data))
    return key


class UnusableKey:
    """Octets that are no key of Ed25519: Exim finds out when it checks a signature, of which none holds."""


def _begins_as_key(data: bytes) -> bool:
    """True for a sequence that begins with one: the name of an algorithm, which a bare key of RSA lacks."""
    content = _content(data)
    return content is not None and content[:1] == _SEQUENCE


def _wrong_with(data: bytes) -> str:
    """What GnuTLS says of a key that it cannot read."""
    if data[:1] != _SEQUENCE or len(data) < _LEAST_DER:
        return WRONG_TAG
    content = _content(data)
    if content is None:
        return BAD_DER
    if not content:
        return NO_ELEMENT
    inner = _content(content)
    if content[:1] != _SEQUENCE or (inner and inner[:1] != _NAME):
        return WRONG_TAG
    return UNKNOWN_ALGORITHM if _RSA_NAME not in data else BAD_DER


def _content(data: bytes) -> bytes | None:
    """What is in the first value of DER; None where more is announced than there is."""
    if len(data) < _LEAST_DER:
        return None
    length, start = data[1], _LEAST_DER
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[_LEAST_DER:start])
    content = data[start : start + length]
    return content if len(content) == length else None


def private_key(text: str) -> PrivateKey:
    """A private key in PEM. Raises `BadKey`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(text.encode("latin-1"), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise BadKey(str(problem)) from problem
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        message = "neither a key of RSA nor of Ed25519"
        raise BadKey(message)
    return key


def kind_of(key: PrivateKey) -> str:
    """Whether a key is of RSA or of Ed25519."""
    return RSA if hasattr(key, "private_numbers") else ED25519


def bits(key: PublicKey | UnusableKey) -> int:
    """The size of a key."""
    return int(getattr(key, "key_size", ED25519_BITS))


def sign(key: PrivateKey, algorithm: str, data: bytes) -> bytes:
    """The signature of data. Ed25519 signs their hash (RFC 8463)."""
    if kind_of(key) == ED25519:
        return key.sign(digest(algorithm, data))  # type: ignore[call-arg]
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    return key.sign(data, PKCS1v15(), _hash(algorithm))  # type: ignore[call-arg]


def holds(key: PublicKey | UnusableKey, algorithm: str, data: bytes, signature: bytes) -> bool:
    """True if the signature is one of these data."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    if isinstance(key, UnusableKey):
        return False
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, digest(algorithm, data))
        else:
            key.verify(signature, data, PKCS1v15(), _hash(algorithm))
    except InvalidSignature:
        return False
    return True


def digest(algorithm: str, data: bytes) -> bytes:
    """The hash of data: ``algorithm`` is one of `HASHES`."""
    import hashlib

    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _hash(algorithm: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    return getattr(hashes, algorithm.upper())()
