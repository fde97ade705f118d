"""Servers and settings of lookups and of the DNS."""

from __future__ import annotations

from drivers.options.declare import main_option

main_option(
    "dns_again_means_nonexist",
    "string",
    "",
    "The domains for which a temporary DNS failure counts as non-existence.",
    kind="domain list",
    expanded=True,
)
main_option(
    "dns_check_names_pattern",
    "string",
    "(?i)^(?>(?(1)\\.|())[^\\W](?>[a-z0-9/_-]*[^\\W])?)+(\\.?)$",
    "The pattern that names must match before they are looked up in the DNS; empty checks none.",
)
main_option("dns_cname_loops", "int", "1", "How many alias records of the DNS are followed.", since="4.92")
main_option(
    "dns_csa_search_limit", "int", "5", "How many levels are searched upwards for a CSA record.", since="4.52"
)
main_option(
    "dns_csa_use_reverse",
    "bool",
    "true",
    "Whether CSA records are looked up by reversed address for address literals.",
    since="4.52",
)
main_option(
    "dns_dnssec_ok",
    "int",
    "-1",
    "Whether DNSSEC data is asked for: 1 yes, 0 no, -1 leaves it to the resolver.",
    since="4.82",
)
main_option(
    "dns_ipv4_lookup",
    "string",
    "",
    "The domains for which only IPv4 addresses are looked up.",
    kind="domain list",
    expanded=True,
)
main_option(
    "dns_retrans",
    "time",
    "0s",
    "How long the resolver waits before it asks again; 0s leaves it to the resolver.",
)
main_option("dns_retry", "int", "0", "How often the resolver asks again; 0 leaves it to the resolver.")
main_option(
    "dns_trust_aa",
    "string",
    "",
    "The domains whose authoritative answers count as if DNSSEC had confirmed them.",
    kind="domain list",
    expanded=True,
    since="4.86",
)
main_option(
    "dns_use_edns0",
    "int",
    "-1",
    "Whether EDNS0 is used: 1 yes, 0 no, -1 leaves it to the resolver.",
    since="4.76",
)
main_option(
    "ibase_servers",
    "string",
    "",
    "The InterBase servers of lookups, with their credentials.",
    kind="string list",
    until="4.98",
    feature="lookup_ibase",
)
main_option(
    "ldap_ca_cert_dir",
    "string",
    "",
    "The directory with certificates that LDAP servers are checked against.",
    since="4.75",
    feature="lookup_ldap",
)
main_option(
    "ldap_ca_cert_file",
    "string",
    "",
    "The file with certificates that LDAP servers are checked against.",
    since="4.75",
    feature="lookup_ldap",
)
main_option(
    "ldap_cert_file",
    "string",
    "",
    "The file with the client's certificate for LDAP servers.",
    since="4.75",
    feature="lookup_ldap",
)
main_option(
    "ldap_cert_key",
    "string",
    "",
    "The file with the client's private key for LDAP servers.",
    since="4.75",
    feature="lookup_ldap",
)
main_option(
    "ldap_cipher_suite",
    "string",
    "",
    "The TLS ciphers for LDAP servers.",
    since="4.75",
    feature="lookup_ldap",
)
main_option(
    "ldap_default_servers",
    "string",
    "",
    "The LDAP servers that are asked where a query names none.",
    kind="string list",
    feature="lookup_ldap",
)
main_option(
    "ldap_require_cert",
    "string",
    "",
    "What is asked of an LDAP server's certificate: hard, demand, allow, try or never.",
    since="4.75",
    feature="lookup_ldap",
)
main_option(
    "ldap_start_tls",
    "bool",
    "false",
    "Whether TLS is started on LDAP connections.",
    since="4.75",
    feature="lookup_ldap",
)
main_option(
    "ldap_version",
    "int",
    "-1",
    "The version of the LDAP protocol; -1 takes the library's.",
    feature="lookup_ldap",
)
main_option(
    "mysql_servers",
    "string",
    "",
    "The MySQL servers of lookups, each as host/database/user/password.",
    kind="string list",
    feature="lookup_mysql",
)
main_option(
    "oracle_servers",
    "string",
    "",
    "The Oracle servers of lookups, with their credentials.",
    kind="string list",
    feature="lookup_oracle",
)
main_option(
    "pgsql_servers",
    "string",
    "",
    "The PostgreSQL servers of lookups, each as host/database/user/password.",
    kind="string list",
    feature="lookup_pgsql",
)
main_option(
    "redis_servers",
    "string",
    "",
    "The Redis servers of lookups, each as host/database/password.",
    kind="string list",
    since="4.82",
    feature="lookup_redis",
)
main_option(
    "sqlite_dbfile",
    "string",
    "",
    "The SQLite file that is asked where a query names none.",
    since="4.94",
    feature="lookup_sqlite",
)
main_option(
    "sqlite_lock_timeout",
    "int",
    "5",
    "How many seconds an SQLite lookup waits for a locked file.",
    since="4.53",
    feature="lookup_sqlite",
)
