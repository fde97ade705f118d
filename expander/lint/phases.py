"""Where variables are set: in which phases of a session, by which conditions and options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.graph import DELIVERY, phase_of

if TYPE_CHECKING:
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

BEFORE_MAIL = frozenset(("connect", "helo", "auth", "starttls"))
BEFORE_RCPT = BEFORE_MAIL | {"mail", "mailauth"}
BEFORE_DATA = BEFORE_RCPT | {"rcpt", "predata", "vrfy", "expn", "etrn"}
NOT_OF_RECIPIENT = BEFORE_RCPT | frozenset(
    "predata data mime dkim not_smtp not_smtp_start quit notquit etrn".split()
)
SESSION = BEFORE_DATA | frozenset("data mime dkim prdr not_smtp not_smtp_start quit notquit".split())
"""All phases of ACLs but those that deliveries and unknown callers reach."""

ROUTERS, TRANSPORTS = "routers", "transports"
"""The phases of texts of drivers."""

_DELIVERING = frozenset((ROUTERS, TRANSPORTS))

NEVER_SET: tuple[tuple[str, frozenset[str], str], ...] = (
    (
        "sender_address sender_address_domain sender_address_local_part",
        BEFORE_MAIL,
        "the sender is known from MAIL on",
    ),
    ("return_path", BEFORE_MAIL | {"mail", "rcpt"}, "it is known from DATA on; $sender_address from MAIL on"),
    (
        "local_part domain",
        NOT_OF_RECIPIENT,
        (
            "they are the recipient's and set for RCPT and while an address is routed or delivered; "
            "the sender's are $sender_address_local_part and $sender_address_domain"
        ),
    ),
    (
        (
            "message_headers message_headers_raw message_body message_body_end message_body_size "
            "body_linecount message_linecount reply_address"
        ),
        BEFORE_DATA | {"not_smtp_start"},
        "the message has not been received yet",
    ),
    ("message_id message_exim_id", BEFORE_MAIL | {"mail", "rcpt", "predata"}, "the message has no id yet"),
    (
        "recipients recipients_list",
        BEFORE_RCPT | {"rcpt"} | _DELIVERING,
        "it is for the ACLs of the whole message",
    ),
    (
        "auth1 auth2 auth3 auth4",
        SESSION | _DELIVERING,
        "it is set only while an authenticator works; $authenticated_id stays",
    ),
    ("smtp_notquit_reason", (SESSION - {"notquit"}) | _DELIVERING, "only the ACL acl_smtp_notquit has it"),
    ("transport_name", SESSION | {ROUTERS}, "it is set while a transport runs"),
    ("router_name verify_mode", SESSION, "it is set while a router runs"),
    ("received_for", SESSION | _DELIVERING, "only the option received_header_text has it"),
    (
        "warn_message_delay warn_message_recipients warnmsg_delay warnmsg_recipients bounce_recipient",
        SESSION | _DELIVERING,
        "it is for the texts of warnings and bounces",
    ),
    ("thisaddress", SESSION | _DELIVERING, "only filters have it"),
    ("sending_ip_address sending_port", SESSION | {ROUTERS}, "it is set while a transport is connected"),
    ("self_hostname", SESSION, "it is set while an address is routed"),
    (
        "host host_address host_port",
        SESSION,
        "it is the host to which a message goes; the client is in $sender_host_name, $sender_host_address",
    ),
    (
        (
            "home address_file address_pipe inode mailstore_basename local_user_uid local_user_gid "
            "local_part_prefix local_part_prefix_v local_part_suffix local_part_suffix_v original_local_part "
            "original_domain parent_local_part parent_domain"
        ),
        SESSION,
        "it is set while an address is routed or delivered",
    ),
    ("event_name event_data event_defer_errno", SESSION, "it is set while an event is raised"),
    (
        "sender_helo_name smtp_command smtp_command_argument",
        frozenset(("connect",)),
        "the client has not sent anything yet",
    ),
    (
        "sender_host_authenticated authenticated_id authenticated_sender",
        frozenset(("connect",)),
        "the client has not authenticated yet",
    ),
    (
        "spam_score spam_score_int spam_bar spam_report spam_action malware_name regex_match_string",
        BEFORE_DATA,
        "the message has not been scanned yet",
    ),
    (
        (
            "dkim_cur_signer dkim_verify_status dkim_verify_reason dkim_verify_signers dkim_domain "
            "dkim_identity dkim_selector dkim_signers dkim_algo"
        ),
        BEFORE_DATA,
        "signatures are verified when the message has been received",
    ),
    (
        (
            "mime_content_type mime_filename mime_decoded_filename mime_charset mime_boundary "
            "mime_content_id mime_content_disposition mime_content_description "
            "mime_content_transfer_encoding mime_anomaly_text"
        ),
        (SESSION - {"mime"}) | _DELIVERING,
        "it is set while the ACL acl_smtp_mime runs",
    ),
)
"""Names of variables, the phases in which they are empty, and what to say of it."""

MISSING = {name: (phases, why) for names, phases, why in NEVER_SET for name in names.split()}
"""The same by name."""

HEADERS = MISSING["message_headers"]
"""The same for ``$h_`` and its like."""

_OF_OPTIONS = {
    "connect": "smtp_banner smtp_active_hostname host_lookup host_reject_connection hosts_connection_nolog "
    "smtp_accept_max_per_host rfc1413_hosts helo_verify_hosts helo_try_verify_hosts sender_unqualified_hosts "
    "recipient_unqualified_hosts hosts_proxy",
    "helo": "tls_advertise_hosts auth_advertise_hosts pipelining_advertise_hosts chunking_advertise_hosts "
    "dsn_advertise_hosts helo_accept_junk_hosts smtputf8_advertise_hosts",
}
_PHASE_OF_OPTION = {name: phase for phase, names in _OF_OPTIONS.items() for name in names.split()}

_OF_DRIVERS = {"router": ROUTERS, "transport": TRANSPORTS}

CONDITIONS: tuple[tuple[str, str], ...] = (
    ("spam_score spam_score_int spam_bar spam_report spam_action", "spam"),
    ("malware_name", "malware"),
    ("dnslist_domain dnslist_matched dnslist_text dnslist_value", "dnslists"),
    ("sender_rate sender_rate_limit sender_rate_period", "ratelimit"),
    ("regex_match_string", "regex mime_regex"),
    ("mime_decoded_filename", "decode"),
    ("spf_result spf_received spf_header_comment spf_smtp_comment", "spf spf_guess dmarc_status"),
    ("dcc_result dcc_header", "dcc"),
)
"""Variables that nothing but these conditions of ACLs sets."""

VERIFICATIONS = {"csa_status": "csa", "arc_state": "arc", "arc_state_reason": "arc", "arc_domains": "arc"}
"""Variables that nothing but this word of ``verify`` sets."""

SET_BY = {name: tuple(words.split()) for names, words in CONDITIONS for name in names.split()}


def phases_of(survey: Survey, text: ExpandedText) -> frozenset[str]:
    """The phases in which a text is expanded; empty where that is not known."""
    if text.section == "acl":
        phases = survey.graph.may_run_in(text.holder)
        return frozenset() if phases & {"unknown", DELIVERY} else phases
    if text.section == "main":
        if text.name.startswith("acl_"):
            return frozenset((phase_of(text.name),))
        phase = _PHASE_OF_OPTION.get(text.name)
        return frozenset((phase,)) if phase else frozenset()
    phase = _OF_DRIVERS.get(text.section)
    return frozenset((phase,)) if phase else frozenset()
