"""Private options of the smtp transport, apart from cryptography."""

from __future__ import annotations

from drivers.options.declare import transport_option

transport_option(
    "smtp.address_retry_include_sender",
    "bool",
    "true",
    "Whether retry data of a recipient is kept for each sender apart.",
    since="4.64",
    feature="transport_smtp",
)
transport_option(
    "smtp.allow_localhost",
    "bool",
    "false",
    "Whether delivery to this host itself is permitted.",
    feature="transport_smtp",
)
transport_option(
    "smtp.authenticated_sender",
    "string",
    "",
    "The address in the AUTH parameter of MAIL; expanded.",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.authenticated_sender_force",
    "bool",
    "false",
    "Whether the AUTH parameter is sent even without authentication.",
    since="4.61",
    feature="transport_smtp",
)
transport_option(
    "smtp.command_timeout",
    "time",
    "5m",
    "How long to wait for the answer to a command.",
    feature="transport_smtp",
)
transport_option(
    "smtp.connect_timeout",
    "time",
    "5m",
    "How long to wait for a connection; 0s leaves it to the system.",
    feature="transport_smtp",
)
transport_option(
    "smtp.connection_max_messages",
    "int",
    "500",
    "How many messages may go over one connection; 0 sets no limit.",
    feature="transport_smtp",
)
transport_option(
    "smtp.data_timeout", "time", "5m", "How long sending a block of data may take.", feature="transport_smtp"
)
transport_option(
    "smtp.delay_after_cutoff",
    "bool",
    "true",
    "Whether hosts that are past their last retry time are tried at intervals only.",
    feature="transport_smtp",
)
transport_option(
    "smtp.dns_qualify_single",
    "bool",
    "true",
    "Whether the resolver adds its default domain to names of one component.",
    feature="transport_smtp",
)
transport_option(
    "smtp.dns_search_parents",
    "bool",
    "false",
    "Whether the resolver searches parent domains.",
    feature="transport_smtp",
)
transport_option(
    "smtp.dscp",
    "string",
    "",
    "The DSCP value of outgoing packets; expanded.",
    expanded=True,
    since="4.82",
    feature="transport_smtp",
)
transport_option(
    "smtp.fallback_hosts",
    "string",
    "",
    "Hosts that are tried when all others failed for the time being.",
    kind="string list",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.final_timeout",
    "time",
    "10m",
    "How long to wait for the answer to the end of the data.",
    feature="transport_smtp",
)
transport_option(
    "smtp.gethostbyname",
    "bool",
    "false",
    "Whether hosts are looked up by the system's function in place of the DNS.",
    feature="transport_smtp",
)
transport_option(
    "smtp.helo_data",
    "string",
    "$primary_hostname",
    "The argument of HELO and EHLO; expanded.",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.host_name_extract",
    "string",
    "",
    "The text that takes a host's own name from its EHLO answer; expanded.",
    kind="string list",
    expanded=True,
    since="4.96",
    feature="tls_resume",
    older={
        "4.97": "${if and {{match{$host}{.outlook.com\\$}} {match{$item}{\\N^250-([\\w.]+)\\s\\N}}} {$1}}"
    },
)
transport_option(
    "smtp.hosts",
    "string",
    "",
    "The hosts to deliver to where the router gave none; expanded.",
    kind="string list",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_avoid_esmtp",
    "string",
    "",
    "The hosts to which HELO is sent in place of EHLO.",
    kind="host list",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_avoid_pipelining",
    "string",
    "",
    "The hosts to which commands are not pipelined.",
    kind="host list",
    expanded=True,
    since="4.67",
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_max_try", "int", "5", "How many hosts are tried for one delivery.", feature="transport_smtp"
)
transport_option(
    "smtp.hosts_max_try_hardlimit",
    "int",
    "50",
    "How many addresses are tried at all for one delivery.",
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_override",
    "bool",
    "false",
    "Whether hosts overrides the hosts that the router gave.",
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_pipe_connect",
    "string",
    "",
    "The hosts to which commands may be pipelined from the connection on.",
    kind="host list",
    expanded=True,
    since="4.92",
    feature="pipeconnect",
)
transport_option(
    "smtp.hosts_randomize",
    "late_bool",
    "false",
    "Whether the hosts are tried in random order.",
    expanded=True,
    older_type={"4.97": "bool"},
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_require_auth",
    "string",
    "",
    "The hosts with which authentication must succeed.",
    kind="host list",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_try_auth",
    "string",
    "",
    "The hosts with which authentication is tried.",
    kind="host list",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_try_chunking",
    "string",
    "*",
    "The hosts to which BDAT is used where it is offered.",
    kind="host list",
    expanded=True,
    since="4.88",
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_try_fastopen",
    "string",
    "*",
    "The hosts to which TCP Fast Open is tried.",
    kind="host list",
    expanded=True,
    older={"4.93": ""},
    since="4.88",
    feature="transport_smtp",
)
transport_option(
    "smtp.hosts_try_prdr",
    "string",
    "*",
    "The hosts with which PRDR is used where it is offered.",
    kind="host list",
    expanded=True,
    since="4.82",
    feature="prdr",
)
transport_option(
    "smtp.interface",
    "string",
    "",
    "The local addresses to send from; expanded.",
    kind="string list",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.keepalive", "bool", "true", "Whether keepalive is set on the socket.", feature="transport_smtp"
)
transport_option(
    "smtp.lmtp_ignore_quota",
    "bool",
    "false",
    "Whether IGNOREQUOTA is asked for when LMTP is spoken.",
    since="4.53",
    feature="transport_smtp",
)
transport_option(
    "smtp.max_rcpt",
    "string",
    "100",
    "How many recipients are sent with one copy of a message; 0 sets no limit.",
    expanded=True,
    older_type={"4.97": "int"},
    feature="transport_smtp",
)
transport_option(
    "smtp.message_linelength_limit",
    "int",
    "998",
    "The line length in bytes above which a message is not sent.",
    since="4.95",
    feature="transport_smtp",
)
transport_option(
    "smtp.multi_domain",
    "late_bool",
    "true",
    "Whether recipients of several domains may share a delivery; expanded.",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.port",
    "string",
    "25",
    "The port to connect to, by number or name; expanded.",
    expanded=True,
    feature="transport_smtp",
    older={"4.97": "smtp"},
)
transport_option(
    "smtp.protocol",
    "string",
    "",
    "The protocol: smtp, lmtp or smtps.",
    feature="transport_smtp",
    older={"4.97": "smtp"},
)
transport_option(
    "smtp.retry_include_ip_address",
    "late_bool",
    "true",
    "Whether retry data of a host holds its address; expanded.",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.serialize_hosts",
    "string",
    "",
    "The hosts to which only one connection is made at a time.",
    kind="host list",
    expanded=True,
    feature="transport_smtp",
)
transport_option(
    "smtp.size_addition",
    "int",
    "1024",
    "How much is added to the message's size for the SIZE parameter; negative sends none.",
    feature="transport_smtp",
)
transport_option(
    "smtp.socks_proxy",
    "string",
    "",
    "The SOCKS proxies to go through; expanded.",
    expanded=True,
    since="4.86",
    feature="socks",
)
transport_option(
    "smtp.utf8_downconvert",
    "string",
    "-1",
    "Whether addresses are turned into ASCII form: 1 yes, 0 no, -1 if needed; expanded.",
    expanded=True,
    older={"4.94": ""},
    since="4.92",
    feature="i18n",
)
