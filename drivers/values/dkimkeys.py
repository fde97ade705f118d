"""Keys of signatures: what they are made and checked with.

dkimpy reads the keys of RSA, signs and verifies with them. It has no Ed25519 of its own, no SHA-512, and
reads one layout of PEM: there the package cryptography does it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Union

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

RSA, ED25519 = "rsa", "ed25519"
HASHES = ("sha1", "sha256", "sha512")
OF_DKIMPY = ("sha1", "sha256")
"""The hashes that dkimpy signs with keys of RSA."""

ED25519_BITS = 256
LARGEST_MODULUS, SMALL_MODULUS, LARGEST_EXPONENT = 16384, 3072, 64
"""Sizes in bits: no signature holds by a key above the first, or above the second with a larger exponent.

Checking one would take minutes."""

_RAW_ED25519 = 32

WRONG_TAG = "ASN1 parser: Error in TAG."
BAD_DER = "ASN1 parser: Error in DER parsing."
NO_ELEMENT = "ASN1 parser: Element was not found."
NOT_OCTETS = "The given memory buffer is too short to hold parameters."
UNKNOWN_ALGORITHM = "An unimplemented or disabled feature has been requested."

_SEQUENCE, _NAME, _INTEGER, _BITS = b"\x30", b"\x06", b"\x02", b"\x03"
_LEAST_DER = 2
_RSA_NAME = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"


class BadKey(ValueError):
    """A key that cannot be read."""


class RsaPublicKey(Record):
    """The numbers of a public key of RSA, as dkimpy takes them."""

    numbers: dict[str, int]

    @property
    def key_size(self) -> int:
        """The size of the modulus, in bits."""
        return self.numbers["modulus"].bit_length()

    @property
    def is_workable(self) -> bool:
        """False if checking a signature would take minutes."""
        small = self.key_size <= SMALL_MODULUS
        size = self.numbers["publicExponent"].bit_length()
        return self.key_size <= LARGEST_MODULUS and (small or size <= LARGEST_EXPONENT)


class RsaPrivateKey(Record):
    """The numbers of a private key of RSA, as dkimpy takes them."""

    numbers: dict[str, int]


def public_key(kind: str, data: bytes) -> PublicKey:
    """A public key as the DNS holds it: of RSA in DER, of Ed25519 its 32 bytes, or in DER as well.

    Raises `BadKey` with the words of GnuTLS.
    """
    return _ed25519_key(data) if kind == ED25519 else _rsa_key(data)


def _ed25519_key(data: bytes) -> PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if len(data) == _RAW_ED25519:
        return Ed25519PublicKey.from_public_bytes(data)
    key: object = None
    with suppress(ValueError, UnsupportedAlgorithm):
        key = load_der_public_key(data)
    return key if isinstance(key, Ed25519PublicKey) else UnusableKey()


def _rsa_key(data: bytes) -> RsaPublicKey:
    from dkim.asn1 import ASN1FormatError
    from dkim.crypto import UnparsableKeyError, parse_public_key

    try:
        return RsaPublicKey(parse_public_key(_bare_key(data)))
    except (
        UnparsableKeyError,
        ASN1FormatError,
        AssertionError,
        ValueError,
        IndexError,
        TypeError,
    ) as problem:
        raise BadKey(str(problem) if isinstance(problem, BadKey) else BAD_DER) from None


class UnusableKey:
    """Octets that are no key of Ed25519: Exim finds out when it checks a signature, of which none holds."""


def _bare_key(data: bytes) -> bytes:
    """The two numbers of a key, as a sequence in DER, out of the one that begins with the name of RSA.

    A key without the name of its algorithm is none for GnuTLS. Raises `BadKey` with its words.
    """
    inner = _content(data)
    if not data or (inner and data[:1] == _SEQUENCE and inner[:1] != _SEQUENCE):
        raise BadKey(WRONG_TAG)  # seen before what is wrong with lengths
    (whole,) = _expected(data, _SEQUENCE)
    algorithm, octets = _expected(whole, _SEQUENCE, _BITS)
    name = _elements(algorithm)
    if not name or name[0][0] != _NAME:
        raise BadKey(BAD_DER if name is None else WRONG_TAG if name else NO_ELEMENT)
    if name[0][1] != _RSA_NAME:
        raise BadKey(UNKNOWN_ALGORITHM)
    if octets[:1] > b"\x07":  # so many bits of the last octet do not count
        raise BadKey(NOT_OCTETS)
    (numbers,) = _expected(octets[1:], _SEQUENCE)
    _expected(numbers, _INTEGER, _INTEGER)
    return octets[1:]


def _expected(data: bytes, *tags: bytes) -> list[bytes]:
    """The contents of values with these tags. Raises `BadKey`."""
    found = _elements(data)
    if data and data[:1] != tags[0]:
        raise BadKey(WRONG_TAG)
    if found is None:
        raise BadKey(BAD_DER)
    for (tag, _), expected in zip(found, tags, strict=False):
        if tag != expected:
            raise BadKey(WRONG_TAG)
    if len(found) < len(tags):
        raise BadKey(NO_ELEMENT)
    if len(found) > len(tags):
        raise BadKey(BAD_DER)
    return [content for _, content in found]


def _elements(data: bytes) -> list[tuple[bytes, bytes]] | None:
    """The tags and the contents of values in DER; None if they do not fill the octets."""
    found = []
    while data:
        content = _content(data)
        if content is None:
            return None
        found.append((data[:1], content))
        data = data[_head(data) + len(content) :]
    return found


def _head(data: bytes) -> int:
    """How many octets precede the content of a value in DER."""
    return _LEAST_DER + (data[1] & 0x7F if data[1] & 0x80 else 0)


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
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    try:
        key = serialization.load_pem_private_key(text.encode("latin-1"), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise BadKey(str(problem)) from problem
    if isinstance(key, Ed25519PrivateKey):
        return key
    if not isinstance(key, RSAPrivateKey):
        message = "neither a key of RSA nor of Ed25519"
        raise BadKey(message)
    from dkim.crypto import parse_private_key

    encoding, form = serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL
    return RsaPrivateKey(parse_private_key(key.private_bytes(encoding, form, serialization.NoEncryption())))


def kind_of(key: PrivateKey) -> str:
    """Whether a key is of RSA or of Ed25519."""
    return RSA if isinstance(key, RsaPrivateKey) else ED25519


def bits(key: PublicKey) -> int:
    """The size of a key."""
    return key.key_size if isinstance(key, RsaPublicKey) else ED25519_BITS


def sign(key: PrivateKey, algorithm: str, data: bytes) -> bytes:
    """The signature of data. Ed25519 signs their hash (RFC 8463). Raises `BadKey` if the key is too small."""
    if not isinstance(key, RsaPrivateKey):
        return key.sign(digest(algorithm, data))
    from dkim.crypto import DigestTooLargeError, RSASSA_PKCS1_v1_5_sign

    if algorithm not in OF_DKIMPY:
        return _sign_otherwise(key, algorithm, data)
    try:
        return bytes(RSASSA_PKCS1_v1_5_sign(_hash(algorithm, data), key.numbers))
    except DigestTooLargeError:
        message = "the key is too small for a signature"
        raise BadKey(message) from None


def holds(key: PublicKey, algorithm: str, data: bytes, signature: bytes) -> bool:
    """True if the signature is one of these data."""
    if isinstance(key, UnusableKey):
        return False
    if not isinstance(key, RsaPublicKey):
        return _holds_otherwise(lambda: key.verify(signature, digest(algorithm, data)))
    if not key.is_workable or len(signature) != (key.key_size + 7) // 8:
        return False
    if algorithm not in OF_DKIMPY:
        return _holds_otherwise(lambda: _verify(key, algorithm, data, signature))
    from dkim.crypto import DigestTooLargeError, RSASSA_PKCS1_v1_5_verify

    try:
        return bool(RSASSA_PKCS1_v1_5_verify(_hash(algorithm, data), signature, key.numbers))
    except (DigestTooLargeError, ValueError, ZeroDivisionError):
        return False


def _sign_otherwise(key: RsaPrivateKey, algorithm: str, data: bytes) -> bytes:
    """The same with hashes that dkimpy does not know."""
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    given = key.numbers
    numbers = rsa.RSAPrivateNumbers(
        given["prime1"],
        given["prime2"],
        given["privateExponent"],
        given["exponent1"],
        given["exponent2"],
        given["coefficient"],
        rsa.RSAPublicNumbers(given["publicExponent"], given["modulus"]),
    )
    try:
        return numbers.private_key().sign(data, padding.PKCS1v15(), _hash_of_cryptography(algorithm))
    except ValueError as problem:
        raise BadKey(str(problem)) from problem


def _verify(key: RsaPublicKey, algorithm: str, data: bytes, signature: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    numbers = rsa.RSAPublicNumbers(key.numbers["publicExponent"], key.numbers["modulus"])
    numbers.public_key().verify(signature, data, padding.PKCS1v15(), _hash_of_cryptography(algorithm))


def _holds_otherwise(verify: Callable[[], None]) -> bool:
    """True if the package cryptography has no complaint."""
    from cryptography.exceptions import InvalidSignature

    try:
        verify()
    except (InvalidSignature, ValueError):
        return False
    return True


def digest(algorithm: str, data: bytes) -> bytes:
    """The hash of data: ``algorithm`` is one of `HASHES`."""
    return bytes(_hash(algorithm, data).digest())


def digest_of(algorithm: str, pieces: Iterable[bytes], length: int | None = None) -> bytes:
    """The hash of all pieces together, or of the first ``length`` bytes of them."""
    found, left = _hash(algorithm, b""), length
    for piece in pieces:
        found.update(piece if left is None else piece[:left])
        left = None if left is None else max(left - len(piece), 0)
    return bytes(found.digest())


def _hash(algorithm: str, data: bytes) -> Any:
    import hashlib

    return hashlib.new(algorithm, data, usedforsecurity=False)


def _hash_of_cryptography(algorithm: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    return getattr(hashes, algorithm.upper())()


PublicKey = Union["RsaPublicKey", "Ed25519PublicKey", "UnusableKey"]
PrivateKey = Union["RsaPrivateKey", "Ed25519PrivateKey"]
