"""Certificates of many kinds, with their keys, for a server that is asked about its own."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAMES = x509.NameOID
OCSP = x509.AuthorityInformationAccessOID.OCSP
ISSUERS = x509.AuthorityInformationAccessOID.CA_ISSUERS

LISTS = ("", ",", ",>;", ",>:", ",>", ", >;", ",x", ",x,>;")
SELECTORS = [
    *(f"{field}{rest}" for field in ("subject", "issuer", "ocsp_uri", "crl_uri") for rest in LISTS),
    *(
        f"subject,{rest}"
        for rest in ("CN", "OU", "OU,>;", ">;,OU", ">,,OU", "O,CN", " CN ", "cn", "DC", "EMAIL")
    ),
    *(f"{field}{rest}" for field in ("notbefore", "notafter") for rest in ("", ",int", ",raw", ",int,x")),
    *("version", "serial_number", "serial_number,int", " version ", "sig_algorithm", "signature"),
    *(f"subj_altname{rest}" for rest in LISTS),
    *(
        f"subj_altname,{rest}"
        for rest in (
            "dns",
            "mail",
            "uri",
            "dns,>;",
            ">;,dns",
            ">,,dns",
            ">dns",
            "dnsx",
            "dns,uri",
            " dns",
            "ip",
        )
    ),
]


def name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    """A distinguished name of single values."""
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


SUBJECTS = {
    "rich": name(
        (NAMES.COUNTRY_NAME, "DE"),
        (NAMES.LOCALITY_NAME, "M\xfcnchen"),
        (NAMES.ORGANIZATION_NAME, "Acme, Inc."),
        (NAMES.ORGANIZATIONAL_UNIT_NAME, "R&D"),
        (NAMES.ORGANIZATIONAL_UNIT_NAME, ' Mail+"More" '),
        (NAMES.COMMON_NAME, "#mail.example.com"),
        (NAMES.EMAIL_ADDRESS, "a@example.com"),
        (NAMES.DOMAIN_COMPONENT, "example"),
        (x509.ObjectIdentifier("2.5.4.13"), "described"),
        (x509.ObjectIdentifier("2.5.4.20"), "12"),
        (x509.ObjectIdentifier("1.2.3.4"), "x"),
    ),
    "poor": name((NAMES.COMMON_NAME, "poor")),
    "nameless": name(),
    "with issuers": name((NAMES.COMMON_NAME, "i")),
    "with names": name((NAMES.COMMON_NAME, "n")),
}


def extensions(kind: str) -> list[x509.ExtensionType]:
    """What stands in a certificate of a kind beside its subject."""
    uri, point, access = x509.UniformResourceIdentifier, x509.DistributionPoint, x509.AccessDescription
    if kind == "rich":
        return [
            x509.SubjectAlternativeName(
                [
                    x509.DNSName("a.example"),
                    x509.DNSName("c:d,e;f"),
                    uri("https://u.example/x:y"),
                    x509.RFC822Name("m@example.org"),
                    x509.IPAddress(ip_address("192.0.2.1")),
                    x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
                ]
            ),
            x509.AuthorityInformationAccess([access(OCSP, uri("o:a:b")), access(OCSP, uri("o:c;d"))]),
            x509.CRLDistributionPoints(
                [
                    point([uri("http://c/1"), uri("http://c/1;b")], None, None, None),
                    point([uri("http://c/2")], None, None, None),
                ]
            ),
        ]
    if kind == "with issuers":
        return [
            x509.AuthorityInformationAccess(
                [access(OCSP, uri("http://o/")), access(ISSUERS, uri("http://i/"))]
            ),
            x509.CRLDistributionPoints(
                [
                    point(
                        None,
                        x509.RelativeDistinguishedName([x509.NameAttribute(NAMES.COMMON_NAME, "r")]),
                        None,
                        None,
                    )
                ]
            ),
        ]
    if kind == "with names":
        others: list[x509.GeneralName] = [
            x509.DirectoryName(name((NAMES.COMMON_NAME, "d"), (NAMES.ORGANIZATION_NAME, "o"))),
            x509.DNSName("a.b"),
            x509.RFC822Name("a@b"),
            x509.IPAddress(ip_address("1.2.3.4")),
            x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        ]
        return [
            x509.AuthorityInformationAccess(
                [access(OCSP, uri("http://o/")), access(OCSP, x509.DNSName("o"))]
            ),
            x509.CRLDistributionPoints([point(others, None, None, None)]),
        ]
    return []


def made(kind: str) -> bytes:
    """A certificate of a kind of `SUBJECTS` and its key, as PEM text."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(SUBJECTS[kind])
        .issuer_name(name((NAMES.COMMON_NAME, "some;issuer")))
        .public_key(key.public_key())
        .serial_number(0x80ABCDEF)
        .not_valid_before(datetime(2024, 6, 1, 3, 4, 5, tzinfo=UTC))
        .not_valid_after(datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC))
    )
    for extension in extensions(kind):
        builder = builder.add_extension(extension, critical=False)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return builder.sign(key, hashes.SHA384()).public_bytes(serialization.Encoding.PEM) + secret
