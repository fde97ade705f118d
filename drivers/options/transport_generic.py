"""Options that every transport has."""

from __future__ import annotations

from drivers.options.declare import transport_option

transport_option("*.body_only", "bool", "false", "Whether the header is left out.")
transport_option(
    "*.current_directory",
    "string",
    "",
    "The directory that is current while the transport runs; expanded.",
    expanded=True,
)
transport_option(
    "*.debug_print",
    "string",
    "",
    "A text that is expanded and printed when transports are debugged.",
    expanded=True,
)
transport_option("*.delivery_date_add", "bool", "false", "Whether a Delivery-Date: line is added.")
transport_option(
    "*.disable_logging", "bool", "false", "Whether deliveries of this transport are left out of the log."
)
transport_option(
    "*.driver", "string", "", "The name of the driver, which must be set before any of its private options."
)
transport_option("*.envelope_to_add", "bool", "false", "Whether an Envelope-To: line is added.")
transport_option(
    "*.event_action",
    "string",
    "",
    "A text that is expanded for the events of this transport.",
    expanded=True,
    since="4.85",
    feature="event",
)
transport_option("*.group", "late_group", "", "The group that a local delivery runs under.", expanded=True)
transport_option(
    "*.headers_add",
    "string",
    "",
    "Header lines that are added; expanded.",
    kind="list",
    expanded=True,
    repeats="\n",
)
transport_option("*.headers_only", "bool", "false", "Whether the body is left out.")
transport_option(
    "*.headers_remove",
    "string",
    "",
    "Names of header lines that are removed; expanded.",
    kind="list",
    expanded=True,
    repeats=":",
)
transport_option(
    "*.headers_rewrite", "rewrite_rules", "", "Rewriting rules for the addresses in header lines."
)
transport_option(
    "*.home_directory", "string", "", "The home directory of a local delivery; expanded.", expanded=True
)
transport_option("*.initgroups", "bool", "false", "Whether a local delivery gets all groups of the user.")
transport_option(
    "*.max_parallel",
    "string",
    "",
    "How many deliveries of this transport may go on at a time; expanded.",
    expanded=True,
    since="4.87",
)
transport_option(
    "*.message_size_limit",
    "string",
    "",
    "The size of a message above which delivery fails; expanded.",
    expanded=True,
)
transport_option(
    "*.rcpt_include_affixes", "bool", "false", "Whether prefixes and suffixes are sent in RCPT commands."
)
transport_option(
    "*.retry_use_local_part",
    "bool",
    "true",
    "Whether retry data is kept for the address instead of the domain.",
)
transport_option(
    "*.return_path", "string", "", "The sender of the delivered message; expanded.", expanded=True
)
transport_option("*.return_path_add", "bool", "false", "Whether a Return-Path: line is added.")
transport_option(
    "*.shadow_condition",
    "string",
    "",
    "A text that must expand to a true value for the shadow transport to run.",
    expanded=True,
)
transport_option(
    "*.shadow_transport", "string", "", "The transport that gets a copy after a successful local delivery."
)
transport_option(
    "*.transport_filter",
    "string",
    "",
    "The command that the message is passed through; split before it is expanded.",
    expanded=True,
)
transport_option(
    "*.transport_filter_timeout", "time", "5m", "How long the filter may take for its reading and writing."
)
transport_option("*.user", "late_user", "", "The user that a local delivery runs as.", expanded=True)
