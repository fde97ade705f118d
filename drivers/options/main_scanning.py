"""Content scanners, DKIM, DMARC, SPF, SRS and their daemons."""

from __future__ import annotations

from drivers.options.declare import main_option

main_option(
    "av_scanner",
    "string",
    "sophie:/var/run/sophie",
    "The virus scanner: its type and, after colons, its address and options.",
    feature="content_scan",
)
main_option(
    "bmi_config_file",
    "string",
    "/opt/brightmail/etc/brightmail.cfg",
    "The configuration file of the Brightmail library.",
    until="4.98",
    feature="brightmail",
)
main_option(
    "dcc_direct_add_header",
    "bool",
    "false",
    "Whether the DCC header line is added without an ACL's help.",
    since="4.70",
    feature="dcc",
)
main_option(
    "dccifd_address",
    "string",
    "/usr/local/dcc/var/dccifd",
    "The address of the DCC daemon: a socket's path, or an address and a port.",
    since="4.70",
    feature="dcc",
)
main_option(
    "dccifd_options",
    "string",
    "header",
    "The options line that is sent to the DCC daemon.",
    since="4.70",
    feature="dcc",
)
main_option(
    "dkim_verify_hashes",
    "string",
    "sha256:sha512",
    "The hashes that are accepted in DKIM signatures.",
    kind="string list",
    older={"4.94": "sha256:sha512:sha1"},
    since="4.93",
    feature="dkim",
)
main_option(
    "dkim_verify_keytypes",
    "string",
    "ed25519:rsa",
    "The key types that are accepted in DKIM signatures.",
    kind="string list",
    since="4.93",
    feature="dkim",
)
main_option(
    "dkim_verify_min_keysizes",
    "string",
    "rsa=1024 ed25519=250",
    "The smallest key size in bits for each key type of DKIM.",
    kind="string list",
    since="4.94",
    feature="dkim",
)
main_option(
    "dkim_verify_minimal",
    "bool",
    "false",
    "Whether verification stops at the first DKIM signature that passes.",
    since="4.93",
    feature="dkim",
)
main_option(
    "dkim_verify_signers",
    "string",
    "$dkim_signers",
    "The signers for which the DKIM ACL is run; expanded for each message.",
    kind="domain list",
    expanded=True,
    since="4.70",
    feature="dkim",
)
main_option(
    "dmarc_forensic_sender",
    "string",
    "",
    "The sender of DMARC forensic reports.",
    expanded=True,
    since="4.82",
    feature="dmarc",
)
main_option(
    "dmarc_history_file",
    "string",
    "",
    "The file that DMARC results are gathered in for aggregate reports.",
    expanded=True,
    since="4.82",
    feature="dmarc",
)
main_option(
    "dmarc_tld_file",
    "string",
    "",
    "The file with public suffixes that DMARC finds organisational domains by.",
    expanded=True,
    since="4.82",
    feature="dmarc",
)
main_option(
    "spamd_address",
    "string",
    "127.0.0.1 783",
    "The addresses of spam daemons, with their options.",
    feature="content_scan",
)
main_option(
    "spf_guess",
    "string",
    "v=spf1 a/24 mx/24 ptr ?all",
    "The SPF record that spf_guess pretends every domain has.",
    since="4.70",
    feature="spf",
)
main_option(
    "spf_smtp_comment_template",
    "string",
    "Please%_see%_http://www.open-spf.org/Why",
    "The text of $spf_smtp_comment, expanded where it is needed.",
    expanded=True,
    since="4.94",
    feature="spf",
)
main_option(
    "srs_config",
    "string",
    "",
    "The settings of the older SRS support in one text.",
    until="4.96",
    feature="srs_alt",
)
main_option(
    "srs_hashlength",
    "int",
    "6",
    "The length of the hash in addresses of the older SRS support.",
    since="4.52",
    until="4.96",
    feature="srs_alt",
)
main_option(
    "srs_hashmin",
    "int",
    "-1",
    "The least length of the hash that the older SRS support accepts.",
    since="4.52",
    until="4.96",
    feature="srs_alt",
)
main_option(
    "srs_maxage",
    "int",
    "31",
    "The age in days after which an address of the older SRS support is refused.",
    since="4.52",
    until="4.96",
    feature="srs_alt",
)
main_option(
    "srs_secrets",
    "string",
    "",
    "The secrets of the older SRS support, the newest first.",
    kind="string list",
    since="4.52",
    until="4.96",
    feature="srs_alt",
)
main_option(
    "srs_usehash",
    "bool",
    "true",
    "Whether addresses of the older SRS support carry a hash.",
    since="4.52",
    until="4.96",
    feature="srs_alt",
)
main_option(
    "srs_usetimestamp",
    "bool",
    "true",
    "Whether addresses of the older SRS support carry a time.",
    since="4.52",
    until="4.96",
    feature="srs_alt",
)
