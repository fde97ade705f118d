"""TLS for the server: its certificate, and the variables that tell of a secured connection."""

from __future__ import annotations

import ssl
import tempfile
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Unsupported
from drivers.api.text import Tainted, from_argument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expander.expand.context import Context

DAYS = 365
LACKING = "a certificate for TLS (without tls_certificate one is made, which needs the package cryptography)"


def context_of(ctx: Context) -> ssl.SSLContext:
    """The certificate and the key that the options name, or a certificate that is made for the host.

    Raises ``OSError``, ``ssl.SSLError`` and ``ExpansionError``.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = ctx.expand(str(ctx.options.get("tls_certificate") or ""))
    key = ctx.expand(str(ctx.options.get("tls_privatekey") or "")) or certificate
    if certificate:
        files = ctx.world.files
        made.load_cert_chain(files.local(certificate), files.local(key))
        return made
    with tempfile.NamedTemporaryFile() as file:
        file.write(_self_signed(str(ctx.options["primary_hostname"])))
        file.flush()
        made.load_cert_chain(file.name)
    return made


def _self_signed(host: str) -> bytes:
    """A key and a certificate for it that nobody but itself has signed."""
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        raise Unsupported(LACKING) from None
    from datetime import UTC, datetime, timedelta

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host[:64])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .sign(key, hashes.SHA256())
    )
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return encoded + certificate.public_bytes(serialization.Encoding.PEM)


def facts_of(secured: Any) -> Mapping[str, str]:
    """``$tls_in_...`` for a connection, in OpenSSL's words; the client's certificate is not asked for."""
    name, _, bits = secured.cipher() or ("", "", 0)
    version = (secured.version() or "").replace("TLSv", "TLS")
    sni = getattr(secured, "server_name_sent", "") or ""
    return {
        "tls_in_bits": str(bits),
        "tls_in_cipher": f"{version}:{name}:{bits}",
        "tls_in_ver": version,
        "tls_in_sni": Tainted(from_argument(sni)) if sni else "",
        "tls_in_certificate_verified": "0",
        "tls_in_peerdn": "",
        "tls_in_cipher_std": name if name.startswith("TLS_") else "",
    }
