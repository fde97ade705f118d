"""X.509 certificates: the fields that ``certextract`` names, in the forms of Exim with GnuTLS.

A certificate is held as PEM text, which is what a certificate variable has among the facts of a
context. See "Expansion items" in the manual.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Unsupported
from drivers.api.text import SPACE, from_bytes, lower, upper
from drivers.values import listtext, moment, pem
from drivers.values.distinguished import UnshownError, distinguished_name

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from cryptography.x509 import Certificate, GeneralName, Name

NOT_OCSP = "tls_cert_ocsp_uri: gai fail: The specified algorithm or protocol is unknown."
OCSP = "1.3.6.1.5.5.7.48.1"
RSA_PSS = "1.2.840.113549.1.1.10"
NOT_AVAILABLE = "The requested data were not available."

SIGNATURES = {
    "1.2.840.113549.1.1.2": "RSA-MD2",
    "1.2.840.113549.1.1.4": "RSA-MD5",
    "1.2.840.113549.1.1.5": "RSA-SHA1",
    "1.2.840.113549.1.1.11": "RSA-SHA256",
    "1.2.840.113549.1.1.12": "RSA-SHA384",
    "1.2.840.113549.1.1.13": "RSA-SHA512",
    "1.2.840.113549.1.1.14": "RSA-SHA224",
    "1.2.840.10040.4.3": "DSA-SHA1",
    "2.16.840.1.101.3.4.3.1": "DSA-SHA224",
    "2.16.840.1.101.3.4.3.2": "DSA-SHA256",
    "1.2.840.10045.4.1": "ECDSA-SHA1",
    "1.2.840.10045.4.3.1": "ECDSA-SHA224",
    "1.2.840.10045.4.3.2": "ECDSA-SHA256",
    "1.2.840.10045.4.3.3": "ECDSA-SHA384",
    "1.2.840.10045.4.3.4": "ECDSA-SHA512",
    "1.3.101.112": "EdDSA-Ed25519",
    "1.3.101.113": "EdDSA-Ed448",
    "2.16.840.1.101.3.4.3.3": "DSA-SHA384",
    "2.16.840.1.101.3.4.3.4": "DSA-SHA512",
    "2.16.840.1.101.3.4.3.5": "DSA-SHA3-224",
    "2.16.840.1.101.3.4.3.6": "DSA-SHA3-256",
    "2.16.840.1.101.3.4.3.7": "DSA-SHA3-384",
    "2.16.840.1.101.3.4.3.8": "DSA-SHA3-512",
    "2.16.840.1.101.3.4.3.9": "ECDSA-SHA3-224",
    "2.16.840.1.101.3.4.3.10": "ECDSA-SHA3-256",
    "2.16.840.1.101.3.4.3.11": "ECDSA-SHA3-384",
    "2.16.840.1.101.3.4.3.12": "ECDSA-SHA3-512",
    "2.16.840.1.101.3.4.3.13": "RSA-SHA3-224",
    "2.16.840.1.101.3.4.3.14": "RSA-SHA3-256",
    "2.16.840.1.101.3.4.3.15": "RSA-SHA3-384",
    "2.16.840.1.101.3.4.3.16": "RSA-SHA3-512",
    "1.3.36.3.3.1.2": "RSA-RMD160",
    "1.2.643.2.2.3": "GOSTR341001",
    "1.2.643.7.1.1.3.2": "GOSTR341012-256",
    "1.2.643.7.1.1.3.3": "GOSTR341012-512",
}


_STEP = re.compile(r"(?:>(?P<mark>[\s\S])|(?P<kind>dns|uri|mail))(?P<more>,?)")
"""What can stand among the modifiers of ``subj_altname``; they are read up to what is none of these."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A certificate, what stands after the name of the field, the zone for times, and the build.

    ``modifiers`` is the text after the first comma of the field, None without a comma. With
    ``gnutls`` other locations than those of OCSP make the field ``ocsp_uri`` fail, as they do there.
    """

    certificate: Certificate
    modifiers: str | None
    zone: tzinfo
    gnutls: bool

    @property
    def mark(self) -> str:
        """The separator of lists."""
        return next((word[1] for word in reversed(self.words) if word[:1] == ">" and word[1:]), "\n")

    @property
    def first_mark(self) -> str:
        """The separator of lists of locations, where only the first modifier counts."""
        modifiers = self.modifiers or ""
        return modifiers[1] if modifiers[:1] == ">" and len(modifiers) > 1 else "\n"

    @property
    def words(self) -> list[str]:
        """The modifiers."""
        return list(listtext.pieces(self.modifiers or "", ","))

    def listed(self, texts: Iterable[str]) -> str | None:
        """A list, or None if it is empty."""
        return listed(texts, self.mark)


def listed(texts: Iterable[str], mark: str) -> str | None:
    """A list with this separator, or None if it is empty."""
    return mark.join(listtext.quote(text, mark) for text in texts) or None


def field(text: str, selector: str, zone: tzinfo, *, gnutls: bool) -> str | None:
    """One field of a certificate; None if it is not there.

    ``selector`` is the name of a field, then its modifiers, each after a comma. Raises `Failed` for
    a name that is none and for a damaged certificate, `Unsupported` without the library.
    """
    selector = selector.strip(SPACE)
    name, comma, modifiers = selector.partition(",")
    read = FIELDS.get(name)
    if read is None:
        raise Failed(f'bad field selector "{selector}" for certextract')
    try:
        from cryptography.x509 import load_der_x509_certificate
    except ImportError as error:
        message = f'field "{name}" of a certificate needs the Python package "cryptography"'
        raise Unsupported(message) from error
    try:
        certificate = load_der_x509_certificate(pem.der(text))
        return read(Reading(certificate, modifiers if comma else None, zone, gnutls))
    except ValueError as error:
        raise Failed("the text of the certificate is damaged") from error


def _version(reading: Reading) -> str:
    return str(reading.certificate.version.value + 1)


def _serial(reading: Reading) -> str:
    return format(reading.certificate.serial_number, "x")


def _subject(reading: Reading) -> str | None:
    return _chosen(reading, reading.certificate.subject, "tls_cert_subject: gs0")


def _issuer(reading: Reading) -> str | None:
    return _chosen(reading, reading.certificate.issuer, "tls_cert_issuer: gi0")


def _chosen(reading: Reading, full: Name, what: str) -> str | None:
    """A distinguished name, or with modifiers a list of its parts or of the parts of one type."""
    try:
        name = distinguished_name(full)
    except UnshownError as error:
        raise Failed(f"{what} fail: {error}") from error
    if not name:
        raise Failed(f"{what} fail: {NOT_AVAILABLE}")
    if reading.modifiers is None:
        return name
    parts = [part.replace("\0", ",") for part in name.replace("\\,", "\0").split(",")]
    kinds = [word for word in reading.words if word and word[0] != ">"]
    if kinds:
        start = f"{kinds[-1]}="
        parts = [part[len(start) :] for part in parts if part.startswith(start)]
    return reading.listed(parts)


def _not_before(reading: Reading) -> str:
    return _time(reading, reading.certificate.not_valid_before_utc)


def _not_after(reading: Reading) -> str:
    return _time(reading, reading.certificate.not_valid_after_utc)


def _time(reading: Reading, when: datetime) -> str:
    seconds = int(when.timestamp())
    if reading.modifiers == "int":
        return str(seconds)
    local = moment.in_zone(seconds, reading.zone)
    month = moment.MONTHS[local.month - 1]
    return f"{month} {local.day:2} {local:%H:%M:%S} {local.year} {local.tzname()}"


def _algorithm(reading: Reading) -> str:
    oid = reading.certificate.signature_algorithm_oid.dotted_string
    digest = reading.certificate.signature_hash_algorithm
    if oid == RSA_PSS and digest is not None:
        return f"RSA-PSS-{upper(digest.name)}"
    return SIGNATURES.get(oid, oid)


def _signature(reading: Reading) -> str:
    return reading.certificate.signature.hex(" ")


def _alternative_names(reading: Reading) -> str | None:
    from cryptography import x509

    kinds = {x509.DNSName: "DNS", x509.UniformResourceIdentifier: "URI", x509.RFC822Name: "MAIL"}
    found = _extension(reading, x509.SubjectAlternativeName)
    named = [(kinds[type(name)], _held(name.value)) for name in found or () if type(name) in kinds]
    mark, chosen, at = "\n", "", 0
    while step := _STEP.match(reading.modifiers or "", at):
        mark, chosen, at = step["mark"] or mark, step["kind"] or chosen, step.end()
        if not step["more"]:
            break
    return listed(
        (text if chosen else f"{kind}={text}" for kind, text in named if chosen in {"", lower(kind)}), mark
    )


def _ocsp(reading: Reading) -> str | None:
    from cryptography import x509

    texts = []
    for description in _extension(reading, x509.AuthorityInformationAccess) or ():
        if description.access_method.dotted_string == OCSP:
            if type(description.access_location) is not x509.UniformResourceIdentifier:
                break
            texts += _general(description.access_location)
        elif reading.gnutls:
            raise Failed(NOT_OCSP)
    return listed(texts, reading.first_mark)


def _revocation(reading: Reading) -> str | None:
    from cryptography import x509

    points = _extension(reading, x509.CRLDistributionPoints) or ()
    names = [name for point in points for name in point.full_name or ()]
    return listed((text for name in names for text in _general(name)), reading.first_mark)


def _extension(reading: Reading, kind: type) -> Iterable | None:  # type: ignore[type-arg] # each has its own
    from cryptography.x509 import ExtensionNotFound

    try:
        found: Iterable = reading.certificate.extensions.get_extension_for_class(kind).value  # type: ignore[type-arg]
    except ExtensionNotFound:
        return None
    return found


def _general(name: GeneralName) -> list[str]:
    """The text of a name that has one."""
    value = name.value
    if isinstance(value, str):
        return [_held(value)]
    if hasattr(value, "rdns"):
        return [distinguished_name(value, backwards=True)]
    if hasattr(value, "dotted_string"):
        return [value.dotted_string]
    return [from_bytes(value.packed)] if hasattr(value, "packed") else []


def _held(text: str) -> str:
    return from_bytes(text.encode("utf-8", "surrogateescape"))


FIELDS: dict[str, Callable[[Reading], str | None]] = {
    "version": _version,
    "serial_number": _serial,
    "subject": _subject,
    "issuer": _issuer,
    "notbefore": _not_before,
    "notafter": _not_after,
    "sig_algorithm": _algorithm,
    "signature": _signature,
    "subj_altname": _alternative_names,
    "ocsp_uri": _ocsp,
    "crl_uri": _revocation,
}
"""The fields of a certificate by name."""
