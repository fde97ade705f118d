"""Private options of the routers that find hosts: dnslookup, iplookup, manualroute, queryprogram."""

from __future__ import annotations

from drivers.options.declare import router_option

router_option(
    "dnslookup.check_secondary_mx",
    "bool",
    "false",
    "Whether the router declines unless this host is found among the secondary MX hosts.",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.check_srv",
    "string",
    "",
    "The service whose SRV records are looked for before MX records; expanded.",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.fail_defer_domains",
    "string",
    "",
    "Domains for which a temporary DNS failure counts as a permanent one.",
    kind="domain list",
    expanded=True,
    since="4.86",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.ipv4_only",
    "string",
    "",
    "Whether only IPv4 addresses are looked up; expanded.",
    expanded=True,
    since="4.91",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.ipv4_prefer",
    "string",
    "",
    "Whether IPv4 addresses come before IPv6 ones; expanded.",
    expanded=True,
    since="4.91",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.mx_domains",
    "string",
    "",
    "Domains that must have an MX or SRV record.",
    kind="domain list",
    expanded=True,
    feature="router_dnslookup",
)
router_option(
    "dnslookup.mx_fail_domains",
    "string",
    "",
    "Domains for which a temporary failure to look up MX records fails the address.",
    kind="domain list",
    expanded=True,
    feature="router_dnslookup",
)
router_option(
    "dnslookup.qualify_single",
    "bool",
    "true",
    "Whether the resolver adds its default domain to names of one component.",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.rewrite_headers",
    "bool",
    "true",
    "Whether a name that the DNS completed is also changed in header lines.",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.same_domain_copy_routing",
    "bool",
    "false",
    "Whether the result is copied to other addresses of the domain in the same message.",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.search_parents",
    "bool",
    "false",
    "Whether the resolver searches parent domains.",
    feature="router_dnslookup",
)
router_option(
    "dnslookup.srv_fail_domains",
    "string",
    "",
    "Domains for which a temporary failure to look up SRV records fails the address.",
    kind="domain list",
    expanded=True,
    feature="router_dnslookup",
)
router_option(
    "dnslookup.widen_domains",
    "string",
    "",
    "Domains that are appended one by one to a name that does not exist.",
    kind="string list",
    feature="router_dnslookup",
)
router_option(
    "iplookup.hosts",
    "string",
    "",
    "The hosts that are asked, one after the other.",
    feature="router_iplookup",
)
router_option(
    "iplookup.optional",
    "bool",
    "false",
    "Whether the router declines when no host can be asked, in place of deferring.",
    feature="router_iplookup",
)
router_option("iplookup.port", "int", "0", "The port of the hosts that are asked.", feature="router_iplookup")
router_option(
    "iplookup.protocol",
    "string",
    "",
    "The protocol by which the hosts are asked: udp or tcp.",
    feature="router_iplookup",
)
router_option(
    "iplookup.query",
    "string",
    "",
    "The text that is sent; expanded.",
    expanded=True,
    feature="router_iplookup",
)
router_option(
    "iplookup.reroute",
    "string",
    "",
    "The text that makes the new address of the answer; expanded.",
    expanded=True,
    feature="router_iplookup",
)
router_option(
    "iplookup.response_pattern",
    "string",
    "",
    "The pattern that takes the answer apart.",
    feature="router_iplookup",
)
router_option("iplookup.timeout", "time", "5s", "How long to wait for an answer.", feature="router_iplookup")
router_option(
    "manualroute.host_all_ignored",
    "string",
    "defer",
    "What happens if all hosts were ignored: decline, defer, fail, freeze or pass.",
    since="4.67",
    feature="router_manualroute",
)
router_option(
    "manualroute.host_find_failed",
    "string",
    "freeze",
    "What happens if a host cannot be found: ignore, decline, defer, fail, freeze or pass.",
    feature="router_manualroute",
)
router_option(
    "manualroute.hosts_randomize",
    "late_bool",
    "false",
    "Whether the hosts are tried in random order.",
    expanded=True,
    older_type={"4.97": "bool"},
    feature="router_manualroute",
)
router_option(
    "manualroute.route_data",
    "string",
    "",
    "The hosts for the address, as one text that is expanded.",
    expanded=True,
    feature="router_manualroute",
)
router_option(
    "manualroute.route_list",
    "string",
    "",
    "Rules of a domain pattern, hosts and options, with semicolons between them.",
    kind="string list",
    feature="router_manualroute",
)
router_option(
    "manualroute.same_domain_copy_routing",
    "bool",
    "false",
    "Whether the result is copied to other addresses of the domain in the same message.",
    feature="router_manualroute",
)
router_option(
    "queryprogram.command",
    "string",
    "",
    "The command, split into words before each is expanded.",
    expanded=True,
    feature="router_queryprogram",
)
router_option(
    "queryprogram.command_group",
    "late_group",
    "",
    "The group that the command runs under; expanded.",
    expanded=True,
    feature="router_queryprogram",
)
router_option(
    "queryprogram.command_user",
    "late_user",
    "",
    "The user that the command runs as; expanded.",
    expanded=True,
    feature="router_queryprogram",
)
router_option(
    "queryprogram.current_directory",
    "string",
    "/",
    "The directory that the command runs in.",
    feature="router_queryprogram",
)
router_option(
    "queryprogram.timeout", "time", "1h", "How long the command may run.", feature="router_queryprogram"
)
