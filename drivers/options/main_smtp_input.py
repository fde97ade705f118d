"""Incoming SMTP: what is offered to which clients and what is forgiven them."""

from __future__ import annotations

from drivers.options.declare import main_option

main_option(
    "accept_8bitmime",
    "bool",
    "true",
    "Whether 8BITMIME is offered to clients; bodies are kept as they come either way.",
)
main_option(
    "auth_advertise_hosts",
    "string",
    "*",
    "The hosts to which AUTH is offered.",
    kind="host list",
    expanded=True,
)
main_option(
    "chunking_advertise_hosts",
    "string",
    "*",
    "The hosts to which CHUNKING, and so the BDAT command, is offered.",
    kind="host list",
    expanded=True,
    since="4.88",
)
main_option(
    "dsn_advertise_hosts",
    "string",
    "",
    "The hosts to which delivery status notifications are offered.",
    kind="host list",
    expanded=True,
    since="4.83",
)
main_option(
    "helo_accept_junk_hosts",
    "string",
    "",
    "The hosts whose HELO and EHLO arguments may be syntactically wrong.",
    kind="host list",
    expanded=True,
)
main_option(
    "helo_allow_chars",
    "string",
    "",
    "Characters that are let through in HELO and EHLO arguments besides the regular ones.",
)
main_option(
    "helo_lookup_domains",
    "string",
    "@ : @[]",
    "The HELO and EHLO domains that make Exim look up the name of the calling host.",
    kind="domain list",
    expanded=True,
)
main_option(
    "helo_try_verify_hosts",
    "string",
    "",
    "The hosts whose HELO name is verified without anything being refused at once.",
    kind="host list",
    expanded=True,
    obsolete=True,
)
main_option(
    "helo_verify_hosts",
    "string",
    "",
    "The hosts that are refused at HELO if their HELO name does not verify.",
    kind="host list",
    expanded=True,
    obsolete=True,
)
main_option(
    "host_lookup",
    "string",
    "",
    "The hosts whose name is looked up from their address when they connect.",
    kind="host list",
    expanded=True,
)
main_option(
    "host_lookup_order",
    "string",
    "bydns:byaddr",
    "The order of the two ways of finding a host's name: bydns and byaddr.",
    kind="string list",
)
main_option(
    "host_reject_connection",
    "string",
    "",
    "The hosts whose connections are turned away at once.",
    kind="host list",
    expanded=True,
)
main_option(
    "hosts_connection_nolog",
    "string",
    "",
    "The hosts whose connections are not logged.",
    kind="host list",
    expanded=True,
)
main_option(
    "hosts_proxy",
    "string",
    "",
    "The proxies that speak the proxy protocol in front of their clients' connections.",
    kind="host list",
    expanded=True,
    since="4.87",
    feature="proxy",
)
main_option(
    "hosts_require_alpn",
    "string",
    "",
    "The hosts that must negotiate an application protocol (ALPN) in TLS.",
    kind="host list",
    expanded=True,
    since="4.95",
    feature="tls",
)
main_option(
    "hosts_require_helo",
    "string",
    "*",
    "The hosts that must send HELO or EHLO before they may send mail.",
    kind="host list",
    expanded=True,
    since="4.95",
)
main_option(
    "hosts_treat_as_local",
    "string",
    "",
    "Domains that count as this host's own when host lists are checked for self-references.",
    kind="domain list",
    expanded=True,
)
main_option(
    "hosts_xclient",
    "string",
    "",
    "The hosts that may use the XCLIENT command.",
    kind="host list",
    expanded=True,
    since="4.97",
    feature="xclient",
)
main_option(
    "ignore_fromline_hosts",
    "string",
    "",
    "The hosts from which a UUCP-style From line before the header is passed over.",
    kind="host list",
    expanded=True,
)
main_option(
    "ignore_fromline_local",
    "bool",
    "false",
    "Whether a UUCP-style From line before the header of a local SMTP message is passed over.",
)
main_option(
    "limits_advertise_hosts",
    "string",
    "*",
    "The hosts to which the LIMITS extension is offered.",
    kind="host list",
    expanded=True,
    since="4.95",
    feature="esmtp_limits",
)
main_option(
    "pipelining_advertise_hosts",
    "string",
    "*",
    "The hosts to which PIPELINING is offered.",
    kind="host list",
    expanded=True,
)
main_option(
    "pipelining_connect_advertise_hosts",
    "string",
    "*",
    "The hosts that may pipeline from the connection on.",
    kind="host list",
    expanded=True,
    since="4.92",
    feature="pipeconnect",
)
main_option(
    "prdr_enable",
    "bool",
    "false",
    "Whether an answer for each recipient after the data (PRDR) is offered.",
    since="4.82",
    feature="prdr",
)
main_option(
    "proxy_protocol_timeout",
    "time",
    "3s",
    "How long to wait for a proxy's header when the proxy protocol is in use.",
    since="4.95",
    feature="proxy",
)
main_option(
    "recipient_unqualified_hosts",
    "string",
    "",
    "The hosts that may send recipient addresses without a domain.",
    kind="host list",
    expanded=True,
)
main_option(
    "rfc1413_hosts",
    "string",
    "@[]",
    "The hosts to which identification (RFC 1413) calls are made.",
    kind="host list",
    expanded=True,
)
main_option(
    "rfc1413_port",
    "int",
    "113",
    "The port that identification calls are made to.",
    since="4.99",
    hidden=True,
    obsolete=True,
)
main_option(
    "rfc1413_query_timeout", "time", "0s", "How long to wait for an identification answer; 0s makes no calls."
)
main_option(
    "sender_unqualified_hosts",
    "string",
    "",
    "The hosts that may send sender addresses without a domain.",
    kind="host list",
    expanded=True,
)
main_option(
    "smtputf8_advertise_hosts",
    "string",
    "*",
    "The hosts to which SMTPUTF8 is offered.",
    kind="host list",
    expanded=True,
    since="4.86",
    feature="i18n",
)
main_option(
    "wellknown_advertise_hosts",
    "string",
    "",
    "The hosts to which the WELLKNOWN command is offered.",
    kind="host list",
    expanded=True,
    since="4.98",
    feature="wellknown",
)
