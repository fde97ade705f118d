"""Options that every router has."""

from __future__ import annotations

from drivers.options.declare import router_option

router_option(
    "*.address_data",
    "string",
    "",
    "A text that is kept with the address as $address_data; a forced failure declines.",
    expanded=True,
)
router_option("*.address_test", "bool", "true", "Whether the router takes part in address tests (-bt).")
router_option(
    "*.bmi_deliver_alternate",
    "bool",
    "false",
    "Whether the router runs for addresses that Brightmail wants delivered elsewhere.",
    until="4.98",
    feature="brightmail",
)
router_option(
    "*.bmi_deliver_default",
    "bool",
    "false",
    "Whether the router runs for addresses that Brightmail wants delivered normally.",
    until="4.98",
    feature="brightmail",
)
router_option(
    "*.bmi_dont_deliver",
    "bool",
    "false",
    "Whether the router runs for addresses that Brightmail does not want delivered.",
    until="4.98",
    feature="brightmail",
)
router_option(
    "*.bmi_rule",
    "string",
    "",
    "The Brightmail rules of which one must have fired for the router to run.",
    kind="string list",
    until="4.98",
    feature="brightmail",
)
router_option(
    "*.cannot_route_message",
    "string",
    "",
    "The error message where routing fails because no router took the address; expanded.",
    expanded=True,
)
router_option(
    "*.caseful_local_part", "bool", "false", "Whether the local part keeps its case in this router."
)
router_option(
    "*.check_local_user", "bool", "false", "Whether the router runs only if the local part is a login name."
)
router_option(
    "*.condition",
    "string",
    "",
    "A text that must expand to a true value for the router to run; several must all be true.",
    expanded=True,
    repeats="and",
)
router_option(
    "*.debug_print",
    "string",
    "",
    "A text that is expanded and printed when routers are debugged.",
    expanded=True,
)
router_option(
    "*.disable_logging", "bool", "false", "Whether errors while this router routes are left out of the log."
)
router_option(
    "*.dnssec_request_domains",
    "string",
    "*",
    "The domains for which DNSSEC is asked for in this router's lookups.",
    kind="domain list",
    expanded=True,
    older={"4.93": ""},
    since="4.86",
)
router_option(
    "*.dnssec_require_domains",
    "string",
    "",
    "The domains whose lookups must be confirmed by DNSSEC.",
    kind="domain list",
    expanded=True,
    since="4.86",
)
router_option(
    "*.domains", "string", "", "The domains for which the router runs.", kind="domain list", expanded=True
)
router_option(
    "*.driver", "string", "", "The name of the driver, which must be set before any of its private options."
)
router_option(
    "*.dsn_lasthop",
    "bool",
    "false",
    "Whether delivery status notification ends here, as if the next hop did not know it.",
    since="4.83",
)
router_option(
    "*.errors_to", "string", "", "The sender to which errors of the address go; expanded.", expanded=True
)
router_option("*.expn", "bool", "true", "Whether the router takes part in EXPN.")
router_option(
    "*.fail_verify",
    "bool",
    "false",
    "Whether addresses that this router takes fail verification as senders and as recipients.",
    hidden=True,
)
router_option(
    "*.fail_verify_recipient",
    "bool",
    "false",
    "Whether addresses that this router takes fail verification as recipients.",
)
router_option(
    "*.fail_verify_sender",
    "bool",
    "false",
    "Whether addresses that this router takes fail verification as senders.",
)
router_option(
    "*.fallback_hosts",
    "string",
    "",
    "Hosts that are tried when a remote delivery of this router's hosts fails for the time being.",
    kind="string list",
    expanded=True,
)
router_option(
    "*.group",
    "late_group",
    "",
    "The group for the local delivery of addresses that this router takes.",
    expanded=True,
)
router_option(
    "*.headers_add",
    "string",
    "",
    "Header lines that are added to the message for the address; expanded.",
    kind="list",
    expanded=True,
    repeats="\n",
)
router_option(
    "*.headers_remove",
    "string",
    "",
    "Names of header lines that are removed for the address; expanded.",
    kind="list",
    expanded=True,
    repeats=":",
)
router_option(
    "*.ignore_target_hosts",
    "string",
    "",
    "Addresses that are passed over when hosts are looked up.",
    kind="host list",
    expanded=True,
)
router_option("*.initgroups", "bool", "false", "Whether local delivery gets all groups of the user.")
router_option(
    "*.local_part_prefix",
    "string",
    "",
    "Prefixes that may be taken off the local part while this router works.",
    kind="string list",
)
router_option(
    "*.local_part_prefix_optional",
    "bool",
    "false",
    "Whether the router also runs for local parts without a prefix.",
)
router_option(
    "*.local_part_suffix",
    "string",
    "",
    "Suffixes that may be taken off the local part while this router works.",
    kind="string list",
)
router_option(
    "*.local_part_suffix_optional",
    "bool",
    "false",
    "Whether the router also runs for local parts without a suffix.",
)
router_option(
    "*.local_parts",
    "string",
    "",
    "The local parts for which the router runs.",
    kind="local part list",
    expanded=True,
)
router_option(
    "*.log_as_local",
    "bool",
    "true",
    "Whether deliveries are logged with the local part alone, as local ones are.",
)
router_option(
    "*.more",
    "late_bool",
    "true",
    "Whether further routers are tried when this one declines; expanded.",
    expanded=True,
)
router_option(
    "*.pass_on_timeout", "bool", "false", "Whether a timeout counts as passing on to the next router."
)
router_option(
    "*.pass_router", "string", "", "The router that follows when this one passes; it must stand later."
)
router_option(
    "*.redirect_router",
    "string",
    "",
    "The router where the children of an address begin, in place of the first one.",
)
router_option(
    "*.require_files",
    "string",
    "",
    "Files that must exist, or with ! must not, for the router to run; expanded.",
    kind="string list",
    expanded=True,
)
router_option(
    "*.retry_use_local_part",
    "bool",
    "false",
    "Whether retry data of routing is kept for the address instead of the domain.",
)
router_option(
    "*.router_home_directory",
    "string",
    "",
    "The home directory while this router works; expanded.",
    expanded=True,
)
router_option(
    "*.self",
    "string",
    "freeze",
    "What happens if the first host found is this one: defer, freeze, fail, pass, send or reroute.",
)
router_option(
    "*.senders",
    "string",
    "",
    "The senders for whose messages the router runs.",
    kind="address list",
    expanded=True,
)
router_option(
    "*.set",
    "string",
    "",
    "Variables of the form r_name that are set for the address; the values are expanded.",
    kind="string list",
    expanded=True,
    since="4.93",
    repeats=";",
)
router_option(
    "*.translate_ip_address",
    "string",
    "",
    "Text that replaces the address of a host; expanded.",
    expanded=True,
    feature="translate_ip_address",
)
router_option(
    "*.transport",
    "string",
    "",
    "The transport that delivers the addresses that this router takes; expanded.",
    expanded=True,
)
router_option(
    "*.transport_current_directory",
    "string",
    "",
    "The current directory of the transport; expanded.",
    expanded=True,
)
router_option(
    "*.transport_home_directory",
    "string",
    "",
    "The home directory of the transport; expanded.",
    expanded=True,
)
router_option(
    "*.unseen",
    "late_bool",
    "false",
    "Whether the address is also handed to the routers that follow; expanded.",
    expanded=True,
)
router_option(
    "*.user",
    "late_user",
    "",
    "The user for the local delivery of addresses that this router takes.",
    expanded=True,
)
router_option(
    "*.verify",
    "bool",
    "true",
    "Whether the router takes part in verification of senders and of recipients.",
    hidden=True,
)
router_option("*.verify_only", "bool", "false", "Whether the router is used for verification only.")
router_option(
    "*.verify_recipient", "bool", "true", "Whether the router takes part in verification of recipients."
)
router_option("*.verify_sender", "bool", "true", "Whether the router takes part in verification of senders.")
