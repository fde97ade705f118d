"""Private options of the smtp transport for TLS, DANE, DKIM and ARC."""

from __future__ import annotations

from drivers.options.declare import transport_option

transport_option(
    "smtp.arc_sign",
    "string",
    "",
    "Domain, selector and key of the ARC signature to add; expanded.",
    expanded=True,
    since="4.91",
    feature="arc",
)
transport_option(
    "smtp.dane_require_tls_ciphers",
    "string",
    "",
    "The ciphers that are permitted where DANE is in use; expanded.",
    expanded=True,
    since="4.91",
    feature="dane",
)
transport_option(
    "smtp.dkim_canon",
    "string",
    "",
    "The canonical form that DKIM signs: relaxed or simple; expanded.",
    expanded=True,
    since="4.69",
    feature="dkim",
)
transport_option(
    "smtp.dkim_domain",
    "string",
    "",
    "The domains to sign for by DKIM; expanded.",
    kind="string list",
    expanded=True,
    since="4.69",
    feature="dkim",
)
transport_option(
    "smtp.dkim_hash",
    "string",
    "sha256",
    "The hash of DKIM signatures; expanded.",
    expanded=True,
    since="4.90",
    feature="dkim",
)
transport_option(
    "smtp.dkim_identity",
    "string",
    "",
    "The identity in DKIM signatures; expanded.",
    expanded=True,
    since="4.90",
    feature="dkim",
)
transport_option(
    "smtp.dkim_private_key",
    "string",
    "",
    "The key of DKIM signatures, or a file that holds it; expanded.",
    expanded=True,
    since="4.69",
    feature="dkim",
)
transport_option(
    "smtp.dkim_selector",
    "string",
    "",
    "The selectors of DKIM signatures; expanded.",
    kind="string list",
    expanded=True,
    since="4.69",
    feature="dkim",
)
transport_option(
    "smtp.dkim_sign_headers",
    "string",
    "",
    "The header lines that DKIM signs; expanded.",
    expanded=True,
    since="4.69",
    feature="dkim",
)
transport_option(
    "smtp.dkim_strict",
    "string",
    "",
    "Whether a message that cannot be signed is not sent; expanded.",
    expanded=True,
    since="4.69",
    feature="dkim",
)
transport_option(
    "smtp.dkim_timestamps",
    "string",
    "",
    "How many seconds a DKIM signature is valid; expanded; empty adds no times.",
    expanded=True,
    since="4.92",
    feature="dkim",
)
transport_option(
    "smtp.dnssec_request_domains",
    "string",
    "*",
    "The domains for which DNSSEC is asked for in this transport's lookups.",
    kind="domain list",
    expanded=True,
    older={"4.93": ""},
    since="4.83",
    feature="transport_smtp",
)
transport_option(
    "smtp.dnssec_require_domains",
    "string",
    "",
    "The domains whose lookups must be confirmed by DNSSEC.",
    kind="domain list",
    expanded=True,
    since="4.83",
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_avoid_tls",
    "string",
    "",
    "The hosts with which TLS is not used.",
    kind="host list",
    expanded=True,
    feature="tls",
)
transport_option(
    "smtp.hosts_nopass_tls",
    "string",
    "",
    "The hosts whose TLS connections are not passed to another process.",
    kind="host list",
    expanded=True,
    feature="tls",
)
transport_option(
    "smtp.hosts_noproxy_tls",
    "string",
    "",
    "The hosts whose TLS connections are not kept by a proxy process for another message.",
    kind="host list",
    expanded=True,
    older={"4.93": "*"},
    since="4.90",
    feature="tls",
)
transport_option(
    "smtp.hosts_request_ocsp",
    "string",
    "*",
    "The hosts that are asked for an OCSP answer.",
    kind="host list",
    expanded=True,
    since="4.83",
    feature="ocsp",
)
transport_option(
    "smtp.hosts_require_alpn",
    "string",
    "",
    "The hosts that must negotiate an application protocol (ALPN).",
    kind="host list",
    expanded=True,
    since="4.95",
    feature="tls",
)
transport_option(
    "smtp.hosts_require_dane",
    "string",
    "",
    "The hosts that must be verified by DANE.",
    kind="host list",
    expanded=True,
    since="4.85",
    feature="dane",
)
transport_option(
    "smtp.hosts_require_ocsp",
    "string",
    "",
    "The hosts that must give an OCSP answer that verifies.",
    kind="host list",
    expanded=True,
    since="4.82",
    feature="ocsp",
)
transport_option(
    "smtp.hosts_require_tls",
    "string",
    "",
    "The hosts with which TLS must be used.",
    kind="host list",
    expanded=True,
    feature="tls",
)
transport_option(
    "smtp.hosts_try_dane",
    "string",
    "*",
    "The hosts that are verified by DANE where the DNS has records for it.",
    kind="host list",
    expanded=True,
    older={"4.93": ""},
    since="4.85",
    feature="dane",
)
transport_option(
    "smtp.hosts_verify_avoid_tls",
    "string",
    "",
    "The hosts with which callouts do not use TLS.",
    kind="host list",
    expanded=True,
    since="4.82",
    feature="tls",
)
transport_option(
    "smtp.tls_alpn",
    "string",
    "",
    "The application protocol (ALPN) that is asked for; expanded.",
    expanded=True,
    since="4.95",
    feature="tls",
)
transport_option(
    "smtp.tls_certificate",
    "string",
    "",
    "The file with the client's certificate; expanded.",
    expanded=True,
    feature="tls",
)
transport_option(
    "smtp.tls_crl",
    "string",
    "",
    "The file or directory with certificate revocation lists; expanded.",
    expanded=True,
    feature="tls",
)
transport_option(
    "smtp.tls_dh_min_bits",
    "int",
    "1024",
    "The least size in bits of Diffie-Hellman parameters that is accepted.",
    since="4.82",
    feature="tls",
)
transport_option(
    "smtp.tls_privatekey",
    "string",
    "",
    "The file with the client's private key; expanded.",
    expanded=True,
    feature="tls",
)
transport_option(
    "smtp.tls_require_ciphers",
    "string",
    "",
    "The ciphers that are permitted, in the words of the TLS library; expanded.",
    expanded=True,
    feature="tls",
)
transport_option(
    "smtp.tls_resumption_hosts",
    "string",
    "",
    "The hosts with which earlier TLS sessions may be resumed.",
    kind="host list",
    expanded=True,
    since="4.93",
    feature="tls_resume",
)
transport_option(
    "smtp.tls_sni",
    "string",
    "",
    "The server name that is sent in TLS; expanded.",
    expanded=True,
    since="4.80",
    feature="tls",
)
transport_option(
    "smtp.tls_tempfail_tryclear",
    "bool",
    "true",
    "Whether delivery goes on without TLS when it fails for the time being.",
    feature="tls",
)
transport_option(
    "smtp.tls_try_verify_hosts",
    "string",
    "*",
    "The hosts whose certificate is checked but not insisted on.",
    kind="host list",
    expanded=True,
    since="4.83",
    feature="tls",
)
transport_option(
    "smtp.tls_verify_cert_hostnames",
    "string",
    "*",
    "The hosts whose certificate must bear their name.",
    kind="host list",
    expanded=True,
    since="4.83",
    feature="tls",
)
transport_option(
    "smtp.tls_verify_certificates",
    "string",
    "system",
    "The file, directory or the word system that names the trusted certificates.",
    expanded=True,
    feature="tls",
)
transport_option(
    "smtp.tls_verify_hosts",
    "string",
    "",
    "The hosts whose certificate must verify.",
    kind="host list",
    expanded=True,
    since="4.83",
    feature="tls",
)
