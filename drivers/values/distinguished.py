"""Distinguished names (RFC 4514) in the forms of GnuTLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_bytes

if TYPE_CHECKING:
    from cryptography.x509 import Name, NameAttribute

SPECIAL = frozenset(',+"\\<>;')

DIRECTORY, PRINTABLE, IA5, NUMERIC = "directory", "printable", "ia5", "numeric"
"""What kind of string a type of a distinguished name wants."""

TYPES = {
    "2.5.4.3": ("CN", DIRECTORY),
    "2.5.4.4": ("surName", DIRECTORY),
    "2.5.4.5": ("serialNumber", PRINTABLE),
    "2.5.4.6": ("C", PRINTABLE),
    "2.5.4.7": ("L", DIRECTORY),
    "2.5.4.8": ("ST", DIRECTORY),
    "2.5.4.9": ("street", DIRECTORY),
    "2.5.4.10": ("O", DIRECTORY),
    "2.5.4.11": ("OU", DIRECTORY),
    "2.5.4.12": ("title", DIRECTORY),
    "2.5.4.13": ("description", DIRECTORY),
    "2.5.4.15": ("businessCategory", DIRECTORY),
    "2.5.4.17": ("postalCode", DIRECTORY),
    "2.5.4.20": ("telephoneNumber", PRINTABLE),
    "2.5.4.41": ("name", DIRECTORY),
    "2.5.4.42": ("givenName", DIRECTORY),
    "2.5.4.43": ("initials", DIRECTORY),
    "2.5.4.44": ("generationQualifier", DIRECTORY),
    "2.5.4.46": ("dnQualifier", PRINTABLE),
    "2.5.4.65": ("pseudonym", DIRECTORY),
    "0.9.2342.19200300.100.1.1": ("UID", DIRECTORY),
    "0.9.2342.19200300.100.1.25": ("DC", IA5),
    "1.2.840.113549.1.9.1": ("EMAIL", IA5),
    "1.2.643.3.131.1.1": ("INN", NUMERIC),
    "1.2.643.100.1": ("OGRN", NUMERIC),
    "1.2.643.100.3": ("SNILS", NUMERIC),
    "1.2.643.100.5": ("OGRNIP", NUMERIC),
    "1.3.6.1.4.1.311.60.2.1.1": ("jurisdictionOfIncorporationLocalityName", DIRECTORY),
    "1.3.6.1.4.1.311.60.2.1.2": ("jurisdictionOfIncorporationStateOrProvinceName", DIRECTORY),
    "1.3.6.1.4.1.311.60.2.1.3": ("jurisdictionOfIncorporationCountryName", PRINTABLE),
    "1.3.6.1.5.5.7.9.2": ("placeOfBirth", DIRECTORY),
    "1.3.6.1.5.5.7.9.3": ("gender", PRINTABLE),
    "1.3.6.1.5.5.7.9.4": ("countryOfCitizenship", PRINTABLE),
    "1.3.6.1.5.5.7.9.5": ("countryOfResidence", PRINTABLE),
}
"""What the types of a distinguished name are called, and their kind; others show their number."""

UTF8_TAG, NUMERIC_TAG, PRINTABLE_TAG, T61_TAG, IA5_TAG, UNIVERSAL_TAG, BMP_TAG = 12, 18, 19, 20, 22, 28, 30
TAGS = {
    DIRECTORY: frozenset({UTF8_TAG, PRINTABLE_TAG, T61_TAG, UNIVERSAL_TAG, BMP_TAG}),
    PRINTABLE: frozenset({PRINTABLE_TAG}),
    IA5: frozenset({IA5_TAG}),
    NUMERIC: frozenset({NUMERIC_TAG}),
}
"""The encodings in which the strings of a kind are shown as text."""

EMPTY_VALUE = "ASN1 parser: Value is not valid."


class UnshownError(ValueError):
    """A name that GnuTLS refuses to show; the words are its own."""


def distinguished_name(name: Name, *, backwards: bool = False) -> str:
    """A name as RFC 4514 writes it, but in the order in which it is encoded unless ``backwards``.

    Raises `UnshownError` for a value that GnuTLS does not show.
    """
    parts = reversed(name.rdns) if backwards else name.rdns
    return ",".join("+".join(map(_attribute, part)) for part in parts)


def _attribute(attribute: NameAttribute[str | bytes]) -> str:
    oid = attribute.oid.dotted_string
    label, kind = TYPES.get(oid, (oid, ""))
    encoded = _encoded_value(attribute)
    start, end = _element(encoded, 0)
    if start == end:
        raise UnshownError(EMPTY_VALUE)
    text = _shown(encoded[0], encoded[start:end]) if encoded[0] in TAGS.get(kind, ()) else None
    if text is None:
        return f"{label}=#{encoded.hex()}"
    last = len(text) - 1
    return f"{label}=" + "".join(
        f"\\{char}"
        if char in SPECIAL or (char == " " and at in {0, last}) or (char == "#" and at == 0)
        else char
        for at, char in enumerate(text)
    )


def _shown(tag: int, data: bytes) -> str | None:
    """The text of a string, or the digits of one that is not known as text; None if a NUL is in it."""
    if tag in {T61_TAG, UNIVERSAL_TAG} and not all(0x20 <= byte < 0x7F for byte in data):
        return f"#{data.hex()}"
    if tag == BMP_TAG:
        data = data.decode("utf-16-be").encode("utf-8")
    return None if 0 in data else from_bytes(data)


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
