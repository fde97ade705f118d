"""TLS for the server: its certificate, and the variables that tell of a secured connection."""

from __future__ import annotations

import re
import ssl
import stat
import tempfile
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Unsupported
from drivers.api.text import Tainted, from_argument, from_bytes
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expander.expand.context import Context
    from expander.session.tls import Wishes

DAYS = 365
SYSTEM = "system"
"""What stands for the certificates that the system trusts."""

SUPPORTED, ASKED, OFFERED, ISSUED, RESUMED = 1, 2, 4, 8, 16
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)
LACKING = "a certificate for TLS (without tls_certificate one is made, which needs the package cryptography)"


class Identity(Record):
    """What the server shows of itself: what handshakes are held with, and the certificate in PEM."""

    context: ssl.SSLContext
    certificate: str
    wishes: Wishes


def identity_of(ctx: Context, wishes: Wishes) -> Identity:
    """The certificate and the key that the options name, or a certificate that is made for the host.

    Raises ``OSError``, ``ssl.SSLError`` and ``ExpansionError``.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.sni_callback = _remember
    if not wishes.resumes:
        made.options |= ssl.OP_NO_TICKET
        made.num_tickets = 0
    if wishes.verifies:
        _trust(made, ctx, insists=wishes.insists)
    path = ctx.expand(str(ctx.options.get("tls_certificate") or ""))
    if path:
        key = ctx.expand(str(ctx.options.get("tls_privatekey") or "")) or path
        files = ctx.world.files
        made.load_cert_chain(files.local(path), files.local(key))
        return Identity(made, _first(files.read(path)), wishes)
    own = _self_signed(str(ctx.options["primary_hostname"]))
    with tempfile.NamedTemporaryFile() as file:
        file.write(own)
        file.flush()
        made.load_cert_chain(file.name)
    return Identity(made, _first(own), wishes)


def _trust(made: ssl.SSLContext, ctx: Context, *, insists: bool) -> None:
    """Let the client show a certificate that one of ``tls_verify_certificates`` has signed."""
    made.verify_mode = ssl.CERT_REQUIRED if insists else ssl.CERT_OPTIONAL
    path = ctx.expand(str(ctx.options.get("tls_verify_certificates") or ""))
    if not path or path == SYSTEM:
        made.set_default_verify_paths()
        return
    files = ctx.world.files
    where = files.local(path)
    if stat.S_ISDIR(files.stat(path).st_mode):
        made.load_verify_locations(capath=where)
    else:
        made.load_verify_locations(cafile=where)


def _remember(secured: Any, name: str | None, _context: ssl.SSLContext) -> None:
    """Keep the name that the client asks for where `facts_of` finds it."""
    secured.server_name_sent = name or ""


def _first(data: bytes) -> str:
    """The first certificate in a file in PEM, "" without one."""
    found = _CERTIFICATE.search(data)
    return from_bytes(found[0]) if found else ""


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


def facts_of(identity: Identity, secured: Any) -> Mapping[str, str]:
    """``$tls_in_...`` for a connection, with the names of ciphers that OpenSSL has."""
    name, _, bits = secured.cipher() or ("", "", 0)
    version = (secured.version() or "").replace("TLSv", "TLS")
    sni = getattr(secured, "server_name_sent", "")
    shown = secured.getpeercert(binary_form=True)
    certificate = ssl.DER_cert_to_PEM_cert(shown) if shown else ""
    return {
        "tls_in_bits": str(bits),
        "tls_in_cipher": f"{version}:{name}:{bits}",
        "tls_in_ver": version,
        "tls_in_sni": Tainted(from_argument(sni)) if sni else "",
        "tls_in_certificate_verified": "1" if certificate else "0",
        "tls_in_peercert": certificate,
        "tls_in_peerdn": Tainted(_subject(certificate)) if certificate else "",
        "tls_in_ourcert": "" if secured.session_reused else identity.certificate,
        "tls_in_resumption": str(_resumption(identity.wishes, secured)),
        "tls_in_cipher_std": name if name.startswith("TLS_") else "",
    }


def _subject(pem: str) -> str:
    from datetime import UTC

    from drivers.values import certificate

    return certificate.field(pem, "subject", UTC, gnutls=True) or ""


def _resumption(wishes: Wishes, secured: Any) -> int:
    """The sum of bits that tells of resuming: see `drivers.variables.tls`."""
    if not wishes.resumes:
        return SUPPORTED
    if not secured.session_reused:
        return SUPPORTED + ASKED + ISSUED
    asked = ASKED if secured.version() == "TLSv1.3" else 0
    return SUPPORTED + asked + OFFERED + ISSUED + RESUMED
