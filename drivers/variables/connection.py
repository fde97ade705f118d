"""Variables of the connection that a message comes or goes by."""

from __future__ import annotations

from drivers.variables.plain import CARRIED, OUTSIDE, flag, number, plain

PROXY = "proxy"

plain(
    "sender_host_address",
    "The IP address of the client, without brackets.\n"
    "Empty for a message that is handed in on this machine, unless `-oMa` gives one.",
    taint=CARRIED,
)
number("sender_host_port", "The TCP port of the client; 0 where there is none.")
flag(
    "sender_host_dnssec",
    "`yes` if the client's name was found in DNS data that the resolver says to be authenticated.",
    since="4.82",
)
plain(
    "sender_fullhost",
    "The client as log lines show it: name, HELO name in parentheses, address in brackets, port if that "
    "is logged.\n"
    "Parts that are unknown or say the same twice are left out.",
    taint=CARRIED,
)
plain(
    "sender_rcvhost",
    "The client as `Received:` shows it: name or address, then what else is known in parentheses.\n"
    "With address, HELO name and ident all present it spans two lines.",
    taint=CARRIED,
)
plain(
    "sender_ident",
    "The user name that the client's host gave in answer to an RFC 1413 query.\n"
    "For a message that is handed in on this machine it is the caller's login name, or the value of `-oMt`.",
    taint=CARRIED,
)
plain("sender_helo_name", "The argument of the client's HELO or EHLO command.", taint=OUTSIDE)
flag(
    "sender_helo_dnssec",
    "`yes` if the HELO name was verified by DNS data that the resolver says to be authenticated.",
    since="4.86",
)
plain(
    "sender_helo_verified",
    "`yes` if the HELO name was verified, otherwise `no`; the verification is done if it is still to do.",
    since="4.97",
    kind="string_func",
    default="no",
)
number(
    "host_lookup_failed",
    "1 if there is no host name for the client's address, or none that leads back to it; otherwise 0.",
)
number(
    "host_lookup_deferred",
    "1 if looking up the client's host name ran into a temporary problem, otherwise 0.",
)
plain(
    "received_ip_address",
    "The address of the local interface that the client has connected to.",
    since="4.64",
    taint=CARRIED,
)
number(
    "received_port",
    "The local port that the client has connected to; -1 where there is no connection.",
    default="-1",
    since="4.64",
)
plain(
    "interface_address",
    "An old name of `$received_ip_address`.",
    fact="received_ip_address",
    deprecated=True,
    taint=CARRIED,
)
number(
    "interface_port", "An old name of `$received_port`.", fact="received_port", default="-1", deprecated=True
)
plain(
    "received_protocol",
    "The protocol by which the message came: `smtp` or `esmtp`, with `s` for TLS and `a` for authentication; "
    "`local`, `local-smtp`...\nThe option `-oMr` sets it for messages that are handed in on this machine.",
    taint=CARRIED,
)
plain(
    "sending_ip_address",
    "The local address of the connection to the host that a message is sent to.",
    since="4.67",
)
number(
    "sending_port",
    "The local port of the connection to the host that a message is sent to; -1 without one.",
    default="-1",
    since="4.67",
)
plain(
    "connection_id",
    "An identification of the SMTP connection that was accepted, as log lines may show it.",
    since="4.99",
)
flag(
    "proxy_session",
    "`yes` if the connection runs through a proxy, by the proxy protocol or SOCKS.",
    since="4.83",
    feature=PROXY,
)
plain(
    "proxy_local_address",
    "The address of the proxy that this host talks to.",
    since="4.87",
    feature=PROXY,
    taint=CARRIED,
)
number(
    "proxy_local_port",
    "The port of the proxy that this host talks to; 0 without one.",
    since="4.87",
    feature=PROXY,
)
plain(
    "proxy_external_address",
    "The address that the proxy shows to the outside.",
    since="4.87",
    feature=PROXY,
    taint=CARRIED,
)
number(
    "proxy_external_port",
    "The port that the proxy shows to the outside; 0 without one.",
    since="4.87",
    feature=PROXY,
)
