"""The form of messages: header lines, sizes, addresses, local submission."""

from __future__ import annotations

from drivers.options.declare import Build, main_option

main_option(
    "allow_domain_literals",
    "bool",
    "false",
    "Whether addresses may have a literal such as [192.0.2.1] as their domain.",
)
main_option("allow_utf8_domains", "bool", "false", "Whether domains may hold UTF-8 letters.")
main_option(
    "check_rfc2047_length",
    "bool",
    "true",
    "Whether encoded words in header lines may have only the length that the standard sets.",
    since="4.61",
)
main_option(
    "delivery_date_remove",
    "bool",
    "true",
    "Whether Delivery-Date: header lines of incoming messages are removed.",
)
main_option(
    "drop_cr",
    "bool",
    "false",
    "An option without effect, kept for old configurations.",
    until="4.98",
    obsolete=True,
)
main_option(
    "envelope_to_remove",
    "bool",
    "true",
    "Whether Envelope-To: header lines of incoming messages are removed.",
)
main_option(
    "extract_addresses_remove_arguments",
    "bool",
    "true",
    "Whether -t takes the addresses of the command line away from the recipients.",
)
main_option(
    "header_line_maxsize",
    "int",
    "0",
    "The longest header line in bytes, continuations included; 0 sets no limit.",
)
main_option("header_maxsize", "int", "1048576", "The greatest size in bytes of a message's header.")
main_option(
    "headers_charset",
    "string",
    Build("HEADERS_CHARSET"),
    "The character set that encoded header lines are turned into in expansions.",
)
main_option(
    "local_from_check",
    "bool",
    "true",
    "Whether the From: line of local messages is checked against the caller.",
)
main_option("local_from_prefix", "string", "", "Prefixes that may stand before the caller's name in From:.")
main_option("local_from_suffix", "string", "", "Suffixes that may stand after the caller's name in From:.")
main_option(
    "local_scan_path",
    "string",
    "",
    "The library that holds local_scan().",
    until="4.98",
    feature="local_scan_path",
)
main_option(
    "local_scan_timeout",
    "time",
    "5m",
    "How long local_scan() may run; 0s sets no limit.",
    feature="local_scan",
)
main_option("local_sender_retain", "bool", "false", "Whether a Sender: line of a local message is kept.")
main_option(
    "message_body_newlines",
    "bool",
    "false",
    "Whether newlines in $message_body stay newlines instead of becoming spaces.",
    since="4.68",
)
main_option(
    "message_body_visible",
    "int_km",
    "500",
    "How many bytes of the body $message_body and $message_body_end show.",
)
main_option(
    "message_id_header_domain",
    "string",
    "",
    "The right side of a Message-ID: that Exim adds; expanded.",
    expanded=True,
)
main_option(
    "message_id_header_text",
    "string",
    "",
    "Text that goes into a Message-ID: that Exim adds; expanded.",
    expanded=True,
)
main_option(
    "message_size_limit",
    "string",
    "50M",
    "The greatest size of a message that is accepted; expanded; 0 sets no limit.",
    expanded=True,
)
main_option(
    "qualify_domain",
    "string",
    Build("HOST_NAME"),
    "The domain that is added to sender addresses without one.",
)
main_option(
    "qualify_recipient",
    "string",
    Build("HOST_NAME"),
    "The domain that is added to recipient addresses without one.",
)
main_option(
    "receive_timeout",
    "time",
    "0s",
    "How long to wait for data of a message that does not come by SMTP; 0s waits for ever.",
)
main_option(
    "received_header_text",
    "string",
    (
        "Received: ${if def:sender_rcvhost {from $sender_rcvhost\n\t}{${if def:sender_ident "
        "{from ${quote_local_part:$sender_ident} }}${if def:sender_helo_name "
        "{(helo=$sender_helo_name)\n\t}}}}by $primary_hostname ${if def:received_protocol "
        "{with $received_protocol }}${if def:tls_in_ver        { ($tls_in_ver)}}${if "
        "def:tls_in_cipher_std { tls $tls_in_cipher_std\n\t}}(Exim $version_number)\n\t${if "
        "def:sender_address {(envelope-from <$sender_address>)\n\t}}id $message_exim_id${if "
        "def:received_for {\n\tfor $received_for}}"
    ),
    "The text of the Received: line that each message gets; expanded.",
    expanded=True,
)
main_option(
    "received_headers_max",
    "int",
    "30",
    "The number of Received: lines from which a message counts as looping.",
)
main_option(
    "return_path_remove",
    "bool",
    "true",
    "Whether Return-Path: header lines of incoming messages are removed.",
)
main_option(
    "spool_wireformat",
    "bool",
    "false",
    "Whether bodies are kept in the form in which they came by SMTP.",
    since="4.90",
)
main_option(
    "strip_excess_angle_brackets",
    "bool",
    "false",
    "Whether surplus angle brackets around addresses are taken away.",
)
main_option("strip_trailing_dot", "bool", "false", "Whether a dot at the end of a domain is taken away.")
main_option(
    "untrusted_set_sender",
    "string",
    "",
    "The senders that untrusted callers may set.",
    kind="address list",
    expanded=True,
)
main_option(
    "uucp_from_pattern",
    "string",
    (
        ""
        "^From\\s+(\\S+)\\s+(?:[a-zA-Z]{3},?\\s+)?(?:[a-zA-Z]{3}\\s+\\d?\\d|\\d?\\d\\s+[a-zA-Z]{3}\\s+\\d"
        "\\d(?:\\d\\d)?)\\s+\\d\\d?:\\d\\d?"
    ),
    "The pattern that recognises a UUCP-style From line before a header.",
)
main_option(
    "uucp_from_sender",
    "string",
    "$1",
    "The text that makes the sender of the parts that uucp_from_pattern found.",
    expanded=True,
)
