"""TLS for the server: its certificate, and the variables that tell of a secured connection."""

from __future__ import annotations

import re
import ssl
import stat
import tempfile
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Unsupported
from drivers.api.links import Secured
from drivers.api.text import Tainted, from_argument, from_bytes
from drivers.values import tls_names
from drivers.values.peer import ASKED, ISSUED, OFFERED, RESUMED, SUPPORTED
from expander.world.handshake import FROM_HERE, Watched, seen
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from expander.expand.context import Context
    from expander.session.tls import Wishes

DAYS = 365
MOST_TICKETS = 1000
SYSTEM = "system"
"""What stands for the certificates that the system trusts."""

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)
LACKING = "a certificate for TLS (without tls_certificate one is made, which needs the package cryptography)"


class Identity(Record):
    """What the server shows of itself: what handshakes are held with, and the certificate in PEM.

    ``groups`` are those with which the keys of sessions were exchanged, by their tickets; ``gnutls`` says by
    whose names ciphers are told of.
    """

    context: Callable[[], ssl.SSLContext]
    certificate: str
    wishes: Wishes
    gnutls: bool
    groups: dict[bytes, str]


def identity_of(ctx: Context, wishes: Wishes) -> Identity:
    """The certificate and the key that the options name, or a certificate that is made for the host.

    Raises ``OSError``, ``ssl.SSLError`` and ``ExpansionError``.
    """
    authorities = _authorities(ctx) if wishes.verifies else {}
    path = ctx.expand(str(ctx.options.get("tls_certificate") or ""))
    own = b""
    if path:
        key = ctx.expand(str(ctx.options.get("tls_privatekey") or "")) or path
        files = ctx.world.files
        chain = (files.local(path), files.local(key))
        certificate = _first(files.read(path))
    else:
        own = _self_signed(str(ctx.options["primary_hostname"]))
        chain, certificate = ("", ""), _first(own)

    def made() -> ssl.SSLContext:
        context = _context(wishes, authorities)
        if own:
            _load(context, own)
        else:
            context.load_cert_chain(*chain)
        return context

    one = made()
    # The library keeps sessions by their names as well, which clients without tickets could resume.
    contexts = (lambda: one) if wishes.resumes else made
    return Identity(contexts, certificate, wishes, not ctx.profile.built_with("openssl"), {})


def _context(wishes: Wishes, authorities: Mapping[str, str]) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.sni_callback = _remember
    if hasattr(made, "_msg_callback"):
        made._msg_callback = _seen  # noqa: SLF001 - nothing else tells of groups, signatures and tickets
    if not wishes.resumes:
        made.options |= ssl.OP_NO_TICKET
        made.num_tickets = 0
    if wishes.verifies:
        made.verify_mode = ssl.CERT_REQUIRED if wishes.insists else ssl.CERT_OPTIONAL
        if authorities:
            made.load_verify_locations(**authorities)
        else:
            made.set_default_verify_paths()
    return made


def _load(context: ssl.SSLContext, own: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(own)
        file.flush()
        context.load_cert_chain(file.name)


def _authorities(ctx: Context) -> Mapping[str, str]:
    """Where the certificates are, one of which has to have signed the client's; empty for the system's."""
    path = ctx.expand(str(ctx.options.get("tls_verify_certificates") or ""))
    if not path or path == SYSTEM:
        return {}
    files = ctx.world.files
    where = files.local(path)
    return {"capath" if stat.S_ISDIR(files.stat(path).st_mode) else "cafile": where}


def _remember(secured: Any, name: str | None, _context: ssl.SSLContext) -> None:
    """Keep the name that the client asks for where `facts_of` finds it."""
    secured.server_name_sent = name or ""


def _seen(secured: Any, direction: str, version: Any, kind: Any, message: Any, data: bytes) -> None:
    """Watch a handshake from its first message on."""
    if secured is not None and not hasattr(secured, "watched"):
        secured.watched = Watched(FROM_HERE)
    seen(secured, direction, version, kind, message, data)


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
    """``$tls_in_...`` for a connection."""
    name, _, bits = secured.cipher() or ("", "", 0)
    version = secured.version() or ""
    watched: Watched = getattr(secured, "watched", None) or Watched(FROM_HERE)
    made = Secured(
        version,
        name,
        bits,
        _group(identity, watched),
        watched.signature,
        is_resumed=bool(secured.session_reused),
    )
    sni = getattr(secured, "server_name_sent", "")
    shown = secured.getpeercert(binary_form=True)
    certificate = ssl.DER_cert_to_PEM_cert(shown) if shown else ""
    return {
        "tls_in_bits": str(bits),
        "tls_in_cipher": tls_names.cipher(made, gnutls=identity.gnutls),
        "tls_in_ver": version.replace("TLSv", "TLS"),
        "tls_in_sni": Tainted(from_argument(sni)) if sni else "",
        "tls_in_certificate_verified": "1" if certificate else "0",
        "tls_in_peercert": certificate,
        "tls_in_peerdn": Tainted(_subject(certificate)) if certificate else "",
        "tls_in_ourcert": "" if secured.session_reused else identity.certificate,
        "tls_in_resumption": str(_resumption(identity.wishes, watched, made)),
        "tls_in_cipher_std": tls_names.standard(name, gnutls=identity.gnutls),
    }


def _group(identity: Identity, watched: Watched) -> str:
    """How keys were exchanged: for a session that is resumed, when it was held first."""
    group = watched.group or identity.groups.get(watched.offered or b"", "")
    if watched.ticket and group:
        while len(identity.groups) >= MOST_TICKETS:
            del identity.groups[next(iter(identity.groups))]
        identity.groups[watched.ticket] = group
    return group


def _subject(pem: str) -> str:
    from datetime import UTC

    from drivers.values import certificate

    return certificate.field(pem, "subject", UTC, gnutls=True) or ""


def _resumption(wishes: Wishes, watched: Watched, made: Secured) -> int:
    """The sum of bits that tells of resuming: see `drivers.variables.tls`."""
    is_new = made.version == "TLSv1.3"
    offers = watched.offers_key if is_new else watched.offers_session or bool(watched.offered)
    if not wishes.resumes:
        return SUPPORTED + (OFFERED if offers and not is_new else 0)
    asks = is_new or watched.offered == b""
    found = SUPPORTED + ISSUED + (ASKED if asks else 0)
    return found + (OFFERED if offers else 0) + (RESUMED if made.is_resumed else 0)
