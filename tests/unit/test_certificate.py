"""Fields of a certificate in the forms that an Exim with GnuTLS gives them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.api.errors import Failed
from drivers.api.text import Tainted
from drivers.values.distinguished import UnshownError, distinguished_name
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.setting import assign

x509 = pytest.importorskip("cryptography.x509")
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402 - only where it is there
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402

NAMES = x509.NameOID
CASES = {
    "version": "3",
    "serial_number": "abc",
    "serial_number,int": "abc",
    "subject": "C=DE,O=Some\\, \xc3\xa4 \\+ Co,CN=\\#a+OU=\\ b\\ "
    ",DC=dom,EMAIL=ca@example.org,1.2.3.4=#0c0178,INN=#0c0131",
    "subject,": "C=DE\nO=Some, \xc3\xa4 \\+ Co\nCN=\\#a+OU=\\ b\\ "
    "\nDC=dom\nEMAIL=ca@example.org\n1.2.3.4=#0c0178\nINN=#0c0131",
    "subject,O": "Some, \xc3\xa4 \\+ Co",
    "subject,>+,O": "Some, \xc3\xa4 \\++ Co",
    "subject,o": "-",
    "subject,C,DC": "dom",
    " subject, O ": "Some, \xc3\xa4 \\+ Co",
    "subject,>,,O": "C=DE,O=Some,, \xc3\xa4 \\+ Co,CN=\\#a+OU=\\ b\\ "
    ",DC=dom,EMAIL=ca@example.org,1.2.3.4=#0c0178,INN=#0c0131",
    "issuer": "CN=i\\;j",
    "notbefore": "Jun  1 05:04:05 2026 CEST",
    "notbefore,int": "1780283045",
    "notbefore,int,x": "Jun  1 05:04:05 2026 CEST",
    "notafter,raw": "Mar 19 04:04:05 2049 CET",
    "sig_algorithm": "ECDSA-SHA384",
    "subj_altname": "DNS=a.example\nDNS=:b\nURI=http://u/\nMAIL=m@example.org",
    "subj_altname,>:": "DNS=a.example:DNS=::b:URI=http:://u/:MAIL=m@example.org",
    "subj_altname,dns,>;": "a.example;:b",
    "subj_altname,dns,mail": "m@example.org",
    "subj_altname,ip": "DNS=a.example\nDNS=:b\nURI=http://u/\nMAIL=m@example.org",
    "subj_altname, dns": "DNS=a.example\nDNS=:b\nURI=http://u/\nMAIL=m@example.org",
    "subj_altname,dns,x,>;": "a.example\n:b",
    "subj_altname,dnsx": "a.example\n:b",
    "subj_altname,>dns": "DNS=a.exampledDNS=:bdURI=http://u/dMAIL=m@example.org",
    "ocsp_uri,x,>:": "http://o/a\nhttp://o/b",
    "ocsp_uri,>:": "http:://o/a:http:://o/b",
    "crl_uri": "http://c/1\nCN=d\nhttp://c/2",
}


def attribute(oid: str, value: str) -> object:
    return x509.NameAttribute(x509.ObjectIdentifier(oid), value)


def certificate(*access: tuple[str, str]) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    part = x509.RelativeDistinguishedName
    subject = x509.Name(
        [
            part([x509.NameAttribute(NAMES.COUNTRY_NAME, "DE")]),
            part([x509.NameAttribute(NAMES.ORGANIZATION_NAME, "Some, \xe4 + Co")]),
            part(
                [
                    x509.NameAttribute(NAMES.COMMON_NAME, "#a"),
                    x509.NameAttribute(NAMES.ORGANIZATIONAL_UNIT_NAME, " b "),
                ]
            ),
            part([x509.NameAttribute(NAMES.DOMAIN_COMPONENT, "dom")]),
            part([x509.NameAttribute(NAMES.EMAIL_ADDRESS, "ca@example.org")]),
            part([attribute("1.2.3.4", "x")]),
            part([attribute("1.2.643.3.131.1.1", "1")]),
        ]
    )
    uri = x509.UniformResourceIdentifier
    points = [
        x509.DistributionPoint([uri("http://c/1")], None, None, None),
        x509.DistributionPoint(
            [x509.DirectoryName(x509.Name([x509.NameAttribute(NAMES.COMMON_NAME, "d")])), uri("http://c/2")],
            None,
            None,
            None,
        ),
    ]
    alternatives = [
        x509.DNSName("a.example"),
        x509.DNSName(":b"),
        uri("http://u/"),
        x509.RFC822Name("m@example.org"),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
    ]
    methods = [x509.AccessDescription(x509.ObjectIdentifier(oid), uri(text)) for oid, text in access]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NAMES.COMMON_NAME, "i;j")]))
        .public_key(key.public_key())
        .serial_number(0xABC)
        .not_valid_before(datetime(2026, 6, 1, 3, 4, 5, tzinfo=UTC))
        .not_valid_after(datetime(2049, 3, 19, 3, 4, 5, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.AuthorityInformationAccess(methods), critical=False)
        .add_extension(x509.CRLDistributionPoints(points), critical=False)
        .sign(key, hashes.SHA384())
        .public_bytes(serialization.Encoding.PEM)
    )


OCSP = [("1.3.6.1.5.5.7.48.1", "http://o/a"), ("1.3.6.1.5.5.7.48.1", "http://o/b")]
ISSUERS = ("1.3.6.1.5.5.7.48.2", "http://i/")


@pytest.fixture(scope="module")
def pem() -> bytes:
    return certificate(*OCSP)


def expanding(pem: bytes, profile: str = "debian-12") -> Callable[[str], str]:
    expander = Expander(profile=PROFILES[profile])
    expander.context.options = {**expander.context.options, "timezone": "Europe/Berlin"}
    expander.context.facts["tls_in_peercert"] = pem.decode("ascii")
    return expander.expand


@pytest.mark.parametrize("field", CASES)
def test_a_field(pem: bytes, field: str) -> None:
    found = expanding(pem)(f"${{certextract{{{field}}}{{$tls_in_peercert}}{{$value}}{{-}}}}")
    assert found == CASES[field]


def test_the_signature_is_written_in_hexadecimal(pem: bytes) -> None:
    signature = x509.load_pem_x509_certificate(pem).signature
    assert expanding(pem)("${certextract{signature}{$tls_in_peercert}}") == signature.hex(" ")


def test_digests_are_of_the_encoded_certificate(pem: bytes) -> None:
    data = x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)
    expand = expanding(pem)
    for name in ("md5", "sha1", "sha256"):
        assert expand(f"${{{name}:$tls_in_peercert}}") == hashlib.new(name, data).hexdigest().upper()
    assert expand("${base64:$tls_in_peercert}") == base64.b64encode(data).decode()


def test_other_uses_see_a_word(pem: bytes) -> None:
    assert (
        expanding(pem)("$tls_in_peercert ${strlen:$tls_in_peercert} ${if def:tls_in_peercert{y}{n}}")
        == "<cert> 6 y"
    )


def test_a_field_is_tainted(pem: bytes) -> None:
    assert isinstance(expanding(pem)("${certextract{version}{$tls_in_peercert}}"), Tainted)


def test_an_unknown_field_fails(pem: bytes) -> None:
    with pytest.raises(Failed, match='bad field selector ",subject" for certextract'):
        expanding(pem)("${certextract{,subject}{$tls_in_peercert}{y}{n}}")


def test_gnutls_stops_at_the_location_of_the_issuer() -> None:
    pem = certificate(OCSP[0], ISSUERS, OCSP[1])
    with pytest.raises(Failed, match="tls_cert_ocsp_uri: gai fail: "):
        expanding(pem)("${certextract{ocsp_uri}{$tls_in_peercert}}")
    assert expanding(pem, "4.99")("${certextract{ocsp_uri}{$tls_in_peercert}}") == "http://o/a\nhttp://o/b"


@pytest.mark.parametrize(
    "text",
    ["x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n*"],
)
def test_a_damaged_certificate_fails(text: str) -> None:
    with pytest.raises(Failed, match="damaged"):
        expanding(text.encode())("${certextract{subject}{$tls_in_peercert}}")


def encoded(kind: str, value: str, oid: str = "2.5.4.3") -> str:
    """A distinguished name of one value in one encoding."""
    from cryptography.x509.name import _ASN1Type

    shown = x509.NameAttribute(x509.ObjectIdentifier(oid), value, _type=_ASN1Type[kind], _validate=False)
    return distinguished_name(x509.Name([shown]))


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("PrintableString", "ab", "CN=ab"),
        ("UTF8String", "\xe4\n", "CN=\xc3\xa4\n"),
        ("UTF8String", "a\0b", "CN=#0c03610062"),
        ("BMPString", "\u263a", "CN=\xe2\x98\xba"),
        ("T61String", "ab", "CN=ab"),
        ("T61String", "a\tb", "CN=\\#610962"),
        ("UniversalString", "a", "CN=\\#00000061"),
        ("IA5String", "ab", "CN=#16026162"),
        ("NumericString", "1", "CN=#120131"),
    ],
)
def test_the_encoding_of_a_value_counts(kind: str, value: str, shown: str) -> None:
    assert encoded(kind, value) == shown


@pytest.mark.parametrize(
    ("oid", "kind", "shown"),
    [
        ("2.5.4.6", "PrintableString", "C=12"),
        ("2.5.4.6", "UTF8String", "C=#0c023132"),
        ("0.9.2342.19200300.100.1.25", "IA5String", "DC=12"),
        ("0.9.2342.19200300.100.1.25", "PrintableString", "DC=#13023132"),
        ("1.2.643.100.5", "NumericString", "OGRNIP=12"),
        ("1.3.6.1.5.5.7.9.1", "UTF8String", "1.3.6.1.5.5.7.9.1=#0c023132"),
    ],
)
def test_each_type_wants_its_own_kind_of_string(oid: str, kind: str, shown: str) -> None:
    assert encoded(kind, "12", oid) == shown


def test_names_that_gnutls_does_not_show() -> None:
    with pytest.raises(UnshownError, match="Value is not valid"):
        encoded("UTF8String", "", "2.5.4.9")
    own = own_certificate(x509.Name([]))
    with pytest.raises(Failed, match=r"^tls_cert_subject: gs0 fail: The requested data were not available"):
        expanding(own)("${certextract{subject}{$tls_in_peercert}}")


def own_certificate(name: object) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(x509.Name([attribute("2.5.4.3", "i")]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 2, 1, tzinfo=UTC))
        .sign(key, hashes.SHA3_256())
        .public_bytes(serialization.Encoding.PEM)
    )


def test_times_are_in_gmt_where_the_zone_is_utc() -> None:
    own = own_certificate(x509.Name([attribute("2.5.4.3", "s")]))
    expander = Expander(profile=PROFILES["debian-12"])
    expander.context.facts["tls_in_ourcert"] = own.decode("ascii")
    for zone, shown in (("UTC", "GMT"), ("Etc/UTC", "UTC")):
        expander.context.options = {**expander.context.options, "timezone": zone}
        found = expander.expand(
            "${certextract{notafter}{$tls_in_ourcert}} ${certextract{sig_algorithm}{$tls_in_ourcert}}"
        )
        assert found == f"Feb  1 00:00:00 2026 {shown} ECDSA-SHA3-256"


def test_a_certificate_is_set_from_a_file(pem: bytes, tmp_path: Path) -> None:
    expander = Expander(profile=PROFILES["debian-12"])
    path = tmp_path / "c.pem"
    path.write_bytes(b"# first\n" + pem)
    assign(expander.context, "tls_in_peercert", str(path))
    assert expander.expand("${certextract{serial_number}{$tls_in_peercert}}") == "abc"
    assign(expander.context, "tls_in_peercert", "")
    assert expander.expand("${if def:tls_in_peercert{y}{n}}") == "n"
    path.write_text("nothing")
    with pytest.raises(Failed, match="damaged"):
        assign(expander.context, "tls_in_peercert", str(path))
    with pytest.raises(Failed, match="cannot read the certificate"):
        assign(expander.context, "tls_in_peercert", "/nonexistent")
