"""Incoming SMTP: how many may connect and do what, how long, and at what rate."""

from __future__ import annotations

from drivers.options.declare import main_option

main_option(
    "recipients_max",
    "string",
    "50000",
    "The number of recipients that one message may have; 0 sets no limit.",
    expanded=True,
    older={"4.95": "0"},
    older_type={"4.97": "int"},
)
main_option(
    "recipients_max_reject",
    "bool",
    "false",
    "Whether a message with too many recipients is refused as a whole.",
)
main_option(
    "smtp_accept_keepalive",
    "bool",
    "true",
    "Whether keepalive is set on the sockets of incoming connections.",
)
main_option(
    "smtp_accept_max",
    "int",
    "20",
    "The number of incoming connections that may be open at a time; 0 sets no limit.",
)
main_option(
    "smtp_accept_max_nonmail",
    "int",
    "10",
    "The number of commands that do not further a message, before the connection is dropped.",
)
main_option(
    "smtp_accept_max_nonmail_hosts",
    "string",
    "*",
    "The hosts for which commands that do not further a message are counted.",
    kind="host list",
    expanded=True,
)
main_option(
    "smtp_accept_max_per_connection",
    "string",
    "1000",
    "The number of messages that are accepted over one connection.",
    expanded=True,
)
main_option(
    "smtp_accept_max_per_host",
    "string",
    "",
    "The number of connections that one host may have open at a time; expanded for each call.",
    expanded=True,
)
main_option(
    "smtp_accept_queue",
    "int",
    "0",
    "The number of open connections above which messages are queued without delivery.",
)
main_option(
    "smtp_accept_queue_per_connection",
    "int",
    "10",
    "The number of messages over one connection after which further ones are only queued.",
)
main_option(
    "smtp_accept_reserve",
    "int",
    "0",
    "How many of the connections are kept for the hosts of smtp_reserve_hosts.",
)
main_option(
    "smtp_active_hostname",
    "string",
    "",
    "The name that Exim gives itself in an incoming session; expanded at its start.",
    expanded=True,
)
main_option(
    "smtp_backlog_monitor",
    "int",
    "0",
    "The size of the backlog of connections from which it is logged.",
    since="4.95",
)
main_option(
    "smtp_banner",
    "string",
    "$smtp_active_hostname ESMTP Exim $version_number $tod_full",
    "The text of the first answer to a client.",
    expanded=True,
)
main_option(
    "smtp_check_spool_space",
    "bool",
    "true",
    "Whether the SIZE of a MAIL command is checked against the free space.",
)
main_option("smtp_connect_backlog", "int", "20", "The number of connections that the system keeps waiting.")
main_option("smtp_enforce_sync", "bool", "true", "Whether clients that send before they may are cut off.")
main_option(
    "smtp_etrn_command", "string", "", "The command that ETRN runs in place of a queue run.", expanded=True
)
main_option(
    "smtp_etrn_serialize",
    "bool",
    "true",
    "Whether two runs for the same ETRN argument are kept from running at a time.",
)
main_option(
    "smtp_load_reserve", "fixed", "", "The load above which only the hosts of smtp_reserve_hosts are let in."
)
main_option(
    "smtp_max_synprot_errors",
    "int",
    "3",
    "The number of syntax and protocol errors before the connection is dropped.",
)
main_option(
    "smtp_max_unknown_commands",
    "int",
    "3",
    "The number of unknown commands before the connection is dropped.",
)
main_option(
    "smtp_ratelimit_hosts",
    "string",
    "",
    "The hosts whose MAIL and RCPT commands may be slowed down.",
    kind="host list",
    expanded=True,
)
main_option(
    "smtp_ratelimit_mail",
    "string",
    "",
    "How MAIL commands are slowed: threshold, first delay, factor and longest delay.",
)
main_option(
    "smtp_ratelimit_rcpt",
    "string",
    "",
    "How RCPT commands are slowed: threshold, first delay, factor and longest delay.",
)
main_option(
    "smtp_receive_timeout",
    "late_time",
    "5m",
    "How long to wait for a client's next line or block of data.",
    expanded=True,
)
main_option(
    "smtp_reserve_hosts",
    "string",
    "",
    "The hosts for which connections are kept when there are many or the load is high.",
    kind="host list",
    expanded=True,
)
main_option(
    "smtp_return_error_details",
    "bool",
    "false",
    "Whether clients are told the details of a failed verification.",
)
main_option(
    "tcp_nodelay", "bool", "true", "Whether data is sent at once instead of being gathered (TCP_NODELAY)."
)
main_option(
    "tcp_wrappers_daemon_name",
    "string",
    "exim",
    "The name under which TCP wrappers know this program.",
    since="4.73",
    until="4.98",
    feature="tcp_wrappers",
)
