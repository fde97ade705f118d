"""The queue, delivery, bounces and warnings, callout data, retry data."""

from __future__ import annotations

from drivers.options.declare import main_option

main_option("allow_mx_to_ip", "bool", "false", "Whether an MX record may point to an IP address.")
main_option("auto_thaw", "time", "0s", "The time after which a frozen message is tried again; 0s never does.")
main_option(
    "bounce_message_file",
    "string",
    "",
    "The file with the texts of bounce messages; expanded.",
    expanded=True,
)
main_option(
    "bounce_message_text", "string", "", "A text that goes into bounce messages, after the introduction."
)
main_option("bounce_return_body", "bool", "true", "Whether bounces carry the body of the original message.")
main_option(
    "bounce_return_linesize_limit",
    "int_km",
    "998",
    "The line length above which a bounce carries only the original's header.",
    since="4.87",
)
main_option("bounce_return_message", "bool", "true", "Whether bounces carry the original message at all.")
main_option(
    "bounce_return_size_limit",
    "int_km",
    "100K",
    "How many bytes of the original message a bounce carries; 0 sets no limit.",
)
main_option(
    "bounce_sender_authentication", "string", "", "The address in the AUTH parameter of bounce messages."
)
main_option(
    "callout_domain_negative_expire",
    "time",
    "3h",
    "How long a callout's failure for a whole domain is remembered.",
)
main_option(
    "callout_domain_positive_expire",
    "time",
    "1w",
    "How long a callout's success for a whole domain is remembered.",
)
main_option(
    "callout_negative_expire", "time", "2h", "How long a callout's failure for an address is remembered."
)
main_option(
    "callout_positive_expire", "time", "1d", "How long a callout's success for an address is remembered."
)
main_option(
    "callout_random_local_part",
    "string",
    "$primary_hostname-$tod_epoch-testing",
    "The local part that callouts of the random kind try; expanded.",
    expanded=True,
)
main_option(
    "check_log_inodes",
    "int",
    "100",
    "The free inodes that the log partition must have for a message to be accepted; 0 checks none.",
)
main_option(
    "check_log_space",
    "kint",
    "10M",
    "The free space that the log partition must have for a message to be accepted; 0 checks none.",
)
main_option(
    "check_spool_inodes",
    "int",
    "100",
    "The free inodes that the spool partition must have for a message to be accepted; 0 checks none.",
)
main_option(
    "check_spool_space",
    "kint",
    "10M",
    "The free space that the spool partition must have for a message to be accepted; 0 checks none.",
)
main_option(
    "delay_warning",
    "time_list",
    "1d",
    "The ages at which a sender is warned that a message is still on the queue.",
)
main_option(
    "delay_warning_condition",
    "string",
    (
        "${if or {{ !eq{$h_list-id:$h_list-post:$h_list-subscribe:}{} }{ "
        "match{$h_precedence:}{(?i)bulk|list|junk} }{ "
        "match{$h_auto-submitted:}{(?i)auto-generated|auto-replied} }} {no}{yes}}"
    ),
    "A text that is expanded before a warning; no, false and the like suppress it.",
    expanded=True,
)
main_option("deliver_queue_load_max", "fixed", "", "The load above which queue runs make no deliveries.")
main_option(
    "dsn_from",
    "string",
    "Mail Delivery System <Mailer-Daemon@$qualify_domain>",
    "The From: line of bounces and warnings; expanded.",
    expanded=True,
    since="4.67",
)
main_option(
    "errors_copy",
    "string",
    "",
    "To whom copies of bounces go, as patterns and addresses; expanded.",
    kind="string list",
    expanded=True,
)
main_option("errors_reply_to", "string", "", "The Reply-To: address of bounces and warnings.")
main_option(
    "event_action",
    "string",
    "",
    "The text that is expanded for events outside transports.",
    expanded=True,
    since="4.85",
    feature="event",
)
main_option(
    "freeze_tell",
    "string",
    "",
    "The addresses that are told when a message is frozen.",
    kind="string list, comma separated",
)
main_option(
    "hold_domains",
    "string",
    "",
    "The domains to which nothing is delivered unless delivery is forced.",
    kind="domain list",
    expanded=True,
)
main_option(
    "ignore_bounce_errors_after",
    "time",
    "10w",
    "How long a bounce that cannot be delivered is kept before it is thrown away.",
)
main_option(
    "keep_malformed",
    "time",
    "4d",
    "How long spool files that make no sense are kept before they are removed.",
)
main_option(
    "move_frozen_messages",
    "bool",
    "false",
    "Whether frozen messages are moved to a directory of their own.",
    feature="move_frozen_messages",
)
main_option(
    "percent_hack_domains",
    "string",
    "",
    "The domains for which a % in the local part stands for the @ of another address.",
    kind="domain list",
    expanded=True,
)
main_option(
    "queue_domains",
    "string",
    "",
    "The domains whose addresses are not delivered at once.",
    kind="domain list",
    expanded=True,
)
main_option(
    "queue_fast_ramp",
    "bool",
    "true",
    "Whether a queue run in two stages delivers as soon as routes are known.",
    since="4.94",
    feature="queue_ramp",
    older={"4.97": "false"},
)
main_option("queue_only", "bool", "false", "Whether messages are only put on the queue when they come.")
main_option(
    "queue_only_file",
    "string",
    "",
    "Files whose existence makes messages be only queued; smtp before a name limits that to SMTP.",
    kind="string list",
)
main_option("queue_only_load", "fixed", "", "The load above which messages are only queued.")
main_option(
    "queue_only_load_latch",
    "bool",
    "true",
    "Whether a session stays queueing once the load was too high.",
    since="4.68",
)
main_option(
    "queue_only_override", "bool", "true", "Whether -od options of the command line override queue_only."
)
main_option("queue_run_in_order", "bool", "false", "Whether queue runs take messages in order of arrival.")
main_option(
    "queue_run_max",
    "string",
    "5",
    "How many queue runs may go on at a time; expanded; 0 sets no limit.",
    expanded=True,
)
main_option(
    "queue_smtp_domains",
    "string",
    "",
    "The domains whose remote deliveries wait for a queue run.",
    kind="domain list",
    expanded=True,
)
main_option(
    "remote_max_parallel",
    "int",
    "6",
    "How many remote deliveries of one message may go on at a time.",
    older={"4.97": "2", "4.98": "4"},
)
main_option(
    "remote_sort_domains",
    "string",
    "",
    "The order in which the remote deliveries of a message are made, by domain.",
    kind="domain list",
    expanded=True,
)
main_option("retry_data_expire", "time", "1w", "How long retry data is kept when it is no longer used.")
main_option(
    "retry_interval_max", "time", "1d", "The longest interval between tries, whatever the retry rules say."
)
main_option(
    "return_size_limit",
    "int_km",
    "100K",
    "An old name of bounce_return_size_limit.",
    hidden=True,
    obsolete=True,
)
main_option("split_spool_directory", "bool", "false", "Whether the spool is divided into 62 subdirectories.")
main_option(
    "system_filter",
    "string",
    "",
    "The file of the filter that every message goes through; expanded.",
    expanded=True,
)
main_option(
    "system_filter_directory_transport",
    "string",
    "",
    "The transport of system filter deliveries to directories; expanded.",
    expanded=True,
)
main_option(
    "system_filter_file_transport",
    "string",
    "",
    "The transport of system filter deliveries to files; expanded.",
    expanded=True,
)
main_option("system_filter_group", "group", "", "The group that the system filter runs under.")
main_option(
    "system_filter_pipe_transport",
    "string",
    "",
    "The transport of system filter deliveries to commands; expanded.",
    expanded=True,
)
main_option(
    "system_filter_reply_transport",
    "string",
    "",
    "The transport of automatic replies of the system filter; expanded.",
    expanded=True,
)
main_option("system_filter_user", "user", "", "The user that the system filter runs as.")
main_option(
    "timeout_frozen_after",
    "time",
    "0s",
    "How long frozen messages are kept before they are removed; 0s keeps them.",
)
main_option(
    "warn_message_file", "string", "", "The file with the texts of delay warnings; expanded.", expanded=True
)
