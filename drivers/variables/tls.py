"""Variables of TLS on the connection a message comes by and on the one it leaves by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import variable
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
    )(read)


for side, peer, when in (
    ("in", "client", "of the connection by which the message came"),
    ("out", "server", "of the connection by which the message leaves"),
):
    number(
        f"tls_{side}_bits",
        f"About how strong the cipher is, in bits, {when}.\n0 without TLS.",
        since="4.82",
    )
    number(
        f"tls_{side}_certificate_verified",
        f"1 if the certificate of the {peer} was verified, otherwise 0.",
        since="4.82",
    )
    plain(
        f"tls_{side}_cipher",
        f"The cipher suite {when}, as the TLS library names it.\nEmpty without TLS.",
        since="4.82",
    )
    plain(
        f"tls_{side}_cipher_std",
        f"The cipher suite {when}, by its name in the standard, such as `TLS_AES_256_GCM_SHA384`.",
        since="4.93",
    )
    number(
        f"tls_{side}_ocsp",
        f"What became of the certificate's status (OCSP), {when}.\n{OCSP}",
        since="4.83",
    )
    certificate(f"tls_{side}_ourcert", f"The certificate that this host has shown to the {peer}.")
    certificate(f"tls_{side}_peercert", f"The certificate that the {peer} has shown.")
    plain(
        f"tls_{side}_peerdn",
        f"The distinguished name in the certificate that the {peer} has shown.",
        since="4.82",
        taint=CARRIED,
    )
    number(
        f"tls_{side}_resumption",
        f"Whether the TLS session was resumed, {when}.\n{RESUMPTION}",
        since="4.93",
        feature="tls_resume",
    )
    plain(
        f"tls_{side}_ver",
        f"The version of the protocol, such as `TLS1.3`, {when}.",
        since="4.93",
    )

plain(
    "tls_in_sni",
    "The host name that the client asked for when it began TLS.\n"
    "Where `tls_certificate` uses it, that option is expanded again once the name is known.",
    since="4.82",
    feature="tls",
    taint=OUTSIDE,
)
plain(
    "tls_out_sni",
    "The host name that is asked for when TLS begins with a server: the value of the transport's `tls_sni`.",
    since="4.82",
    feature="tls",
)
flag(
    "tls_out_dane",
    "`yes` if the server was verified by TLSA records (DANE), otherwise `no`.",
    since="4.85",
    feature="dane",
)
number(
    "tls_out_tlsa_usage",
    "Which usages the server's TLSA records have, as a sum of bits: usage N counts 2 to the power N.",
    since="4.85",
    feature="dane",
)

plain(
    "tls_cipher",
    "An old name of `$tls_in_cipher`; in the smtp transport of `$tls_out_cipher`.",
    fact="tls_in_cipher",
    deprecated=True,
)
plain(
    "tls_peerdn",
    "An old name of `$tls_in_peerdn`; in the smtp transport of `$tls_out_peerdn`.",
    fact="tls_in_peerdn",
    taint=CARRIED,
    deprecated=True,
)
plain(
    "tls_sni",
    "An old name of `$tls_in_sni`; in the smtp transport of `$tls_out_sni`.",
    fact="tls_in_sni",
    since="4.80",
    feature="tls",
    taint=CARRIED,
    deprecated=True,
)
number(
    "tls_bits",
    "An old name of `$tls_in_bits`; in the smtp transport of `$tls_out_bits`.",
    fact="tls_in_bits",
    since="4.80",
    deprecated=True,
)
number(
    "tls_certificate_verified",
    "An old name of `$tls_in_certificate_verified`; in the smtp transport of "
    "`$tls_out_certificate_verified`.",
    fact="tls_in_certificate_verified",
    deprecated=True,
)
