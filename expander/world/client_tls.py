"""TLS from the client's side, with what log lines tell of it."""

from __future__ import annotations

import re
import ssl
import warnings
from typing import TYPE_CHECKING, Any

from drivers.api.links import REVOKED, SHORT_PRIME, NotSecured, Secured
from expander.world.handshake import FROM_THERE, Watched, seen
from expander.world.tls_sessions import Keeper

if TYPE_CHECKING:
    import socket

    from drivers.api.links import Securing
    from expander.world.tls_sessions import Sessions

_LIST = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)
FIRST_CHOICE = "prime256v1"
"""The group that GnuTLS offers first; servers take it."""


def secured(
    connection: socket.socket, how: Securing, kept: Sessions
) -> tuple[ssl.SSLSocket, Secured, Keeper | None]:
    """The connection under TLS, what is to be known of it, and what looks for a way to resume the session.

    Raises `NotSecured`, ``TimeoutError``.
    """
    found = kept.get(how.resumes) if how.resumes else None
    watched = Watched(FROM_THERE)
    try:
        context = found.context if found is not None else _context(how)
        made = context.wrap_socket(
            connection,
            server_hostname=how.server or None,
            suppress_ragged_eofs=False,
            do_handshake_on_connect=False,
            session=found.session if found is not None else None,
        )
        _shake(made, watched)
        if watched.prime and watched.prime < how.least_prime:
            made.close()
            raise NotSecured(SHORT_PRIME)
    except TimeoutError:
        raise
    except ssl.SSLError as error:
        raise NotSecured(error.reason or str(error)) from None
    except (OSError, ValueError) as error:
        raise NotSecured(str(error)) from None
    if found is not None and made.session_reused:
        watched.certificates = list(found.chain)
        watched.group = watched.group or found.group
    certificate = made.getpeercert(binary_form=True) or b""
    name, _, bits = made.cipher() or ("", "", 0)
    chain = watched.certificates or [certificate]
    keeper = Keeper(kept, how.resumes, made, watched, chain) if how.resumes else None
    if keeper is not None:
        keeper.look()
    return (
        made,
        Secured(
            made.version() or "",
            name,
            bits,
            watched.group,
            watched.signature,
            certificate,
            b"",
            _problem(chain, how) if how.authorities and certificate else "",
            tuple(chain) if certificate else (),
            protocol=made.selected_alpn_protocol() or "",
            offers_session=found is not None,
            is_resumed=bool(made.session_reused),
        ),
        keeper,
    )


def _shake(made: ssl.SSLSocket, watched: Watched) -> None:
    """The handshake. Raises ``OSError``."""
    made.watched = watched  # type: ignore[attr-defined] # where the messages find it
    try:
        made.do_handshake()
    except BaseException:
        made.close()
        raise


def _context(how: Securing) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ecdh_curve(FIRST_CHOICE)
    if hasattr(context, "_msg_callback"):
        context._msg_callback = seen  # noqa: SLF001 - nothing else tells of the group and the signature
    if how.certificate:
        context.load_cert_chain(how.certificate, how.key or how.certificate)
    if how.protocols:
        context.set_alpn_protocols(list(how.protocols))
    return context


def _problem(chain: list[bytes], how: Securing) -> str:
    """Why the certificate cannot be trusted, "" if it can."""
    from cryptography import x509
    from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

    roots = _roots(how.authorities)
    if not roots:
        return "invalid"
    try:
        found = [x509.load_der_x509_certificate(each) for each in chain]
        if how.revoked and any(_is_revoked(each, how.revoked) for each in found):
            return REVOKED
        builder = PolicyBuilder().store(Store(roots))
        any_extension = ExtensionPolicy.permit_all()
        builder = builder.extension_policies(ca_policy=any_extension, ee_policy=any_extension)
        if found[0] in roots:
            return ""
        builder.build_client_verifier().verify(found[0], found[1:])
    except (VerificationError, ValueError):
        return "invalid"
    return ""


def _is_revoked(certificate: Any, path: str) -> bool:
    """True if the issuer has withdrawn a certificate, as one of the lists in a file says."""
    from pathlib import Path

    from cryptography import x509

    for text in _LIST.findall(Path(path).read_bytes()):
        withdrawn = x509.load_pem_x509_crl(text)
        is_listed = withdrawn.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
        if is_listed and withdrawn.issuer == certificate.issuer:
            return True
    return False


def _roots(authorities: str) -> list[Any]:
    from pathlib import Path

    from cryptography import x509

    texts: list[bytes] = []
    if authorities == "system":
        paths = ssl.get_default_verify_paths()
        places = [Path(each) for each in (paths.cafile, paths.openssl_cafile) if each]
        places.append(Path("/etc/ssl/certs/ca-certificates.crt"))
        place = next((each for each in places if each.is_file()), None)
        texts = [place.read_bytes()] if place is not None else []
    else:
        place = Path(authorities)
        try:
            files = sorted(place.iterdir()) if place.is_dir() else [place]
            texts = [each.read_bytes() for each in files]
        except OSError:
            return []
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of old roots that are not as they should be
        for text in texts:
            if b"BEGIN CERTIFICATE" in text:
                found += x509.load_pem_x509_certificates(text)
    return found
