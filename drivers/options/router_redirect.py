"""Private options of the redirect router, apart from its rights."""

from __future__ import annotations

from drivers.options.declare import router_option

router_option(
    "redirect.data",
    "string",
    "",
    "The addresses or the filter as a text; expanded; a forced failure declines.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.directory_transport",
    "string",
    "",
    "The transport of deliveries to directories; expanded.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.file",
    "string",
    "",
    "The file with the addresses or the filter; expanded.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.file_transport",
    "string",
    "",
    "The transport of deliveries to files; expanded.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.filter_prepend_home",
    "bool",
    "true",
    "Whether a relative file name in a filter's save is put under the home directory.",
    since="4.63",
    feature="router_redirect",
)
router_option(
    "redirect.hide_child_in_errmsg",
    "bool",
    "false",
    "Whether bounces name the original address in place of its children.",
    feature="router_redirect",
)
router_option(
    "redirect.one_time",
    "bool",
    "false",
    "Whether the children replace the original address on the queue, so that it is expanded once.",
    feature="router_redirect",
)
router_option(
    "redirect.pipe_transport",
    "string",
    "",
    "The transport of deliveries to commands; expanded.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.qualify_domain",
    "string",
    "",
    "The domain that is added to addresses without one; expanded.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.qualify_preserve_domain",
    "bool",
    "false",
    "Whether addresses without a domain get the domain of the address being redirected.",
    feature="router_redirect",
)
router_option(
    "redirect.repeat_use",
    "bool",
    "true",
    "Whether the router runs for addresses that it made itself.",
    feature="router_redirect",
)
router_option(
    "redirect.reply_transport",
    "string",
    "",
    "The transport of automatic replies; expanded.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.rewrite",
    "bool",
    "true",
    "Whether rewriting rules are applied to the addresses of the data.",
    feature="router_redirect",
)
router_option(
    "redirect.sieve_enotify_mailto_owner",
    "string",
    "",
    "The owner's address for notifications of a Sieve filter; expanded.",
    expanded=True,
    since="4.70",
    feature="router_redirect",
)
router_option(
    "redirect.sieve_inbox",
    "string",
    "",
    "The name of the mailbox that keep of a Sieve filter delivers to; expanded.",
    expanded=True,
    since="4.99",
    feature="router_redirect",
)
router_option(
    "redirect.sieve_subaddress",
    "string",
    "",
    "The :subaddress part for a Sieve filter; expanded.",
    expanded=True,
    since="4.51",
    feature="router_redirect",
)
router_option(
    "redirect.sieve_useraddress",
    "string",
    "",
    "The :user part for a Sieve filter; expanded.",
    expanded=True,
    since="4.51",
    feature="router_redirect",
)
router_option(
    "redirect.sieve_vacation_directory",
    "string",
    "",
    "The directory in which Sieve's vacation remembers its replies; expanded.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.skip_syntax_errors",
    "bool",
    "false",
    "Whether addresses with wrong syntax are skipped.",
    feature="router_redirect",
)
router_option(
    "redirect.srs",
    "string",
    "",
    "What the older SRS support does: forward, reverse and so on; expanded.",
    until="4.96",
    feature="srs_alt",
)
router_option(
    "redirect.srs_alias",
    "string",
    "",
    "The domain of addresses of the older SRS support; expanded.",
    expanded=True,
    until="4.96",
    feature="srs_alt",
)
router_option(
    "redirect.srs_condition",
    "string",
    "",
    "Whether the older SRS support rewrites; expanded.",
    expanded=True,
    until="4.96",
    feature="srs_alt",
)
router_option(
    "redirect.srs_dbinsert",
    "string",
    "",
    "The text that the older SRS support stores an address with; expanded.",
    expanded=True,
    since="4.52",
    until="4.96",
    feature="srs_alt",
)
router_option(
    "redirect.srs_dbselect",
    "string",
    "",
    "The text that the older SRS support finds an address with; expanded.",
    expanded=True,
    since="4.52",
    until="4.96",
    feature="srs_alt",
)
router_option(
    "redirect.syntax_errors_text",
    "string",
    "",
    "A text that goes into messages about syntax errors; expanded.",
    expanded=True,
    feature="router_redirect",
)
router_option(
    "redirect.syntax_errors_to",
    "string",
    "",
    "The address that is told of skipped syntax errors.",
    feature="router_redirect",
)
