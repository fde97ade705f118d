"""How connections under TLS are named, by GnuTLS and by OpenSSL, and for whom a certificate stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.links import SHORT_PRIME
from drivers.api.text import lower

if TYPE_CHECKING:
    from drivers.api.links import Secured

_NEW = re.compile(r"TLS_(AES_[0-9]+_[A-Z]+|CHACHA20_POLY1305)(?:_8)?_SHA[0-9]+")
_BITS = re.compile(r"(AES|CAMELLIA|ARIA)(128|192|256)")
_CURVE = re.compile(r"ECDSA_SECP[0-9]+R1")
BROKEN = "Error in the pull function."
CUT = "The TLS connection was non-properly terminated."
UNEXPECTED = "An unexpected TLS packet was received."
ALERT = "A TLS fatal alert has been received."
_GNUTLS = {
    SHORT_PRIME: "The Diffie-Hellman prime sent by the server is not acceptable (not long enough).",
    "WRONG_VERSION_NUMBER": UNEXPECTED,
    "PACKET_LENGTH_TOO_LONG": UNEXPECTED,
    "UNEXPECTED_EOF_WHILE_READING": CUT,
}
_KEYS = {"ECDHE": "ECDHE", "DHE": "DHE", "RSA": "RSA"}


def cipher(made: Secured, *, gnutls: bool) -> str:
    """What log lines have after ``X=``."""
    version = made.version.replace("TLSv1", "TLS1")
    version = "TLS1.0" if version == "TLS1" else version
    if not gnutls:
        return f"{version}:{made.cipher}:{made.bits}"
    new = _NEW.fullmatch(made.cipher)
    if new and made.is_resumed:  # nothing is signed, and what Exim shows of the keys is cut off
        return f"{version}:({new[1]}:{made.bits}"
    if new:
        return f"{version}:ECDHE_{made.group}__{made.signature}__{new[1]}:{made.bits}"
    exchange, cipher_name, mac = _taken_apart(made.cipher)
    signature = _CURVE.sub("ECDSA", made.signature)
    keys = "RSA"
    if exchange != "RSA":
        keys = "_".join(filter(None, [exchange, made.group])) + ("" if made.is_resumed else f"__{signature}")
    tail = f"__{mac}" if mac else ""
    return f"{version}:{keys}__{cipher_name}{tail}:{made.bits}"


def problem(reason: str, *, gnutls: bool) -> str:
    """Why a handshake has failed, in the library's words; ``reason`` is OpenSSL's."""
    if not gnutls:
        return f"(SSL_connect): error: {lower(reason).replace('_', ' ')}"
    return f"(gnutls_handshake): {_GNUTLS.get(reason, ALERT)}"


def broken(error: OSError) -> str:
    """Why a connection broke while it was read, in the words of GnuTLS."""
    return _GNUTLS.get(str(getattr(error, "reason", "")), BROKEN)


def _taken_apart(name: str) -> tuple[str, str, str]:
    """The exchange of keys, the cipher and what authenticates, of an OpenSSL name up to TLS 1.2."""
    parts = name.split("-")
    exchange = _KEYS.get(parts[0], "RSA")
    rest = [part for part in parts if part not in {"ECDHE", "DHE", "RSA", "ECDSA"}]
    text = _BITS.sub(r"\1_\2", rest[0])
    if "GCM" in rest or "CCM" in rest:
        return exchange, f"{text}_{'GCM' if 'GCM' in rest else 'CCM'}", ""
    if "CHACHA20" in rest:
        return exchange, "CHACHA20_POLY1305", ""
    mac = rest[-1].replace("SHA", "SHA1") if rest[-1] == "SHA" else rest[-1]
    return exchange, f"{text}_CBC", mac


def standard(name: str, *, gnutls: bool) -> str:
    """The name of a cipher in the RFCs, "" where it is not known; GnuTLS is asked for older ones."""
    if name.startswith("TLS_"):
        return f"TLS_ECDHE_RSA_WITH_{name.removeprefix('TLS_')}" if gnutls else name
    parts = name.split("-")
    if parts[0] not in {"ECDHE", "DHE"}:
        return ""
    rest = "_".join(_BITS.sub(r"\1_\2", part) for part in parts[2:])
    if "CHACHA20" not in rest and "GCM" not in rest:
        rest = re.sub(r"_(SHA[0-9]*)$", r"_CBC_\1", rest)
    elif "CHACHA20" in rest:
        rest += "_SHA256"
    return f"TLS_{parts[0]}_{parts[1]}_WITH_{rest}"


def subject(data: bytes) -> str:
    """The name of whom a certificate (DER) is for, as text."""
    from cryptography import x509

    from drivers.values.distinguished import UnshownError, distinguished_name

    try:
        return distinguished_name(x509.load_der_x509_certificate(data).subject)
    except (ValueError, UnshownError):
        return ""


def names_host(data: bytes, host: str) -> bool:
    """True if a certificate (DER) is for a host of that name."""
    from cryptography import x509
    from cryptography.x509.oid import ExtensionOID, NameOID

    try:
        found = x509.load_der_x509_certificate(data)
        names = _alternatives(found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME))
    except x509.ExtensionNotFound:
        names = []
    except ValueError:
        return False
    if not names:
        attributes = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        names = [str(attributes[-1].value)] if attributes else []
    return any(_fits(lower(host), lower(name)) for name in names)


def _alternatives(extension: object) -> list[str]:
    from cryptography import x509

    value = getattr(extension, "value", None)
    if not isinstance(value, x509.SubjectAlternativeName):
        return []
    addresses = [str(each) for each in value.get_values_for_type(x509.IPAddress)]
    return [*value.get_values_for_type(x509.DNSName), *addresses]


def _fits(host: str, name: str) -> bool:
    if name.startswith("*."):
        return "." in name[2:] and host.partition(".")[2] == name[2:]
    return host == name
