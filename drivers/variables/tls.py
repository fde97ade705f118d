"""Variables of TLS on the connection a message comes by and on the one it leaves by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import Example, variable
from drivers.variables.plain import CARRIED, OUTSIDE, SECTION, flag, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

OCSP = "0: not asked for; 1: no answer; 2: not verified; 3: failed; 4: verified."
RESUMPTION = (
    "A sum of bits: 1 supported, 2 a ticket was asked for, 4 a session was offered, 8 a ticket was issued, "
    "16 the session was resumed."
)
CERTIFICATE = (
    "Of use with `certextract`, `def:`, and alone with `md5`, `sha1`, `sha256` and `base64`; anything else "
    "sees only the text `<cert>`. The fact of that name is the PEM text."
)


SAMPLE = """\
-----BEGIN CERTIFICATE-----
MIIBZjCCAQugAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBtYWlsLmV4
YW1wbGUub3JnMCAXDTI2MTEyODAxNDgyOVoYDzIxMjYxMTA0MDE0ODI5WjAbMRkw
FwYDVQQDDBBtYWlsLmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEYXQfWrbh6yhCrYSP72KINNYdcPAgNCOgZ9FHdj9Wir4256bY98AZP6Wapou2
NDHET6vZ7+8sc4xGCgmZ7hPE6qM+MDwwGwYDVR0RBBQwEoIQbWFpbC5leGFtcGxl
Lm9yZzAdBgNVHQ4EFgQUzxnNHmqgyQe5kxMX7xcUQR9hnbgwCgYIKoZIzj0EAwID
SQAwRgIhAOJn25wCRxX1P+Jha/ahwwxwhHo2ZbbpdQ5ZUeVBx0FsAiEAlccruBY0
149jobQ6x8caatqRhteHfa3wGYW3UBzR+6s=
-----END CERTIFICATE-----
"""
"""The certificate of the examples."""


def certificate(name: str, doc: str) -> None:
    """Declare a variable that holds a certificate."""

    def read(ctx: Context) -> str:
        return "<cert>" if ctx.facts.get(name) else ""

    variable(
        name,
        syntax=f"${name}",
        doc=f"{doc}\n{CERTIFICATE}",
        since="4.83",
        section=SECTION,
        kind="certificate",
        taint="none",
        examples=(
            Example(f"${{certextract{{subject}}{{${name}}}}}", "CN=mail.example.org", {name: SAMPLE}),
            Example(f"${{if def:{name}{{shown}}{{none}}}}", "none"),
        ),
    )(read)


for side, peer, when in (
    ("in", "client", "of the connection by which the message came"),
    ("out", "server", "of the connection by which the message leaves"),
):
    number(
        f"tls_{side}_bits",
        f"About how strong the cipher is, in bits, {when}.\n0 without TLS.",
        example=("256", f"${{if <{{$tls_{side}_bits}}{{128}}{{weak}}{{strong}}}}", "strong"),
        since="4.82",
    )
    number(
        f"tls_{side}_certificate_verified",
        f"1 if the certificate of the {peer} was verified, otherwise 0.",
        example=(
            "1",
            f"${{if bool{{$tls_{side}_certificate_verified}}{{verified}}{{not verified}}}}",
            "verified",
        ),
        since="4.82",
    )
    plain(
        f"tls_{side}_cipher",
        f"The cipher suite {when}, as the TLS library names it.\nEmpty without TLS.",
        example=(
            "TLS1.3:ECDHE_RSA__AES_256_GCM:256",
            f"${{extract{{1}}{{:}}{{$tls_{side}_cipher}}}}",
            "TLS1.3",
        ),
        since="4.82",
    )
    plain(
        f"tls_{side}_cipher_std",
        f"The cipher suite {when}, by its name in the standard, such as `TLS_AES_256_GCM_SHA384`.",
        example=(
            "TLS_AES_256_GCM_SHA384",
            f"${{if match{{$tls_{side}_cipher_std}}{{GCM}}{{an AEAD suite}}}}",
            "an AEAD suite",
        ),
        since="4.93",
    )
    number(
        f"tls_{side}_ocsp",
        f"What became of the certificate's status (OCSP), {when}.\n{OCSP}",
        example=("4", f"${{if ={{$tls_{side}_ocsp}}{{4}}{{not revoked}}{{unknown}}}}", "not revoked"),
        since="4.83",
    )
    certificate(f"tls_{side}_ourcert", f"The certificate that this host has shown to the {peer}.")
    certificate(f"tls_{side}_peercert", f"The certificate that the {peer} has shown.")
    plain(
        f"tls_{side}_peerdn",
        f"The distinguished name in the certificate that the {peer} has shown.",
        example=(
            "CN=mail.example.org,O=Example",
            f"${{sg{{$tls_{side}_peerdn}}{{,.*}}{{}}}}",
            "CN=mail.example.org",
        ),
        since="4.82",
        taint=CARRIED,
    )
    number(
        f"tls_{side}_resumption",
        f"Whether the TLS session was resumed, {when}.\n{RESUMPTION}",
        example=(
            "17",
            f"${{if ={{${{eval:$tls_{side}_resumption & 16}}}}{{16}}{{resumed}}{{new}}}}",
            "resumed",
        ),
        since="4.93",
        feature="tls_resume",
    )
    plain(
        f"tls_{side}_ver",
        f"The version of the protocol, such as `TLS1.3`, {when}.",
        example=("TLS1.2", f"${{if ge{{$tls_{side}_ver}}{{TLS1.2}}{{new enough}}{{too old}}}}", "new enough"),
        since="4.93",
    )

plain(
    "tls_in_sni",
    "The host name that the client asked for when it began TLS.\n"
    "Where `tls_certificate` uses it, that option is expanded again once the name is known.",
    example=("mail.example.org", "/etc/ssl/${lc:$tls_in_sni}.pem", "/etc/ssl/mail.example.org.pem"),
    since="4.82",
    feature="tls",
    taint=OUTSIDE,
)
plain(
    "tls_out_sni",
    "The host name that is asked for when TLS begins with a server: the value of the transport's `tls_sni`.",
    example=("mx.example.net", "asked for $tls_out_sni", "asked for mx.example.net"),
    since="4.82",
    feature="tls",
)
flag(
    "tls_out_dane",
    "`yes` if the server was verified by TLSA records (DANE), otherwise `no`.",
    example=("yes", "${if bool{$tls_out_dane}{DANE}{no DANE}}", "DANE"),
    since="4.85",
    feature="dane",
)
number(
    "tls_out_tlsa_usage",
    "Which usages the server's TLSA records have, as a sum of bits: usage N counts 2 to the power N.",
    example=("8", "${if ={${eval:$tls_out_tlsa_usage & 8}}{8}{DANE-EE}}", "DANE-EE"),
    since="4.85",
    feature="dane",
)

plain(
    "tls_cipher",
    "An old name of `$tls_in_cipher`; in the smtp transport of `$tls_out_cipher`.",
    example=("TLS1.3:ECDHE_RSA__AES_256_GCM:256", "${extract{3}{:}{$tls_cipher}}", "256"),
    fact="tls_in_cipher",
    deprecated=True,
)
plain(
    "tls_peerdn",
    "An old name of `$tls_in_peerdn`; in the smtp transport of `$tls_out_peerdn`.",
    example=(
        "CN=client.example.org,O=Example",
        "${if match{$tls_peerdn}{CN=([^,]+)}{$1}}",
        "client.example.org",
    ),
    fact="tls_in_peerdn",
    taint=CARRIED,
    deprecated=True,
)
plain(
    "tls_sni",
    "An old name of `$tls_in_sni`; in the smtp transport of `$tls_out_sni`.",
    example=("mail.example.org", "/etc/ssl/${lc:$tls_sni}.pem", "/etc/ssl/mail.example.org.pem"),
    fact="tls_in_sni",
    since="4.80",
    feature="tls",
    taint=CARRIED,
    deprecated=True,
)
number(
    "tls_bits",
    "An old name of `$tls_in_bits`; in the smtp transport of `$tls_out_bits`.",
    example=("128", "${if <{$tls_bits}{128}{weak}{fine}}", "fine"),
    fact="tls_in_bits",
    since="4.80",
    deprecated=True,
)
number(
    "tls_certificate_verified",
    "An old name of `$tls_in_certificate_verified`; in the smtp transport of "
    "`$tls_out_certificate_verified`.",
    example=("1", "${if bool{$tls_certificate_verified}{verified}{not verified}}", "verified"),
    fact="tls_in_certificate_verified",
    deprecated=True,
)
