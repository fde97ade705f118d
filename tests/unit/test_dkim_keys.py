"""Keys of signatures: what dkimpy reads is what GnuTLS takes for a key, and no key takes for ever."""

from __future__ import annotations

import ctypes
import ctypes.util
import random
import time
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from drivers.values import dkimkeys
from signed import public

GNUTLS = ctypes.util.find_library("gnutls")
DER = b64decode(public("rsa"))
PARAMETERS = range(16, 19)
"""The octets for what the algorithm is told, which GnuTLS hardly looks at."""


SMALL = {
    "modulus": 3233,
    "publicExponent": 17,
    "privateExponent": 413,
    "prime1": 61,
    "prime2": 53,
    "exponent1": 53,
    "exponent2": 49,
    "coefficient": 38,
}
"""The numbers of a private key of twelve bits."""


class Datum(ctypes.Structure):
    """Octets as GnuTLS takes them."""

    _fields_ = (("data", ctypes.c_char_p), ("size", ctypes.c_uint))


def by_gnutls(library: ctypes.CDLL, data: bytes) -> str:
    """What GnuTLS says of a key, "" if it takes it."""
    key = ctypes.c_void_p()
    library.gnutls_pubkey_init(ctypes.byref(key))
    found = library.gnutls_pubkey_import(key, ctypes.byref(Datum(data, len(data))), 0)
    library.gnutls_pubkey_deinit(key)
    words: bytes = library.gnutls_strerror(found) if found < 0 else b""
    return words.decode()


def by_us(data: bytes) -> str:
    """The same of ours."""
    try:
        dkimkeys.public_key("rsa", data)
    except dkimkeys.BadKey as problem:
        return str(problem)
    return ""


def changed(chance: random.Random) -> bytes:
    """A key in which one octet is another, is gone, or is new."""
    data = bytearray(DER)
    places = [chance.randrange(40), chance.randrange(len(data)), len(data) - 1 - chance.randrange(8)]
    at = chance.choice([place for place in places if place not in PARAMETERS] or [0])
    how = chance.random()
    if how < 0.6:
        data[at] = chance.choice([0, 1, 2, 0x30, 0x80, 0xFF, chance.randrange(256)])
    elif how < 0.8:
        del data[at]
    else:
        data.insert(at, chance.choice([0, 2, 0x30, chance.randrange(256)]))
    return bytes(data)


@pytest.mark.skipif(GNUTLS is None, reason="GnuTLS is not installed")
def test_what_gnutls_takes_for_a_key() -> None:
    library = ctypes.CDLL(GNUTLS)
    library.gnutls_strerror.restype = ctypes.c_char_p
    chance = random.Random(7)
    keys = [changed(chance) for _ in range(1500)]
    found = [(by_us(key), by_gnutls(library, key)) for key in keys]
    other = [key.hex() for key, (ours, theirs) in zip(keys, found, strict=True) if bool(ours) != bool(theirs)]
    assert not other
    same_words = sum(ours == theirs for ours, theirs in found)
    assert same_words > 0.95 * len(found)
    assert 200 < sum(not theirs for _, theirs in found) < 1200


def numbers(key: rsa.RSAPrivateKey) -> bytes:
    """The public key in DER."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


@pytest.mark.parametrize("algorithm", dkimkeys.HASHES)
@pytest.mark.parametrize("size", [1024, 1031, 2048])
def test_signatures_are_those_of_another_library(size: int, algorithm: str) -> None:
    key = rsa.generate_private_key(65537, size)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    own, public_key = dkimkeys.private_key(text.decode()), dkimkeys.public_key("rsa", numbers(key))
    assert dkimkeys.bits(public_key) == size
    signature = dkimkeys.sign(own, algorithm, b"text")
    other = key.sign(b"text", padding.PKCS1v15(), dkimkeys._hash_of_cryptography(algorithm))
    assert signature == other
    assert dkimkeys.holds(public_key, algorithm, b"text", signature)
    assert not dkimkeys.holds(public_key, algorithm, b"tex", signature)
    for wrong in (b"", signature[1:], signature + b"\0", bytes(len(signature)), b"\xff" * len(signature)):
        assert not dkimkeys.holds(public_key, algorithm, b"text", wrong)


@pytest.mark.parametrize("algorithm", dkimkeys.HASHES)
def test_a_key_that_is_too_small(algorithm: str) -> None:
    tiny = dkimkeys.RsaPrivateKey(SMALL)
    with pytest.raises(dkimkeys.BadKey):
        dkimkeys.sign(tiny, algorithm, b"text")
    few = dkimkeys.RsaPublicKey({"modulus": 3233, "publicExponent": 17})
    assert not dkimkeys.holds(few, algorithm, b"text", b"ab")


@pytest.mark.parametrize(("size", "exponent"), [(65_536, 65_537), (8192, (1 << 8191) + 1)])
def test_no_key_takes_for_ever(size: int, exponent: int) -> None:
    huge = dkimkeys.RsaPublicKey({"modulus": (1 << size) - 1, "publicExponent": exponent})
    start = time.monotonic()
    assert not dkimkeys.holds(huge, "sha256", b"text", b"\1" * (size // 8))
    assert time.monotonic() - start < 1
