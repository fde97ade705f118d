"""Variables of the connection that a message comes or goes by."""

from __future__ import annotations

from drivers.variables.plain import CARRIED, OUTSIDE, flag, number, plain

PROXY = "proxy"

plain(
    "sender_host_address",
    "The IP address of the client, without brackets.\n"
    "Empty for a message that is handed in on this machine, unless `-oMa` gives one.",
    example=("192.0.2.7", "${reverse_ip:$sender_host_address}.zen.example.org", "7.2.0.192.zen.example.org"),
    taint=CARRIED,
)
number(
    "sender_host_port",
    "The TCP port of the client; 0 where there is none.",
    example=("41234", "${if <{$sender_host_port}{1024}{privileged}{not privileged}}", "not privileged"),
)
flag(
    "sender_host_dnssec",
    "`yes` if the client's name was found in DNS data that the resolver says to be authenticated.",
    example=("yes", "${if bool{$sender_host_dnssec}{signed}{not signed}}", "signed"),
    since="4.82",
)
plain(
    "sender_fullhost",
    "The client as log lines show it: name, HELO name in parentheses, address in brackets, port if that "
    "is logged.\n"
    "Parts that are unknown or say the same twice are left out.",
    example=("mail.example.org (client) [192.0.2.7]", "${sg{$sender_fullhost}{ .*}{}}", "mail.example.org"),
    taint=CARRIED,
)
plain(
    "sender_rcvhost",
    "The client as `Received:` shows it: name or address, then what else is known in parentheses.\n"
    "With address, HELO name and ident all present it spans two lines.",
    example=(
        "mail.example.org ([192.0.2.7] helo=client)",
        "from $sender_rcvhost",
        "from mail.example.org ([192.0.2.7] helo=client)",
    ),
    taint=CARRIED,
)
plain(
    "sender_ident",
    "The user name that the client's host gave in answer to an RFC 1413 query.\n"
    "For a message that is handed in on this machine it is the caller's login name, or the value of `-oMt`.",
    example=("alice", "ident=${quote:$sender_ident}", "ident=alice"),
    taint=CARRIED,
)
plain(
    "sender_helo_name",
    "The argument of the client's HELO or EHLO command.",
    example=(
        "[192.0.2.7]",
        "${if isip{${sg{$sender_helo_name}{\\N[][]\\N}{}}}{an address}{a name}}",
        "an address",
    ),
    taint=OUTSIDE,
)
flag(
    "sender_helo_dnssec",
    "`yes` if the HELO name was verified by DNS data that the resolver says to be authenticated.",
    example=("yes", "${if bool{$sender_helo_dnssec}{signed}{not signed}}", "signed"),
    since="4.86",
)
plain(
    "sender_helo_verified",
    "`yes` if the HELO name was verified, otherwise `no`; the verification is done if it is still to do.",
    example=("yes", "${if bool{$sender_helo_verified}{verified}{not verified}}", "verified"),
    since="4.97",
    kind="string_func",
    default="no",
)
number(
    "host_lookup_failed",
    "1 if there is no host name for the client's address, or none that leads back to it; otherwise 0.",
    example=("1", "${if bool{$host_lookup_failed}{no name}{named}}", "no name"),
)
number(
    "host_lookup_deferred",
    "1 if looking up the client's host name ran into a temporary problem, otherwise 0.",
    example=("1", "${if bool{$host_lookup_deferred}{try later}{done}}", "try later"),
)
plain(
    "received_ip_address",
    "The address of the local interface that the client has connected to.",
    example=("192.0.2.1", "${if match_ip{$received_ip_address}{192.0.2.0/24}{outside}{inside}}", "outside"),
    since="4.64",
    taint=CARRIED,
)
number(
    "received_port",
    "The local port that the client has connected to; -1 where there is no connection.",
    example=("587", "${if ={$received_port}{587}{submission}{relay}}", "submission"),
    default="-1",
    since="4.64",
)
plain(
    "interface_address",
    "An old name of `$received_ip_address`.",
    example=("192.0.2.1", "came in at $interface_address", "came in at 192.0.2.1"),
    fact="received_ip_address",
    deprecated=True,
    taint=CARRIED,
)
number(
    "interface_port",
    "An old name of `$received_port`.",
    example=("25", "came in at port $interface_port", "came in at port 25"),
    fact="received_port",
    default="-1",
    deprecated=True,
)
plain(
    "received_protocol",
    "The protocol by which the message came: `smtp` or `esmtp`, with `s` for TLS and `a` for authentication; "
    "`local`, `local-smtp`...\nThe option `-oMr` sets it for messages that are handed in on this machine.",
    example=(
        "esmtpsa",
        "${if match{$received_protocol}{s?a\\$}{authenticated}{not authenticated}}",
        "authenticated",
    ),
    taint=CARRIED,
)
plain(
    "sending_ip_address",
    "The local address of the connection to the host that a message is sent to.",
    example=("192.0.2.1", "sent from $sending_ip_address", "sent from 192.0.2.1"),
    since="4.67",
)
number(
    "sending_port",
    "The local port of the connection to the host that a message is sent to; -1 without one.",
    example=("51234", "sent from port $sending_port", "sent from port 51234"),
    default="-1",
    since="4.67",
)
plain(
    "connection_id",
    "An identification of the SMTP connection that was accepted, as log lines may show it.",
    example=("8FkR-0000000001-2abc", "id=$connection_id", "id=8FkR-0000000001-2abc"),
    since="4.99",
)
flag(
    "proxy_session",
    "`yes` if the connection runs through a proxy, by the proxy protocol or SOCKS.",
    example=("yes", "${if bool{$proxy_session}{by a proxy}{directly}}", "by a proxy"),
    since="4.83",
    feature=PROXY,
)
plain(
    "proxy_local_address",
    "The address of the proxy that this host talks to.",
    example=("10.0.0.1", "proxy $proxy_local_address", "proxy 10.0.0.1"),
    since="4.87",
    feature=PROXY,
    taint=CARRIED,
)
number(
    "proxy_local_port",
    "The port of the proxy that this host talks to; 0 without one.",
    example=("8025", "proxy port $proxy_local_port", "proxy port 8025"),
    since="4.87",
    feature=PROXY,
)
plain(
    "proxy_external_address",
    "The address that the proxy shows to the outside.",
    example=("192.0.2.200", "seen as $proxy_external_address", "seen as 192.0.2.200"),
    since="4.87",
    feature=PROXY,
    taint=CARRIED,
)
number(
    "proxy_external_port",
    "The port that the proxy shows to the outside; 0 without one.",
    example=("25", "seen at port $proxy_external_port", "seen at port 25"),
    since="4.87",
    feature=PROXY,
)
