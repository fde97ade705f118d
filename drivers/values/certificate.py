"""X.509 certificates: the fields that ``certextract`` names, in the forms of Exim with GnuTLS.

A certificate is held as PEM text, which is what a certificate variable has among the facts of a
context. See "Expansion items" in the manual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Unsupported
from drivers.api.text import from_bytes, upper
from drivers.values import listtext, moment, pem

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from cryptography.x509 import Certificate, GeneralName, Name, NameAttribute

NOT_OCSP = "tls_cert_ocsp_uri: gai fail: The specified algorithm or protocol is unknown."
OCSP = "1.3.6.1.5.5.7.48.1"
RSA_PSS = "1.2.840.113549.1.1.10"
SPECIAL = frozenset(',+"\\<>;')

LABELS = {
    "2.5.4.3": "CN",
    "2.5.4.4": "surName",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.15": "businessCategory",
    "2.5.4.17": "postalCode",
    "2.5.4.42": "givenName",
    "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier",
    "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "EMAIL",
    "1.2.643.3.131.1.1": "INN",
    "1.2.643.100.1": "OGRN",
    "1.2.643.100.3": "SNILS",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionOfIncorporationLocalityName",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionOfIncorporationStateOrProvinceName",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionOfIncorporationCountryName",
}
"""What the types of a distinguished name are called; others show their number and the encoded value."""

NUMERIC = frozenset({"INN", "OGRN", "SNILS"})
"""Types that show the encoded value unless it is a numeric string."""

NUMERIC_STRING = 0x12

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
}


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
    def words(self) -> list[str]:
        """The modifiers."""
        return (self.modifiers or "").split(",")

    def listed(self, texts: Iterable[str]) -> str | None:
        """A list, or None if it is empty."""
        return self.mark.join(listtext.quote(text, self.mark) for text in texts) or None


def field(text: str, selector: str, zone: tzinfo, *, gnutls: bool) -> str | None:
    """One field of a certificate; None if it is not there.

    ``selector`` is the name of a field, then its modifiers, each after a comma. Raises `Failed` for
    a name that is none and for a damaged certificate, `Unsupported` without the library.
    """
    name, comma, modifiers = selector.partition(",")
    read = FIELDS.get(name)
    if read is None:
        raise Failed(f'bad field selector "{selector}" for certextract')
    try:
        from cryptography.x509 import load_der_x509_certificate
    except ImportError as error:
        message = f'field "{name}" of a certificate needs the Python package "cryptography" (extra "tls")'
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
    return _chosen(reading, distinguished_name(reading.certificate.subject))


def _issuer(reading: Reading) -> str | None:
    return _chosen(reading, distinguished_name(reading.certificate.issuer))


def _chosen(reading: Reading, name: str) -> str | None:
    """A distinguished name, or with modifiers a list of its parts or of the parts of one type."""
    if reading.modifiers is None:
        return name
    parts = [part.replace("\0", ",") for part in name.replace("\\,", "\0").split(",")]
    kinds = [word for word in reading.words if word and word[0] != ">"]
    if kinds:
        start = f"{kinds[-1]}="
        parts = [part[len(start) :] for part in parts if part.startswith(start)]
    return reading.listed(parts)


def distinguished_name(name: Name) -> str:
    """A name as RFC 4514 writes it, but in the order in which it is encoded."""
    return ",".join("+".join(map(_attribute, part)) for part in name.rdns)


def _attribute(attribute: NameAttribute[str | bytes]) -> str:
    oid = attribute.oid.dotted_string
    label = LABELS.get(oid, oid)
    encoded_value = _encoded_value(attribute) if label == oid or label in NUMERIC else b""
    if label == oid or (encoded_value and encoded_value[0] != NUMERIC_STRING):
        return f"{label}=#{encoded_value.hex()}"
    if not isinstance(attribute.value, str):
        raise Failed("the text of the certificate is damaged")
    text = from_bytes(attribute.value.encode("utf-8", "surrogateescape"))
    last = len(text) - 1
    return f"{label}=" + "".join(
        f"\\{char}"
        if char in SPECIAL or (char == " " and at in {0, last}) or (char == "#" and at == 0)
        else char
        for at, char in enumerate(text)
    )


def _encoded_value(attribute: NameAttribute[str | bytes]) -> bytes:
    """What follows the type inside the encoding of a name that consists of one attribute."""
    from cryptography.x509 import Name

    data = Name([attribute]).public_bytes()
    at = 0
    for _ in range(3):  # the sequence of sets of sequences
        at, _end = _element(data, at)
    return data[_element(data, at)[1] :]


def _element(data: bytes, at: int) -> tuple[int, int]:
    """Where the contents of an element of DER begin and end."""
    length = data[at + 1]
    start = at + 2
    if length >= 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    return start, start + length


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
    chosen = [word for word in reading.words if word in {"dns", "uri", "mail"}]
    if chosen:
        return reading.listed(text for kind, text in named if kind == upper(chosen[-1]))
    return reading.listed(f"{kind}={text}" for kind, text in named)


def _ocsp(reading: Reading) -> str | None:
    from cryptography import x509

    texts = []
    for description in _extension(reading, x509.AuthorityInformationAccess) or ():
        if description.access_method.dotted_string == OCSP:
            texts += _general(description.access_location)
        elif reading.gnutls:
            raise Failed(NOT_OCSP)
    return reading.listed(texts)


def _revocation(reading: Reading) -> str | None:
    from cryptography import x509

    points = _extension(reading, x509.CRLDistributionPoints) or ()
    names = [name for point in points for name in point.full_name or ()]
    return reading.listed(text for name in names for text in _general(name))


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
    return [distinguished_name(value)] if hasattr(value, "rdns") else []


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
