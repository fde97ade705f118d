"""Which certificates TLSA records fit."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from drivers.transports.smtp_dane import DIFFERS, NONE_USABLE, problem, usage

x509 = pytest.importorskip("cryptography.x509")
NAME = "mx.far.test"


def certificate(subject: str, issuer: str, key: Any, signer: Any, *, is_authority: bool = False) -> Any:
    """A certificate for a name, which is the host's own as well."""
    from cryptography.hazmat.primitives import hashes

    def of(name: str) -> Any:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

    made = (
        x509.CertificateBuilder()
        .subject_name(of(subject))
        .issuer_name(of(issuer))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
    )
    return made.sign(signer, hashes.SHA256())


@pytest.fixture(scope="module")
def chain() -> list[bytes]:
    """The certificate of a host, and that of who has signed it."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    own, root = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    found = certificate(NAME, "root", own, root), certificate("root", "root", root, root, is_authority=True)
    return [each.public_bytes(Encoding.DER) for each in found]


def record(kind: int, data: bytes) -> tuple[str, ...]:
    """A record with the digest of a certificate."""
    return str(kind), "0", "1", hashlib.sha256(data).hexdigest().upper()


def test_the_certificate_of_the_host_fits_whatever_its_name(chain: list[bytes]) -> None:
    assert not problem([record(3, chain[0])], chain[:1], "other.test")
    assert not problem([("3", "0", "0", chain[0].hex())], chain, NAME)
    assert problem([record(3, chain[1])], chain, NAME) == DIFFERS
    assert problem([("3", "0", "9", "00")], chain, NAME) == DIFFERS
    assert problem([("3", "7", "1", "00")], chain, NAME) == DIFFERS


def test_who_has_signed_it_fits_for_its_name(chain: list[bytes]) -> None:
    assert not problem([record(2, chain[1])], chain, NAME)
    assert problem([record(2, chain[1])], chain, "other.test") == DIFFERS
    assert problem([record(2, chain[0])], chain, NAME) == DIFFERS
    assert problem([record(2, chain[1])], chain[:1], NAME) == NONE_USABLE
    assert problem([record(2, chain[1])], [chain[1], chain[0]], "root") == DIFFERS


def test_usages_are_bits() -> None:
    found = [("0", "0", "1", "00"), ("2", "0", "1", "00"), ("3", "0", "1", "00"), ("3", "1", "1", "00")]
    assert usage(found) == 12
    assert usage(found[:1]) == 0
