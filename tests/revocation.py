"""Lists of certificates that are withdrawn, for those signed with their own keys; a group for keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

GROUP = """\
-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA///////////JD9qiIWjCNMTGYouA3BzRKQJOCIpnzHQCC76mOxOb
IlFKCHmONATd75UZs806QxswKwpt8l8UN0/hNW1tUcJF5IW1dmJefsb0TELppjft
awv/XLb0Brft7jhr+1qJn6WunyQRfEsf5kkoZlHs5Fs9wgB8uKFjvwWY2kg2HFXT
mmkWP6j9JM9fg2VdI9yjrZYcYvNWIIVSu57VKQdwlpZtZww1Tkq8mATxdGwIyhgh
fDKQXkYuNs474553LBgOhgObJ4Oi7Aeij7XFXfBvTFLJ3ivL9pVYFxg5lUl86pVq
5RXSJhiY+gUQFXKOWoqsqmj//////////wIBAg==
-----END DH PARAMETERS-----
"""
"""The group of 2048 bits of RFC 3526, which servers have of their own."""


def withdraw(path: Path) -> None:
    """Beside a certificate with its key write a list that has it, one that has it not, and an old one."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization

    data = path.read_bytes()
    own = x509.load_pem_x509_certificate(data)
    key = serialization.load_pem_private_key(data[data.index(b"-----BEGIN EC") :], None)
    entry = x509.RevokedCertificateBuilder().serial_number(own.serial_number)
    entry = entry.revocation_date(datetime(2021, 1, 1, tzinfo=UTC)).build()
    for name, entries, until in (("revoked", [entry], 2049), ("none", [], 2049), ("old", [], 2021)):
        builder = x509.CertificateRevocationListBuilder().issuer_name(own.subject)
        builder = builder.last_update(datetime(2020, 6, 1, tzinfo=UTC))
        builder = builder.next_update(datetime(until, 2, 1, tzinfo=UTC))
        for each in entries:
            builder = builder.add_revoked_certificate(each)
        made = builder.sign(key, hashes.SHA256())
        place = path.with_name(f"{name}.crl")
        place.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        place.chmod(0o644)
