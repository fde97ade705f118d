"""Private options of the redirect router that say what is permitted and who may own its file."""

from __future__ import annotations

from drivers.options.declare import router_option

router_option(
    "redirect.allow_defer",
    "bool",
    "false",
    "Whether :defer: may be used in the data.",
    feature="router_redirect",
)
router_option(
    "redirect.allow_fail",
    "bool",
    "false",
    "Whether :fail: may be used in the data.",
    feature="router_redirect",
)
router_option(
    "redirect.allow_filter", "bool", "false", "Whether the data may be a filter.", feature="router_redirect"
)
router_option(
    "redirect.allow_freeze",
    "bool",
    "false",
    "Whether a filter may freeze the message.",
    feature="router_redirect",
)
router_option(
    "redirect.check_ancestor",
    "bool",
    "false",
    "Whether an address that is an ancestor of itself is left unchanged.",
    feature="router_redirect",
)
router_option(
    "redirect.check_group",
    "bool",
    "false",
    "Whether the file's group must be the expected one.",
    feature="router_redirect",
)
router_option(
    "redirect.check_owner",
    "bool",
    "false",
    "Whether the file's owner must be the expected one.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_blackhole",
    "bool",
    "false",
    "Whether :blackhole: may not be used in the data.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_exim_filter",
    "bool",
    "false",
    "Whether Exim filters may not be used.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_file",
    "bool",
    "false",
    "Whether the data may not name files to deliver to.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_dlfunc",
    "bool",
    "false",
    "Whether a filter may not use dlfunc in expansions.",
    since="4.51",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_existstest",
    "bool",
    "false",
    "Whether a filter may not test for files in expansions.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_logwrite",
    "bool",
    "false",
    "Whether a filter may not write log files.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_lookup",
    "bool",
    "false",
    "Whether a filter may not use lookups in expansions.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_perl",
    "bool",
    "false",
    "Whether a filter may not use Perl in expansions.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_readfile",
    "bool",
    "false",
    "Whether a filter may not read files in expansions.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_readsocket",
    "bool",
    "false",
    "Whether a filter may not use sockets in expansions.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_reply",
    "bool",
    "false",
    "Whether a filter may not send replies.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_filter_run",
    "bool",
    "false",
    "Whether a filter may not run commands in expansions.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_include",
    "bool",
    "false",
    "Whether :include: may not be used in the data.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_pipe",
    "bool",
    "false",
    "Whether the data may not name commands to deliver to.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_sieve_filter",
    "bool",
    "false",
    "Whether Sieve filters may not be used.",
    feature="router_redirect",
)
router_option(
    "redirect.forbid_smtp_code",
    "bool",
    "false",
    "Whether the text of :defer: and :fail: may not set the SMTP code.",
    since="4.63",
    feature="router_redirect",
)
router_option(
    "redirect.ignore_eacces",
    "bool",
    "false",
    "Whether a file that may not be read counts as one that does not exist.",
    feature="router_redirect",
)
router_option(
    "redirect.ignore_enotdir",
    "bool",
    "false",
    "Whether a file whose path leads through something else than a directory counts as missing.",
    feature="router_redirect",
)
router_option(
    "redirect.include_directory",
    "string",
    "",
    "The directory that files of :include: must be in; expanded.",
    feature="router_redirect",
)
router_option(
    "redirect.modemask",
    "octal_int",
    "022",
    "The permission bits that the file may not have.",
    feature="router_redirect",
)
router_option(
    "redirect.owners",
    "user_list",
    "",
    "The users who may own the file, besides those of check_owner.",
    kind="string list",
    feature="router_redirect",
)
router_option(
    "redirect.owngroups",
    "group_list",
    "",
    "The groups that the file may belong to, besides those of check_group.",
    kind="string list",
    feature="router_redirect",
)
