"""TLS for incoming connections."""

from __future__ import annotations

from drivers.options.declare import main_option

main_option(
    "gnutls_allow_auto_pkcs11",
    "bool",
    "false",
    "Whether GnuTLS may load PKCS#11 modules by itself.",
    since="4.82",
    feature="tls",
)
main_option(
    "gnutls_compat_mode",
    "bool",
    "false",
    "Whether GnuTLS trades some safety for compatibility with old clients.",
    since="4.70",
    feature="tls",
)
main_option(
    "openssl_options",
    "string",
    "",
    "OpenSSL settings to turn on with + or off with -.",
    kind="string list",
    since="4.73",
    feature="tls",
)
main_option(
    "tls_advertise_hosts",
    "string",
    "*",
    "The hosts to which STARTTLS is offered.",
    kind="host list",
    expanded=True,
)
main_option(
    "tls_alpn",
    "string",
    "smtp:esmtp",
    "The application protocols (ALPN) that a client may ask for.",
    kind="string list",
    expanded=True,
    since="4.95",
    feature="tls",
)
main_option(
    "tls_certificate",
    "string",
    "",
    "The file or files with the server's certificate chain.",
    kind="string list",
    expanded=True,
    feature="tls",
)
main_option(
    "tls_crl",
    "string",
    "",
    "The file or directory with certificate revocation lists.",
    expanded=True,
    feature="tls",
)
main_option(
    "tls_dh_max_bits",
    "int",
    "2236",
    "The greatest size in bits of Diffie-Hellman parameters that are used.",
    since="4.80",
    feature="tls",
)
main_option(
    "tls_dhparam",
    "string",
    "",
    "The file or the name of a standard set of Diffie-Hellman parameters.",
    expanded=True,
    feature="tls",
)
main_option(
    "tls_early_banner_hosts",
    "string",
    "",
    "The hosts that get the greeting early on connections that begin with TLS.",
    kind="host",
    since="4.99",
    feature="tls",
)
main_option(
    "tls_eccurve",
    "string",
    "auto",
    "The elliptic curves that may be used, or auto.",
    since="4.86",
    feature="tls",
)
main_option(
    "tls_ocsp_file",
    "string",
    "",
    "The file or files with a signed OCSP answer for the server's certificate.",
    expanded=True,
    since="4.80",
    feature="ocsp",
)
main_option(
    "tls_on_connect_ports",
    "string",
    "",
    "The ports where TLS starts with the connection, without STARTTLS.",
    kind="string list",
    feature="tls",
)
main_option(
    "tls_privatekey",
    "string",
    "",
    "The file or files with the server's private key.",
    kind="string list",
    expanded=True,
    feature="tls",
)
main_option(
    "tls_remember_esmtp",
    "bool",
    "false",
    "Whether an EHLO before STARTTLS still counts after it.",
    feature="tls",
)
main_option(
    "tls_require_ciphers",
    "string",
    "",
    "The ciphers that are permitted, in the words of the TLS library.",
    expanded=True,
    feature="tls",
)
main_option(
    "tls_resumption_hosts",
    "string",
    "",
    "The hosts that may resume earlier TLS sessions.",
    kind="host list",
    expanded=True,
    since="4.93",
    feature="tls_resume",
)
main_option(
    "tls_try_verify_hosts",
    "string",
    "",
    "The hosts whose certificate is asked for and checked, but not insisted on.",
    kind="host list",
    expanded=True,
    feature="tls",
)
main_option(
    "tls_verify_certificates",
    "string",
    "system",
    "The file, directory or the word system that names the trusted certificates.",
    expanded=True,
    feature="tls",
)
main_option(
    "tls_verify_hosts",
    "string",
    "",
    "The hosts that must show a certificate that verifies.",
    kind="host list",
    expanded=True,
    feature="tls",
)
