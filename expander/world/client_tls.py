"""TLS from the client's side, with what log lines tell of it."""

from __future__ import annotations

import ssl
import warnings
from typing import TYPE_CHECKING, Any

from drivers.api.links import NotSecured, Secured

if TYPE_CHECKING:
    import socket

    from drivers.api.links import Securing

FIRST_CHOICE = "prime256v1"
"""The group that GnuTLS offers first; servers take it."""

_SERVER_HELLO, _CERTIFICATE, _KEY_EXCHANGE, _VERIFY = 2, 11, 12, 15
_KEY_SHARE = 51
_GROUPS = {23: "SECP256R1", 24: "SECP384R1", 25: "SECP521R1", 29: "X25519", 30: "X448", 256: "FFDHE2048"}
_SIGNATURES = {
    0x0401: "RSA_SHA256", 0x0501: "RSA_SHA384", 0x0601: "RSA_SHA512", 0x0201: "RSA_SHA1",
    0x0403: "ECDSA_SECP256R1_SHA256", 0x0503: "ECDSA_SECP384R1_SHA384", 0x0603: "ECDSA_SECP521R1_SHA512",
    0x0203: "ECDSA_SHA1", 0x0804: "RSA_PSS_RSAE_SHA256", 0x0805: "RSA_PSS_RSAE_SHA384",
    0x0806: "RSA_PSS_RSAE_SHA512", 0x0807: "EDDSA_ED25519", 0x0808: "EDDSA_ED448",
    0x0809: "RSA_PSS_SHA256", 0x080A: "RSA_PSS_SHA384", 0x080B: "RSA_PSS_SHA512",
}  # fmt: skip


def secured(connection: socket.socket, how: Securing) -> tuple[socket.socket, Secured]:
    """The connection under TLS, and what is to be known of it. Raises `NotSecured`, ``TimeoutError``."""
    watched = _Watched()
    try:
        context = _context(how)
        if hasattr(context, "_msg_callback"):
            context._msg_callback = watched  # noqa: SLF001 - nothing else tells of the group and the signature
        made = context.wrap_socket(connection, server_hostname=how.server or None, suppress_ragged_eofs=False)
    except TimeoutError:
        raise
    except ssl.SSLError as error:
        raise NotSecured(error.reason or str(error)) from None
    except (OSError, ValueError) as error:
        raise NotSecured(str(error)) from None
    certificate = made.getpeercert(binary_form=True) or b""
    name, _, bits = made.cipher() or ("", "", 0)
    chain = watched.certificates or [certificate]
    return made, Secured(
        made.version() or "",
        name,
        bits,
        watched.group,
        watched.signature,
        certificate,
        b"",
        _problem(chain, how) if how.authorities and certificate else "",
        tuple(chain) if certificate else (),
    )


def _context(how: Securing) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ecdh_curve(FIRST_CHOICE)
    if how.certificate:
        context.load_cert_chain(how.certificate, how.key or how.certificate)
    if how.protocols:
        context.set_alpn_protocols(list(how.protocols))
    return context


class _Watched:
    """What the messages of a handshake tell that the library does not."""

    def __init__(self) -> None:
        self.group = self.signature = ""
        self.certificates: list[bytes] = []
        self._is_new = False

    def __call__(
        self, _connection: Any, direction: str, _version: Any, kind: Any, message: Any, data: bytes
    ) -> None:
        """A message of any kind."""
        if direction != "read" or int(kind) != 22:
            return
        body = data[4:]
        try:
            if message == _SERVER_HELLO:
                self._hello(body)
            elif message == _CERTIFICATE:
                self._chain(body)
            elif message == _KEY_EXCHANGE and body[0] == 3:
                self.group = _GROUPS.get(int.from_bytes(body[1:3], "big"), "")
                at = 4 + body[3]
                self.signature = _SIGNATURES.get(int.from_bytes(body[at : at + 2], "big"), "")
            elif message == _VERIFY:
                self.signature = _SIGNATURES.get(int.from_bytes(body[:2], "big"), "")
        except IndexError:
            return

    def _hello(self, body: bytes) -> None:
        at = 35 + body[34] + 3
        end = at + 2 + int.from_bytes(body[at : at + 2], "big")
        at += 2
        while at < end:
            kind, size = (
                int.from_bytes(body[at : at + 2], "big"),
                int.from_bytes(body[at + 2 : at + 4], "big"),
            )
            if kind == _KEY_SHARE:
                self.group = _GROUPS.get(int.from_bytes(body[at + 4 : at + 6], "big"), "")
                self._is_new = True
            at += 4 + size

    def _chain(self, body: bytes) -> None:
        at = 1 + body[0] if self._is_new else 0
        end = at + 3 + int.from_bytes(body[at : at + 3], "big")
        at += 3
        while at < end:
            size = int.from_bytes(body[at : at + 3], "big")
            self.certificates.append(body[at + 3 : at + 3 + size])
            at += 3 + size
            if self._is_new:
                at += 2 + int.from_bytes(body[at : at + 2], "big")


def _problem(chain: list[bytes], how: Securing) -> str:
    """Why the certificate cannot be trusted, "" if it can."""
    from cryptography import x509
    from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

    roots = _roots(how.authorities)
    if not roots:
        return "invalid"
    try:
        found = [x509.load_der_x509_certificate(each) for each in chain]
        builder = PolicyBuilder().store(Store(roots))
        any_extension = ExtensionPolicy.permit_all()
        builder = builder.extension_policies(ca_policy=any_extension, ee_policy=any_extension)
        if found[0] in roots:
            return ""
        builder.build_client_verifier().verify(found[0], found[1:])
    except (VerificationError, ValueError):
        return "invalid"
    return ""


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
